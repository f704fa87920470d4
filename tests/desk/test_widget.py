"""What travels between the desk and its screen: what changed, and nobody who was not asked for."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

import workbench as wb
from workbench.desk.desk import Desk
from workbench.desk.views import VIEWS
from workbench.desk.widget import MOST_PEOPLE, Screen


@pytest.fixture(scope="module")
def opened(panel, actions):
    return panel, actions


class Heard(Screen):
    """A screen of which one hears what it sends."""

    def send(self, content, buffers=None):
        self.__dict__.setdefault("sent", []).append(json.loads(json.dumps(content)))

    def told(self, **asked):
        self._heard(None, asked, None)
        return self.sent[-1]


@pytest.fixture
def screen(opened, tmp_path) -> Heard:
    screen = Heard(Desk(*opened), tmp_path / "selections")
    screen.told(charts=True)
    return screen


PERSON = re.compile(r"u\d{5}")
MARKETING = {"groups": [{"group": ["Marketing"]}]}


def test_first_everything_is_sent(screen):
    first = screen.sent[0]
    assert list(first["views"]) == list(first["specs"]) == list(VIEWS)
    assert list(first["controls"]) == ["metric", "group", "preset", "since", "until", "who"]
    assert (first["said"], first["picks"]) == ("1,500 people", [])


def test_then_only_what_a_pick_changes(screen):
    told = screen.told(picks=MARKETING)
    assert set(told["views"]) == set(VIEWS) - {"groups"}
    assert told["specs"] == {}
    assert [pick["words"] for pick in told["picks"]] == ["department Marketing (everybody there)"]
    assert screen.told(picks=MARKETING)["views"] == {}


def test_only_a_chart_that_marks_what_is_no_longer_picked_is_drawn_anew(screen):
    screen.told(picks={**MARKETING, "weeks": [{"week": ["2025-06-02"]}]})
    assert list(screen.told(drop=0)["specs"]) == ["groups"]
    assert list(screen.told(look={"group": "team"})["specs"]) == ["groups"]
    assert list(screen.told(clear=True)["specs"]) == ["weeks"]
    screen.told(picks={"weeks": [{"week": ["2025-06-02"]}]})
    assert screen.told(picks={"weeks": []})["specs"] == {}  # the screen emptied it, and shows so already


def test_numbers_of_a_screen_are_those_of_its_desk(screen):
    told = screen.told(picks=MARKETING, look={"metric": "actions a week"})
    shown = pd.DataFrame(told["views"]["weeks"]["rows"])
    own = screen.desk.table("weeks")
    assert shown[["week", "n"]].equals(own[["week", "n"]])
    assert shown["estimate"].tolist() == pytest.approx(own["estimate"].tolist())


def test_people_are_sent_from_when_they_are_asked_for_until_they_are_hidden(screen, opened):
    screen.told(picks=MARKETING)
    assert not PERSON.search(json.dumps(screen.sent))
    told = screen.told(people=True)["people"]
    marketing = set(opened[0].to_pandas().query("department == 'Marketing'")["user_id"])
    assert len(told["rows"]) == len(told["courses"]) == MOST_PEOPLE
    assert {row[0] for row in told["rows"]} < marketing
    assert told["more"] == f"and {len(marketing) - MOST_PEOPLE} people more"
    assert "people" in screen.told(picks={"groups": [{"group": ["Partners"]}]})
    assert "people" not in screen.told(people=False)
    kept = {name: value for name, value in screen.get_state().items() if name != "_esm"}
    assert not PERSON.search(json.dumps(kept, default=str))


def test_a_persons_course_is_one_sign_a_week(screen, opened):
    told = screen.told(people=True)["people"]
    row, course = told["rows"][3], told["courses"][3]
    days = opened[0].to_pandas().query("user_id == @row[0]").set_index("week")["active_days"]
    weeks = pd.date_range("2025-01-06", periods=52, freq="7D")
    assert course == "".join(str(days[week]) if week in days else "." for week in weeks)
    assert row[-1] == f"{(days > 0).sum()} of {len(days)}"


def test_the_people_picked_are_kept_as_a_cohort(screen, opened, tmp_path):
    screen.told(picks=MARKETING)
    told = screen.told(keep="marketing")["kept"]
    path = tmp_path / "selections" / "marketing.csv"
    assert told == f"Kept. For a report about them: --set selection={path}"
    assert set(wb.only(opened[0], path).to_pandas()["department"]) == {"Marketing"}
    assert screen.told(keep="no name")["kept"] == (
        "A selection cannot be called 'no name'.\n  Use letters, digits, - and _."
    )
    assert "kept" not in screen.told(picks=MARKETING)
