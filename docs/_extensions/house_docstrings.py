"""The project's docstrings as numpydoc sections.

The source says `name : meaning` in one line, then "Returns …", "Raises …", "Source: …": short to write and to read in
an editor. Here these lines become the sections that numpydoc lays out, with the types and defaults of the signature.
"""

import inspect
import re
from dataclasses import dataclass, field
from typing import Any

from public_names import links
from sphinx.application import Sphinx

ITEM = re.compile(r"([a-z_]\w*(?:, \w+)*) : (.*)")
FURTHER = re.compile(r"; (?=[a-z_]\w*(?:, \w+)* : )")
OPENINGS = {
    "Returns": "Returns",
    "Yields": "Yields",
    "Raises": "Raises",
    "Source:": "References",
    "Sources:": "References",
}
CLASS = re.compile(r"(?<![\w.])[A-Z]\w+")
CODE = re.compile(r"(?<![`:])`([^`]+)`(?!`)")


@dataclass
class Sections:
    """The parts of one docstring."""

    text: list[str] = field(default_factory=list)
    items: dict[str, list[str]] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)


def sections(lines: list[str]) -> Sections:
    """A docstring taken apart."""
    found = Sections()
    into = found.text
    for line in lines:
        opening, _, rest = line.partition(" ")
        if into is found.examples or line.startswith(">>>"):
            into = found.examples
        elif ITEM.fullmatch(line) or (_is_meaning(into, found) and FURTHER.search(line)):
            into = _with_items(found.items, line, into)
            continue
        elif opening in OPENINGS:
            into, line = found.parts.setdefault(OPENINGS[opening], []), rest
        elif into is not found.text and (not line.strip() or (_is_meaning(into, found) and line[0] != " ")):
            into = found.notes
        into.append(line)
    return found


def _is_meaning(into: list[str], found: Sections) -> bool:
    """Whether these lines say what an item means."""
    return any(into is meaning for meaning in found.items.values())


def _with_items(items: dict[str, list[str]], line: str, into: list[str]) -> list[str]:
    """Adds the items of a line to those found, and gives the lines that say what the last one means."""
    for part in FURTHER.split(line):
        if item := ITEM.fullmatch(part):
            into = items[item[1]] = [item[2]]
        else:
            into.append(part)
    return into


def linked(text: str) -> str:
    """`name` as a link to the reference where it is public, else as code; other marks of reST are taken literally."""
    pieces = CODE.split(text)
    pieces[::2] = [re.sub(r"(?<!\w)\*(?=\W|$)|\||(?<=\w)_(?!\w)", r"\\\g<0>", piece) for piece in pieces[::2]]
    pieces[1::2] = [_code(piece) for piece in pieces[1::2]]
    return "".join(pieces)


def _code(name: str) -> str:
    place = links().get(name.removeprefix("wb."))
    return f":py:obj:`{name} <{place}>`" if place else f"``{name}``"


def laid_out(found: Sections, each: Any, kind: str) -> list[str]:
    """The sections as numpydoc writes them."""
    signature = _signature(each) if kind in ("function", "method") else None
    heading = "Attributes" if kind == "class" else "Parameters"
    lines = prose(found.text) + _section(heading, _parameters(found.items, signature))
    if returns := found.parts.get("Returns"):
        lines += _section("Returns", [_typed("", signature), *_indented(_said_of(returns, signature))])
    if raises := found.parts.get("Raises"):
        kind_of_error, _, when = " ".join(raises).strip().partition(" ")
        lines += _section("Raises", [_code(kind_of_error), *_indented([when])])
    lines += _section("Notes", prose(found.notes))
    lines += _section("References", [linked(line) for line in found.parts.get("References", [])])
    return lines + _section("Examples", found.examples)


def _said_of(returns: list[str], signature: inspect.Signature | None) -> list[str]:
    """What is said of the answer, without its type where that is named before."""
    named = f"{signature.return_annotation}, " if signature else ""
    return [returns[0].removeprefix(named), *returns[1:]] if named else returns


def prose(lines: list[str]) -> list[str]:
    """Sentences as they are; an indented paragraph, such as a formula, as it was typed."""
    shown: list[str] = []
    for line in lines:
        opens = line.startswith(" ") and (not shown or not shown[-1].strip())
        shown += ["::", "", line] if opens and not _within(shown) else [line if line.startswith(" ") else linked(line)]
    return shown


def _within(shown: list[str]) -> bool:
    """Whether the last paragraph that is not blank was typed."""
    return next((line.startswith(" ") for line in reversed(shown) if line.strip()), False)


def _parameters(items: dict[str, list[str]], signature: inspect.Signature | None) -> list[str]:
    if signature is None:
        return [line for name, meaning in items.items() for line in (name, *_indented(meaning))]
    lines, described = [], {single: names for names in items for single in names.split(", ")}
    for name in [*signature.parameters, *(n for n in described if n not in signature.parameters)]:
        names = described.pop(name, None)
        if names is None and (name in ("self", "cls") or any(name in n.split(", ") for n in items)):
            continue
        lines += [_typed(names or name, signature), *_indented(items.get(names or "", []))]
        described = {single: n for single, n in described.items() if n != names}
    return lines


def _typed(names: str, signature: inspect.Signature | None) -> str:
    """`name : type, default …` as the signature says; for an empty name the type of what is returned."""
    if signature is None:
        return names
    if not names:
        return _type(signature.return_annotation) or "answer"
    first = signature.parameters.get(names.split(", ")[0])
    if first is None:
        return names
    default = "" if first.default in (first.empty, None) else f"default {first.default!r}"
    stars = {first.VAR_POSITIONAL: r"\*", first.VAR_KEYWORD: r"\*\*"}.get(first.kind, "")
    said = ", ".join(filter(None, [_type(first.annotation), default]))
    return stars + names + (f" : {said}" if said else "")


def _type(annotation: Any) -> str:
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    return "" if annotation is inspect.Signature.empty or text == "Any" else CLASS.sub(_class, text.replace("|", r"\|"))


def _class(found: re.Match[str]) -> str:
    place = links().get(found[0])
    return f":py:obj:`{found[0]} <{place}>`" if place else found[0]


def _signature(each: Any) -> inspect.Signature | None:
    try:
        return inspect.signature(each)
    except (TypeError, ValueError):
        return None


def _section(heading: str, lines: list[str]) -> list[str]:
    while lines and not lines[0].strip():
        lines = lines[1:]
    return ["", heading, "-" * len(heading), *lines, ""] if lines else []


def _indented(lines: list[str]) -> list[str]:
    return [f"    {linked(line.strip())}" for line in lines]


def rewrite(app: Sphinx, what: str, name: str, each: Any, options: Any, lines: list[str]) -> None:
    """Turn a docstring into sections, in place, before numpydoc sees it."""
    if not any(set(line) == {"-"} for line in lines if line):
        lines[:] = prose(lines) if what in ("module", "data") else laid_out(sections(lines), each, what)


def setup(app: Sphinx) -> dict[str, bool]:
    """Work before numpydoc does."""
    app.connect("autodoc-process-docstring", rewrite, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
