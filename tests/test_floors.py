"""The house stands as CONTRIBUTING.md draws it: imports go down, or to the right on their own floor; on the bench, only down."""

from __future__ import annotations

import ast
import re

import pytest
from conftest import PROJECT

FLOORS = ("door", "press", "window", "bench", "stock", "yard", "ground")
CONTENTS = "__init__"  # the table of contents, which names everything that people use


def drawn() -> list[tuple[str, list[str]]]:
    """Floor by floor from the top: its name and its rooms from left to right."""
    picture = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    lines = [re.match(rf"({'|'.join(FLOORS)}) +(\w+(?: · \w+)*)", line) for line in picture.splitlines()]
    return [(line[1], line[2].split(" · ")) for line in lines if line]


def rooms() -> list[str]:
    return sorted(path.stem for path in (PROJECT / "workbench").glob("*.py"))


def imported(room: str) -> set[str]:
    """The rooms that a room names in any import, at the top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((PROJECT / "workbench" / f"{room}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{room} has a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("workbench.")}
    return found & set(rooms())


def below(room: str) -> set[str]:
    """The rooms that a room may import."""
    floors = drawn()
    assert any(room in on_it for _, on_it in floors), f"CONTRIBUTING.md draws no room {room}"
    here = next(i for i, (_, on_it) in enumerate(floors) if room in on_it)
    name, neighbours = floors[here]
    right = [] if name == "bench" else neighbours[neighbours.index(room) + 1 :]
    return set(right).union(*(on_it for _, on_it in floors[here + 1 :]))


def test_every_room_is_drawn_once_and_no_other():
    shown = [room for _, on_it in drawn() for room in on_it]
    assert sorted(shown) == [room for room in rooms() if room != CONTENTS]
    assert [name for name, _ in drawn()] == list(FLOORS)


@pytest.mark.parametrize("room", [room for room in rooms() if room != CONTENTS])
def test_imports_go_down(room):
    assert imported(room) - below(room) == set()


def test_the_press_imports_no_statistics():
    statistics = {"moments", "effects", "segments", "metrics", "panel"}
    press = dict(drawn())["press"]
    assert not statistics & set().union(*(imported(room) for room in press))


def test_only_the_engine_room_talks_to_an_engine():
    said = {room for room in rooms() if re.search(r"^\s*(import|from) duckdb", _text(room), re.M)}
    assert said == {"engines"}


def _text(room: str) -> str:
    return (PROJECT / "workbench" / f"{room}.py").read_text(encoding="utf-8")
