"""Which kind an action is of: what the mapping declares, else its own name, else "other"; rows counted by hand."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import pytest
from small_logs import an_event, source_of

import workbench as wb
from workbench import data
from workbench.data import verb_counts
from workbench.data.verbs import kind, verbs_in_words

LOGGED = ["Insert", "Insert", "Insert", "view", "view", "Odd"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = "".join(f"a,2025-01-06T08:00:0{i}Z,{action}\n" for i, action in enumerate(LOGGED))
    (tmp_path / "events.csv").write_text("user_id,occurred_at,action\n" + rows)
    return tmp_path


def test_actions_are_of_the_kind_that_the_mapping_declares(folder: Path) -> None:
    (folder / "workbench.toml").write_text('[verbs]\ncreate = ["Insert", "New"]\n')
    found = verb_counts(wb.open_source(folder)).to_dict("records")
    assert found == [
        {"action": "Insert", "kind": "create", "rows": 3, "n": 1, "declared": True},
        {"action": "view", "kind": "view", "rows": 2, "n": 1, "declared": False},
        {"action": "Odd", "kind": "other", "rows": 1, "n": 1, "declared": False},
    ]


def test_the_source_carries_what_the_mapping_says_of_the_whole_system(folder: Path) -> None:
    plain = wb.open_source(folder)
    assert (plain.system, plain.first_weekday, plain.verbs) == ("", "monday", {})
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
        ('system = "<b>Acme</b>"', "system is a name of at most 40 letters"),
    ],
)
def test_a_setting_that_cannot_be_is_answered(folder: Path, mapping: str, answer: str) -> None:
    (folder / "workbench.toml").write_text(mapping)
    with pytest.raises(wb.ContractError) as refused:
        wb.open_source(folder)
    assert answer in str(refused.value)


GUESSES = {  # what systems call their actions (formats.md), and what the words mean
    "create": ["create", "Insert", "New", "opportunity_created", "RecordAdded"],
    "update": ["update", "Record saved", "ASSIGN", "stage changed", "Upsert"],
    "delete": ["delete", "Removed", "Purge"],
    "view": ["view", "viewed", "RetrieveMultiple", "List", "Report Export"],
    "login": ["login", "UserLoggedIn", "Sign in", "LOGON"],
    "logout": ["logout", "Signed out", "UserLoggedOut"],
    "other": ["Deal closed", "x", "", "address"],
}


@pytest.mark.parametrize(("expected", "action"), [(k, a) for k, actions in GUESSES.items() for a in actions])
def test_words_say_the_kind(expected: str, action: str) -> None:
    assert kind(action, {}) == expected


DAYS = ["2025-01-06T08:00Z", "2025-01-07T08:00Z", "2025-01-08T08:00Z", "2025-01-12T08:00Z"]
ACTIONS = ["UserLoggedIn", "Record saved", "New", "UserLoggedOut"]


@pytest.fixture
def log() -> wb.Source:
    return source_of([an_event("a", day, action) for day, action in zip(DAYS, ACTIONS, strict=True)])


def test_the_panel_counts_by_kind(log: wb.Source) -> None:
    use = wb.qualifying_actions(log)
    assert use == ("New", "Record saved")  # neither coming nor going is use
    panel = wb.user_weeks(log, qualifying=use).to_pandas()
    assert panel[["actions", "logins", "created", "updated", "active_days"]].values.tolist() == [[2, 1, 1, 1, 2]]


def test_what_the_mapping_declares_counts_and_all_else_is_other(log: wb.Source) -> None:
    declared = dataclasses.replace(log, verbs={"update": ("New",)}, cache={})
    assert data.kinds(declared) == {"New": "update", "Record saved": "other", "UserLoggedIn": "other", "UserLoggedOut": "logout"}  # fmt: skip
    panel = wb.user_weeks(declared).to_pandas()
    assert panel[["actions", "logins", "created", "updated"]].values.tolist() == [[4, 0, 0, 1]]


def test_verbs_are_listed_with_their_rows(log: wb.Source) -> None:
    listed = data.verb_counts(log)
    assert listed["rows"].tolist() == [1, 1, 1, 1]
    assert listed.set_index("action")["kind"].to_dict() == data.kinds(log)
    assert data.kinds(log, ["New", "nowhere"]) == {"New": "create"}


def test_an_action_without_a_word_is_no_verb() -> None:
    log = source_of(
        [an_event("a", day, action) for day, action in zip(DAYS, ["view", None, "view", "view"], strict=True)]
    )
    assert data.kinds(log) == {"view": "view"}
    assert isinstance(data.verb_counts(log), pd.DataFrame)


def test_actions_are_listed_by_kind_and_those_of_few_people_only_counted() -> None:
    people = [f"u{i}" for i in range(6)]
    events = [an_event(who, "2025-01-06T08:00Z", "Insert") for who in people for _ in range(2)]
    events += [an_event(who, "2025-01-06T08:00Z", "zap") for who in people[:5]] + [
        an_event("u1", "2025-01-06T08:00Z", "call Ben Wolf")
    ]
    log = source_of(events, user_id=people)
    assert verbs_in_words(log) == [
        "What each action counts as, with its rows (guessed from its name; [verbs] in workbench.toml overrides):",
        "  create: Insert 12",
        "  other: zap 5",
        "  not named: 1 action, each of fewer than 5 people (1)",
    ]
    assert verbs_in_words(dataclasses.replace(log, verbs={"update": ("zap",)}, cache={}))[:2] == [
        "What each action counts as, with its rows (from [verbs] in workbench.toml):",
        "  other: Insert 12",
    ]
    assert "  other: zap 5; call Ben Wolf 1" in verbs_in_words(log, fewest=1)
