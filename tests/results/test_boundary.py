"""What becomes visible: rows, findings, estimates, and outputs of a notebook."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.errors import ContractError
from workbench.findings import Finding
from workbench.results import Estimates, boundary
from workbench.results.verdict import Grade, Verdict


def leaders(n: int, share: float) -> Finding:
    """Case 6 of those tried: "100 of 100 leaders use it as a habit (…; 1 person)"."""
    said = f"{100 * share:.0f} of 100 leaders use it as a habit."
    return Finding(said, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, "a count", share, 0.2, 1.0, "share of people", n)


@pytest.mark.parametrize(("n", "share", "said"), [(1, 1.0, False), (4, 0.5, False), (9, 1.0, False), (9, 0.0, False)])
def test_a_finding_about_few_people_says_nothing_of_them(n: int, share: float, said: bool) -> None:
    found = leaders(n, share)
    assert (found.estimate, found.n, found.verdict) == (None, None, Verdict.UNKNOWN)
    assert "leaders" not in str(found._repr_mimebundle_())


@pytest.mark.parametrize(("n", "share"), [(5, 0.4), (10, 1.0)])
def test_a_finding_about_enough_people_stands(n: int, share: float) -> None:
    assert leaders(n, share).n == n


def test_estimates_show_no_row_of_few_people() -> None:
    rows = pd.DataFrame({"wave": ["a", "b"], "estimate": [0.2, 0.7], "conf_low": 0.1, "conf_high": 0.9, "n": [40, 3]})
    shown = Estimates(rows, "active days", "Effect by wave")
    for text in (repr(shown), shown._repr_html_()):
        assert "0.7" not in text
        assert "1 group is hidden to protect people" in text


def test_what_is_the_same_of_all_is_judged_on_the_group_s_own_share() -> None:
    # "Marketing 2 (8) 93 %" is 8 of 8 after it was mixed with its department's.
    rows = {"team": ["x", "y"], "own": [1.0, 0.5], "estimate": [0.93, 0.6], "conf_low": 0.1, "conf_high": 1.0, "n": 8}
    assert "93" not in repr(Estimates(pd.DataFrame(rows), "share of people", "made up"))


def test_a_table_without_people_is_refused_unless_it_has_no_numbers() -> None:
    assert len(boundary.visible(pd.DataFrame({"what": ["a text"]}))[0]) == 1
    with pytest.raises(ContractError, match="people=None where rows are not about people"):
        boundary.visible(pd.DataFrame({"left": [3]}))


def test_what_has_not_passed_is_not_shown_where_a_program_executes(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = boundary._guarded(lambda result: ({"text/plain": repr(result)}, {}))
    monkeypatch.setattr(boundary, "attended", lambda: False)
    assert plain("u00001")[0] == {"text/plain": boundary.UNPASSED}
    assert plain(boundary.Text("all is well")) == ({"text/plain": "all is well"}, {"workbench": "passed"})
    monkeypatch.setattr(boundary, "attended", lambda: True)  # an analyst's own screen
    assert plain("u00001") == ({"text/plain": "'u00001'"}, {})


def test_a_no_break_space_of_a_text_is_shown_as_one():
    assert repr(boundary.Text("bis 6.\u00a0Januar")) == "bis 6.\u00a0Januar"
