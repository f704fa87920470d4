"""Scales are data: which items belong together, how they are answered and how they are scored.

Those that are shipped stand in `scales/*.toml`, one file each; an organisation adds its own, or replaces one, with a
file of the same form. Every scale is scored so that a high score is favourable: items that say the opposite are marked
`reverse` and turned round first.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.errors import ContractError, not_one_of
from workbench.results.phrases import phrase, say, translated
from workbench.results.words import percent

SHIPPED = Path(__file__).parent / "scales"
HALF = 0.5  # of a component's items must be answered, where a scale says nothing else
FORMULAS = {  # how one person's answers become a score; {low} and {high} are the ends of the answers
    "mean": phrase("the mean of the items, from {low} to {high}"),
    "percent": phrase("the mean of the items as a place between the lowest and the highest answer, from 0 to 100"),
    "net": phrase("100 for an answer of 9 or more, −100 for 6 or less, 0 between; a group's mean is the score"),
    "share": phrase(
        "1 where the items' mean lies three quarters of the way up or higher, else 0; a group's mean is a share"
    ),
}


@dataclass(frozen=True)
class Item:
    """One question of a scale.

    component : the part of the scale that it measures; text : its content in short
    reverse : a high answer means little of what the scale measures
    """

    name: str
    component: str
    text: str = ""
    reverse: bool = False


@dataclass(frozen=True)
class Scale:
    """A scale, which writes its own definition.

    components : name → label of each part, in the scale's order; each is scored by itself
    lowest, highest : the ends of the answers, where the data do not give them
    formula : one of `FORMULAS`
    answered : the least share of a component's items, from 0 to 1, that must be answered for a score
    barrier : where given, the barrier point is the first component with a score of so much or less
    also : another name of the scale in the data → the component that its items belong to; empty for the whole scale

    >>> print(scales()["sus"])
    System usability (SUS): the mean of the items as a place between the lowest and the highest answer, from 0 to 100; \
of those who answered at least 80% of the items (Brooke (1996), SUS: a quick and dirty usability scale, in Usability \
Evaluation in Industry, 189–194)
    """

    name: str
    label: str
    source: str
    items: tuple[Item, ...]
    components: Mapping[str, str]
    lowest: float | None = None
    highest: float | None = None
    formula: str = "mean"
    answered: float = HALF
    barrier: float | None = None
    also: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.label}: {self.definition} ({self.source})"

    @property
    def definition(self) -> str:
        """How it is scored, and of whom."""
        ends = {"low": _figure(self.lowest), "high": _figure(self.highest)}
        return say(
            "{formula}; of those who answered at least {share} of the items",
            formula=translated(FORMULAS[self.formula]).format(**ends),
            share=percent(self.answered),
        )

    def item(self, name: str) -> Item | None:
        """The item of that name, or whose component begins the name: `ease_7` belongs to ease."""
        listed = next((item for item in self.items if item.name == name), None)
        parts = sorted((part for part in self.components if name.startswith(f"{part}_")), key=len)
        return listed or (Item(name, parts[-1]) if parts else None)


def scales(own: str | Path = "") -> dict[str, Scale]:
    """The shipped scales, and an organisation's own.

    own : a .toml file, or a folder of them; a scale of the same name replaces the shipped one
    Returns name → scale.
    Raises ContractError where a file cannot be read or says something unknown.

    >>> from workbench import surveys
    >>> sorted(surveys.scales())
    ['adkar', 'com_b', 'csat', 'nps', 'resistance', 'sus', 'tam', 'umux_lite', 'utaut']
    """
    files = sorted(SHIPPED.glob("*.toml")) + (_own_files(Path(own)) if str(own) else [])
    return {scale.name: scale for scale in map(_read, files)}


def _own_files(path: Path) -> list[Path]:
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise ContractError(f"there are no scales at {path}.\n  Name a .toml file, or a folder that holds some.")
    return files


def _read(file: Path) -> Scale:
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContractError(f"the scale {file.name} cannot be read: {error}.") from None
    try:
        return _scale(said)
    except ContractError as error:
        raise ContractError(f"the scale {file.name}: {error}") from None


def _scale(said: dict[str, Any]) -> Scale:
    _refuse_unknown(said, Scale, "entry")
    if lacking := [name for name in ("name", "label", "source", "components") if not said.get(name)]:
        raise ContractError(f"it has no {lacking[0]}.")
    items = tuple(_item(entry, said["components"]) for entry in said.get("items", []))
    names = [item.name for item in items]
    if twice := [name for i, name in enumerate(names) if name in names[:i]]:
        raise ContractError(f"{len(twice)} items stand twice, the first is {twice[0]!r}; remove one of them.")
    scale = Scale(**{**said, "items": items})
    if scale.formula not in FORMULAS:
        raise ContractError(not_one_of(scale.formula, FORMULAS, "formula"))
    if not 0 < scale.answered <= 1:
        raise ContractError(f"answered is a share above 0 and up to 1, not {scale.answered}.")
    if strange := [part for part in scale.also.values() if part and part not in scale.components]:
        raise ContractError(not_one_of(strange[0], scale.components, "component"))
    return scale


def _item(said: dict[str, Any], components: Mapping[str, str]) -> Item:
    _refuse_unknown(said, Item, "entry of an item")
    if lacking := [name for name in ("name", "component") if not said.get(name)]:
        raise ContractError(f"an item has no {lacking[0]}.")
    if said["component"] not in components:
        raise ContractError(not_one_of(said["component"], components, "component"))
    return Item(**said)


def _refuse_unknown(said: dict[str, Any], form: type, kind: str) -> None:
    known = form.__dataclass_fields__  # type: ignore[attr-defined]
    if unknown := said.keys() - known.keys():
        raise ContractError(not_one_of(min(unknown), known, kind))


def _figure(end: float | None) -> str:
    return say("the lowest answer") if end is None else f"{end:g}"
