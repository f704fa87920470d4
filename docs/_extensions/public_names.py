"""The public names, read from the tables of contents; and two directives that make the reference of them.

`public-names` gives a table of a module's names with the first sentence of each, linked to the full entry;
`public-entries` gives the table and the entries, also of the modules that a folder makes public, and of its constants.
Whatever is public is therefore in the reference: nobody keeps a list.
"""

import importlib
import inspect
import pkgutil
from functools import cache
from types import ModuleType
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import workbench


@cache
def folders() -> list[str]:
    """Modules that have public names, lowest first in the alphabet: folders with a table of contents, and errors."""
    found = [m.name for m in pkgutil.iter_modules(workbench.__path__, "workbench.") if m.ispkg]
    return [name for name in found if importlib.import_module(name).__all__] + ["workbench.errors"]


@cache
def contents(module: str) -> dict[str, Any]:
    """Public name → object."""
    found = importlib.import_module(module)
    return {name: getattr(found, name) for name in getattr(found, "__all__", None) or defined(found)}


def defined(module: ModuleType) -> list[str]:
    """What a module without a table of contents defines itself."""
    return [name for name, each in vars(module).items() if name[0] != "_" and _is_from(each, module.__name__)]


def _is_from(each: Any, module: str) -> bool:
    return (inspect.isfunction(each) or inspect.isclass(each)) and each.__module__ == module


@cache
def places() -> dict[int, str]:
    """Identity of a public object → its place in the reference, such as workbench.effects.att_gt."""
    found = {id(each): f"{folder}.{name}" for folder in folders() for name, each in contents(folder).items()}
    modules = [each for folder in folders() for each in contents(folder).values() if inspect.ismodule(each)]
    return found | {id(e): f"{m.__name__}.{name}" for m in modules for name, e in contents(m.__name__).items()}


@cache
def links() -> dict[str, str]:
    """Name as docstrings write it → its place in the reference; `wb.*` names also without their folder."""
    whole = {place: place for place in places().values()}
    short = {place.split(".", 1)[1]: place for place in whole}
    return whole | short | {name: places()[id(each)] for name, each in contents("workbench").items()}


def first_sentence(each: Any) -> str:
    """The first line of a docstring; for a constant, its kind."""
    if inspect.isroutine(each) or inspect.isclass(each) or inspect.ismodule(each):
        return (inspect.getdoc(each) or "").split("\n\n")[0].replace("\n", " ")
    return f"A constant: {type(each).__name__}."


class PublicNames(SphinxDirective):
    """A table of a module's public names."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The table."""
        return self.parse_text_to_nodes(as_markdown(table(self.arguments[0])))


class PublicEntries(SphinxDirective):
    """The full entries of a module's public names."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """What autodoc makes of the module, its constants, and the modules within it."""
        return self.parse_text_to_nodes(as_markdown(entries(self.arguments[0])), allow_section_headings=True)


def table(module: str) -> list[str]:
    """A table in reST: name, first sentence."""
    from house_docstrings import linked

    rows = [
        line
        for name, each in contents(module).items()
        for line in (f"   * - :py:obj:`{name} <{places()[id(each)]}>`", f"     - {linked(first_sentence(each))}")
    ]
    return [".. list-table::", "   :class: public-names", "   :widths: 28 72", "", *rows]


def entries(module: str) -> list[str]:
    """Directives in reST for a module's functions, classes, constants and modules."""
    summary = [f"   {line}" for line in table(module)]
    lines = ["", f".. automodule:: {module}", "   :members:", "", *summary, ""]
    for name, each in contents(module).items():
        if inspect.ismodule(each):
            lines += ["", f".. rubric:: {name}", "   :heading-level: 2", "", *entries(each.__name__)]
        elif not (inspect.isroutine(each) or inspect.isclass(each)):
            lines += _constant(module, name, each)
    return lines


def _constant(module: str, name: str, each: Any) -> list[str]:
    """The entry of a constant, with its value where that is short."""
    shown = repr(each)
    value = [f"   :value: {shown}"] if len(shown) < 100 and "\n" not in shown else []
    return ["", f".. py:data:: {name}", f"   :module: {module}", *value, "", f"   {first_sentence(each)}"]


def as_markdown(lines: list[str]) -> str:
    """Lines of reST within a page of Markdown."""
    return "\n".join(["```{eval-rst}", *lines, "```"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directives."""
    app.add_directive("public-names", PublicNames)
    app.add_directive("public-entries", PublicEntries)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
