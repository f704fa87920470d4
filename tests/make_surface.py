"""Writes every public name with its signature into tests/surface.txt: `make surface`."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
SURFACE = PROJECT / "tests" / "surface.txt"


def surface() -> str:
    """A line for each public name of `workbench` and of its folders, and for each public part of a class."""
    folders = sorted(path.parent.name for path in (PROJECT / "workbench").glob("*/__init__.pyi"))
    modules = [import_module(name) for name in ("workbench", *(f"workbench.{folder}" for folder in folders))]
    return "".join(
        f"{line}\n" for module in modules for name in sorted(module.__all__) for line in _lines(module, name)
    )


def _lines(module: Any, name: str) -> Iterator[str]:
    public = getattr(module, name)
    full = f"{module.__name__}.{name}"
    if not inspect.isclass(public) and not inspect.isfunction(inspect.unwrap(public)):
        yield f"{full}: {type(public).__name__}"
        return
    code = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(public)))).body[0]
    yield full + _signature(code)
    for part in code.body if isinstance(code, ast.ClassDef) else ():
        if isinstance(part, ast.FunctionDef) and (part.name == "__init__" or not part.name.startswith("_")):
            yield f"{full}.{part.name}{_signature(part)}"
        if isinstance(part, ast.AnnAssign) and not ast.unparse(part.target).startswith("_"):
            yield f"{full}.{ast.unparse(part)}"


def _signature(code: Any) -> str:
    if isinstance(code, ast.ClassDef):
        return f"({', '.join(ast.unparse(base) for base in code.bases)})" if code.bases else ""
    answer = f" -> {ast.unparse(code.returns)}" if code.returns else ""
    if any(ast.unparse(decorator) in ("property", "cached_property") for decorator in code.decorator_list):
        return answer.replace(" ->", ":")
    return f"({ast.unparse(code.args)}){answer}"


if __name__ == "__main__":
    SURFACE.write_text(surface(), encoding="utf-8", newline="\n")
