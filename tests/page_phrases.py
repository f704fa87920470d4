"""The phrases of a page that no Python file says: templates, notebooks, and the words of data files."""

from __future__ import annotations

import ast
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes

from workbench.reports.parameters import parameters
from workbench.reports.prose import phrases_of

PROJECT = Path(__file__).resolve().parents[1]
TEMPLATES = PROJECT / "workbench" / "reports" / "templates"
TOLD = ("title", "subtitle", "unit", "note")  # what a notebook tells a chart or a table in words of its own
WORDED = ("of", "when", "thing", "who", "caveat")  # the same of sentences
OF_COLUMNS = ("listed", "listed_by_measure", "lasting", "verdicts", "recorded", "noted", "tile")  # keys, not words
MADE = (  # words that are made of the names of columns, such as units (`inference.moments.unit`)
    *("logins a week", "actions a week", "features a week", "rewarded actions a week", "other actions a week"),
    *("rewarded actions", "other actions", "share of full satisfaction"),
    "share of required fields filled in new records",
)
WORDS = {  # data files whose words are shown → the keys of these words
    "workbench/planning/actions.toml": ("name", "say", "whom", "known"),
    "workbench/surveys/remedies.toml": ("plain",),
    "workbench/surveys/signs.toml": ("label",),
    "workbench/surveys/themes.toml": ("label",),
    **{
        scale.relative_to(PROJECT).as_posix(): ("label", "components", "source")
        for scale in sorted((PROJECT / "workbench" / "surveys" / "scales").glob("*.toml"))
    },
}


def page_phrases() -> Iterator[tuple[str, str]]:
    """Each phrase and the file that says it."""
    for template in sorted([*TEMPLATES.glob("*.j2"), *TEMPLATES.glob("*.js")]):
        yield from _of(template, _in_template(template.read_text(encoding="utf-8")))
    for notebook in sorted((PROJECT / "notebooks").glob("[0-9]*.ipynb")):
        yield from _of(notebook, _in_notebook(json.loads(notebook.read_text(encoding="utf-8"))))
    yield from ((text, "tests/page_phrases.py") for text in MADE)
    for name, keys in WORDS.items():
        with (PROJECT / name).open("rb") as file:
            yield from _of(PROJECT / name, _under(tomllib.load(file), keys))


def _of(file: Path, texts: Iterator[str]) -> Iterator[tuple[str, str]]:
    name = file.relative_to(PROJECT).as_posix()
    yield from ((text, name) for text in texts if text)


def _in_template(source: str) -> Iterator[str]:
    """The first arguments of `say`."""
    for call in Environment().parse(source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "say":
            said = call.args[0]
            assert isinstance(said, nodes.Const), f"line {call.lineno}: `say` needs its phrase written out"
            yield said.value


def _in_notebook(notebook: Any) -> Iterator[str]:
    """Lines of Markdown, meanings of parameters, heads of columns, and what charts and tables are told in words."""
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield from phrases_of(source)
        elif "parameters" in cell["metadata"].get("tags", []):
            yield from (each.meaning for each in parameters(source, "").values())
        else:
            yield from _in_code(ast.parse(source))


def _in_code(cell: ast.Module) -> Iterator[str]:
    calls = [node for node in ast.walk(cell) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    for call in calls:
        assert isinstance(call.func, ast.Attribute)
        if call.func.attr in ("say", "phrase") and isinstance(call.args[0], ast.Constant):
            yield str(call.args[0].value)
        yield from (each.value.value for each in call.keywords if each.arg in TOLD and _is_text(each.value))
        yield from _in_sentence(call)
    if any(call.func.attr == "table" for call in calls):  # the heads of its columns, however they get there
        heads = [head for node in ast.walk(cell) if isinstance(node, ast.Dict) for head in node.values]
        yield from (head.value for head in heads if _is_text(head))


def _in_sentence(call: ast.Call) -> Iterator[str]:
    """What a notebook tells `findings` in words of its own: who did what, and why there is no answer."""
    assert isinstance(call.func, ast.Attribute)
    of = call.func.value.id if isinstance(call.func.value, ast.Name) else ""
    if of == "findings" and call.func.attr not in OF_COLUMNS:
        yield from (each.value for each in call.args if _is_text(each))
    yield from (each.value.value for each in call.keywords if each.arg in WORDED and _is_text(each.value))


def _is_text(node: Any) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _under(part: Any, keys: tuple[str, ...]) -> Iterator[str]:
    """The texts under these keys, at any depth."""
    if isinstance(part, list):
        for each in part:
            yield from _under(each, keys)
    if isinstance(part, dict):
        for key, value in part.items():
            if key in keys:
                yield from ([value] if isinstance(value, str) else value.values() if isinstance(value, dict) else [])
            else:
                yield from _under(value, keys)
