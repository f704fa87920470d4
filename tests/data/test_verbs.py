"""Which kind an action is of: what the mapping declares, else its own name, else "other"; rows counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import workbench as wb
from workbench.data import verb_counts

ACTIONS = ["Insert", "Insert", "Insert", "view", "view", "Odd"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = "".join(f"a,2025-01-06T08:00:0{i}Z,{action}\n" for i, action in enumerate(ACTIONS))
    (tmp_path / "events.csv").write_text("user_id,occurred_at,action\n" + rows)
    return tmp_path


def test_actions_are_of_the_kind_that_the_mapping_declares(folder: Path) -> None:
    (folder / "workbench.toml").write_text('[verbs]\ncreate = ["Insert", "New"]\n')
    found = verb_counts(wb.open_source(folder)).to_dict("records")
    assert found == [
        {"action": "Insert", "kind": "create", "rows": 3, "declared": True},
        {"action": "view", "kind": "view", "rows": 2, "declared": False},
        {"action": "Odd", "kind": "other", "rows": 1, "declared": False},
    ]


def test_the_source_carries_what_the_mapping_says_of_the_whole_system(folder: Path) -> None:
    plain = wb.open_source(folder)
    assert (plain.system, plain.first_weekday, plain.verbs) == ("the CRM", "monday", {})
    (folder / "workbench.toml").write_text('system = "Acme"\nfirst_weekday = "Sunday"\n[verbs]\nlogin = ["Logon"]\n')
    named = wb.open_source(folder)
    assert (named.system, named.first_weekday, named.verbs) == ("Acme", "sunday", {"login": ("Logon",)})


@pytest.mark.parametrize(
    ("mapping", "answer"),
    [
        ('first_weekday = "mo"', "did you mean 'monday'?"),
        ('[verbs]\ncreat = ["x"]', "there is no kind of action 'creat'; did you mean 'create'?"),
        ('[verbs]\ncreate = "x"', "[verbs] create is a list of actions"),
        ('[verbs]\ncreate = ["x"]\nupdate = ["x"]', "names 'x' twice"),
        ("system = 3", "system = 3 is no text"),
    ],
)
def test_a_setting_that_cannot_be_is_answered(folder: Path, mapping: str, answer: str) -> None:
    (folder / "workbench.toml").write_text(mapping)
    with pytest.raises(wb.ContractError) as refused:
        wb.open_source(folder)
    assert answer in str(refused.value)
