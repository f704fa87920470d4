"""The words people type: what each answers, and with which exit code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from workbench.cli import app
from workbench.desk.lab import EXTENSION

NOTEBOOKS = Path(__file__).parent / "notebooks"
CODE = {"cell_type": "code", "execution_count": None, "outputs": []}
WHERE = json.dumps(
    {
        "cells": [
            {**CODE, "id": "a", "metadata": {"tags": ["parameters"]}, "source": 'source: str = ""  # where the log is'},
            {
                **CODE,
                "id": "b",
                "metadata": {},
                "source": "from pathlib import Path\nfrom workbench.results import Text\n\n"
                "Text(f'found {Path(source).is_dir()}')",
            },
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)


def typed(*words: object):
    """The exit code and everything said, on one line."""
    result = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "400", "TERM": "dumb"})
    return result.exit_code, " ".join(result.output.split())


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["reprt"], "Did you mean 'report'?"),
        (["report", "--sourc", "x"], "--source"),
        (["report", "1_god", "--notebooks", NOTEBOOKS], "did you mean '1_good'?"),
        (["report", "1_good", "--notebooks", NOTEBOOKS, "--set", "wekes=3"], "did you mean 'weeks'?"),
        (
            ["report", "1_good", "--notebooks", NOTEBOOKS, "--set", "weeks=three"],
            "weeks is a whole number, not 'three'.",
        ),
        (["report", "1_good", "--notebooks", NOTEBOOKS, "--set", "weeks"], "--set needs NAME=VALUE"),
        (["report", "--source", NOTEBOOKS.parent / "notebook"], "did you mean 'notebooks'?"),
        (["report", "--jobs", "0"], "--jobs"),
        (["check", NOTEBOOKS.parent / "notebook"], "did you mean 'notebooks'?"),
        (["report", "--notebooks", NOTEBOOKS / "nowhere"], "is not there"),
    ],
)
def test_what_is_not_understood_is_answered_with_the_nearest_and_exit_code_2(words, answer):
    code, said = typed(*words)
    assert code == 2
    assert answer in said


def test_help_names_every_verb():
    code, said = typed("--help")
    assert code == 0
    assert all(verb in said for verb in ("sample", "check", "report", "lab"))


def test_the_command_waits_for_nothing_that_only_printing_needs():
    script = "import sys, workbench.cli; print(sorted({'nbconvert', 'papermill', 'ipykernel'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == "[]"


@pytest.mark.slow
def test_a_report_that_fails_is_named_and_sets_the_exit_code(tmp_path):
    code, said = typed("report", "1_good", "2_failing", "--notebooks", NOTEBOOKS, "--out", tmp_path)
    assert code == 1
    assert "2_failing failed: cell [3] KeyError: …" in said
    assert "1 of 2 pages made" in said


@pytest.mark.slow
def test_check_finds_the_sample_fit(sample):
    code, said = typed("check", sample)
    assert code == 0
    assert "broken" in said
    assert "create: create 5" in said  # what the actions were taken for


def test_check_names_every_broken_rule_and_its_repair(tmp_path):
    (tmp_path / "users.csv").write_text("user_id\nann\nann\n")
    (tmp_path / "events.csv").write_text("user_id,occurred_at,action\nann,2025-01-06T10:00:00Z,view\n")
    code, said = typed("check", tmp_path)
    assert code == 1
    assert "broken" in said
    assert "users.user_id" in said


def test_a_folder_that_is_not_empty_is_not_written_into(tmp_path):
    (tmp_path / "precious.csv").write_text("")
    code, said = typed("sample", tmp_path)
    assert code == 2
    assert "not empty" in said


def test_notebooks_in_jupyterlab_work_in_the_folder_where_it_was_opened(monkeypatch, tmp_path):
    called = []
    monkeypatch.setattr("workbench.cli.subprocess.call", lambda command: called.append(command) or 0)
    monkeypatch.chdir(tmp_path)
    assert typed("lab", "--notebooks", NOTEBOOKS) == (0, "")
    working = f"--MappingKernelManager.root_dir={tmp_path}"
    assert called[0][1:] == ["-m", "jupyterlab", str(NOTEBOOKS), working, EXTENSION]


def test_further_options_of_the_lab_are_those_of_jupyterlab(monkeypatch):
    called = []
    monkeypatch.setattr("workbench.cli.subprocess.call", lambda command: called.append(command) or 0)
    options = ["--port", "9999", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
    assert typed("lab", *options[:1], *options[1:3], "--notebooks", NOTEBOOKS, *options[3:]) == (0, "")
    assert called[0][3] == str(NOTEBOOKS)
    assert called[0][-5:] == options


@pytest.mark.slow
def test_a_relative_source_means_the_same_to_the_command_and_to_its_notebooks(monkeypatch, tmp_path):
    (tmp_path / "crm").mkdir()
    (tmp_path / "1_where.ipynb").write_text(WHERE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert typed("report", "--notebooks", ".", "--source", "crm")[0] == 0
    assert "found True" in (tmp_path / "site" / "1_where.html").read_text(encoding="utf-8")


def test_a_database_is_named_without_its_password():
    for command in (["check"], ["report", "--notebooks", NOTEBOOKS, "--source"]):
        code, said = typed(*command, "postgresql://reader:s3cret@server/crm")
        assert code == 2
        assert "the source holds a password" in said
        assert "s3cret" not in said


def test_a_database_that_cannot_be_reached_is_said_by_check():
    code, said = typed("check", "postgresql://reader@127.0.0.1:1/crm")
    assert (code, said) == (
        1,
        "broken the database crm cannot be reached: nothing answers there. Look at the server's name and port, and at the network."
        " 1 broken, 0 noted.",
    )


@pytest.mark.slow
def test_a_roll_out_is_planned_and_its_draw_kept(sample, tmp_path):
    file = tmp_path / "schedule.csv"
    asked = ("plan", "--source", sample, "--out", file, "--programme", "Refresh", "--first", "2026-01-05")
    code, said = typed(*asked)
    assert code == 0
    assert "Staggered, 60 teams, 26 weeks" in said
    assert "Drew 60 teams with seed 1" in said
    kept = file.read_text()
    assert kept.startswith("user_id,programme,started_at,attended,assignment,assigned_unit,seed,balanced_by\n")
    assert typed(*asked)[0] == 0
    assert file.read_text() == kept
    assert not {line.split(",")[0] for line in kept.splitlines()[1:]} & set(said.split())


@pytest.mark.slow
def test_a_plan_that_cannot_be_made_says_why(sample, tmp_path):
    asked = ("plan", "--source", sample, "--out", tmp_path / "s.csv", "--programme", "Refresh", "--first", "2026-01-06")
    assert typed(*asked) == (1, "a week of these data begins on a Monday, but 2026-01-06 is a Tuesday.")


def test_init_writes_a_mapping_once_and_names_the_next_command(tmp_path):
    (tmp_path / "log.csv").write_text("who,when,what\na,2025-01-06T08:00:00Z,edit\n")
    code, said = typed("init", tmp_path)
    mapping = tmp_path / "workbench.toml"
    assert code == 0
    assert said.startswith(f"Wrote {mapping}. events log.csv: guessed by its columns 2 questions are marked")
    assert said.endswith(f"Next: workbench check {tmp_path}")
    mapping.write_text("# mine")
    code, said = typed("init", tmp_path)
    assert (code, mapping.read_text()) == (2, "# mine")
    assert "is there; change it by hand, or add --force to write it anew." in said
    assert typed("init", tmp_path, "--force")[0] == 0
    assert mapping.read_text().startswith("# How the workbench reads this folder")


def test_init_says_what_is_not_there(tmp_path):
    assert typed("init", tmp_path)[0] == 1
    code, said = typed("init", tmp_path / "nowhere")
    assert (code, "is not there" in said) == (2, True)


@pytest.mark.slow
def test_outreach_keeps_its_people_to_itself_and_its_hold_out_for_the_next_campaign(sample, tmp_path):
    asked = (
        "outreach",
        "--source",
        sample,
        "--capacity",
        100,
        "--budget",
        500,
        "--cost",
        10,
        "--programme",
        "Keyboard shortcuts",
    )
    file, lot = tmp_path / "spring.csv", tmp_path / "hold-out.csv"
    code, said = typed(*asked, "--out", file)
    assert code == 0
    assert "50 people are offered" in said  # what the budget allows
    assert "not clearly better than choosing at random" in said  # the ledger: this course brings nothing
    assert {path.stat().st_mode & 0o777 for path in (file, lot)} == {0o600}
    people = pd.read_csv(file, dtype=str)
    assert not set(people["user_id"]) & set(re.findall(r"\w+", said))
    held = pd.read_csv(lot, dtype=str).set_index("name")["held_out"]
    assert (people["user_id"].map(held).eq("true") == people["offered"].eq("False")).all()
    before = lot.read_text()
    assert typed(*asked, "--out", tmp_path / "summer.csv")[0] == 0
    assert lot.read_text() == before


@pytest.mark.slow
def test_outreach_says_later_what_it_brought(sample, tmp_path):
    """Offers by lot that did nothing: since June half of 400 people are said to have been offered help."""
    users = pd.read_csv(sample / "users.csv", dtype=str)
    users = users[users["access_end"].isna() & users["is_robot"].eq("false")].head(400)
    rows = users[["user_id", "team"]].assign(campaign="made up", place=range(1, 401), ranked_by="need", what="help")
    rows["offered"] = [bool(place * 7919 % 2) for place in rows["place"]]
    rows.assign(drawn_on="2025-06-02").to_csv(tmp_path / "made-up.csv", index=False)
    code, said = typed("outreach", "--source", sample, "--out", tmp_path / "made-up.csv", "--evaluate")
    assert code == 0
    assert "Effect of the offer: difference in mean later by offered, against held out" in said
    assert "Take-up" in said
    low, high = map(float, re.search(r"offered [+-][\d.]+ ([+-][\d.]+) to ([+-][\d.]+)", said).groups())
    assert low < 0 < high
