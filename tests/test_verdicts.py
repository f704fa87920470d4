"""No two places of a site say different things of one result; a planted contradiction is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from said_of import contradictions, names_of, said_in, said_on, site_of

from workbench.simulation.crm import write


@pytest.fixture(scope="module")
def site(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return site_of(str(sample), tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a small CRM, where much is probable, unreliable or not to be told; ten are in `benchmarks/`."""
    folder = tmp_path_factory.mktemp("small")
    write(folder / "crm", 400, 40, seed=2)
    return site_of(str(folder / "crm"), folder)


def test_no_two_places_of_a_small_crms_site_disagree(small):
    said = said_in(small)
    assert contradictions(said) == {}
    assert {each.effect for each in said} >= {"probably helped", "no clear effect", "unreliable", "we cannot say"}


def test_no_two_places_of_the_samples_site_disagree(site):
    said = said_in(site)
    assert contradictions(said) == {}
    places = {place for place, _, _ in said}
    assert {f"{page}: table" for page in ("4_training", "5_incentives", "6_peers", "index")} <= places
    assert {f"{page}: card" for page in ("4_training", "5_incentives", "6_peers")} <= places
    assert {f"{page}: chart, mark" for page in ("4_training", "5_incentives", "6_peers")} <= places
    assert {each.effect for each in said} >= {"helped", "no clear effect", "helped at first, then harmed", "unreliable"}


@pytest.mark.parametrize(
    ("page", "right", "wrong"),
    [
        ("4_training", "The result for Fast track is unreliable", "Fast track raised use by"),
        ("6_peers", "<td>unreliable</td>", "<td>helped</td>"),
        ("index", ">helped at first, then harmed</td>", ">helped</td>"),
    ],
)
def test_a_planted_contradiction_is_found(site, page, right, wrong):
    """The same pages with one place changed."""
    names, others = names_of(site), said_in(site)
    text = (site / f"{page}.html").read_text(encoding="utf-8")
    if page == "4_training":
        text += f"<p>{wrong} 1.43 days a week.</p>"
    else:
        assert right in text
        text = text.replace(right, wrong, 1)
    assert contradictions([*others, *said_on(page, names, text)])


def test_each_kind_of_place_is_read():
    """By hand: a sentence, a list, a table, a chart; the last one disagrees in its pointer."""
    chart = {"datasets": {"a": [{"name": "Race, while on", "effect": "helped", "verdict": "unreliable"}]}}
    text = f"""
        <p>Race raised use while it ran by 0.50 days a week (likely 0.20–0.80).</p>
        <p>Race probably lowered use after it ended by 0.40 days a week (likely 0.10–0.80).</p>
        <p>One of two incentives raised use: Race. One is unreliable: Prize (the groups were drifting apart).</p>
        <table><tr><th>Incentive</th><th>Effect while it ran</th></tr><tr><td>Race</td><td>helped</td></tr></table>
        <article aria-label="Race" class="card raised"><p class="label">Helped · ■■■■ dates at random</p></article>
        <script type="application/json">{json.dumps(chart)}</script>"""
    said = said_on("page", ["Race", "Prize"], text)
    assert [(each.place, each.effect) for each in said if each.result == ("Race", "use", "")] == [
        ("page: sentence", "helped"),
        ("page: list", "helped"),
        ("page: table", "helped"),
        ("page: card", "helped"),
        ("page: chart, pointer", "helped"),
        ("page: chart, mark", "unreliable"),
    ]
    assert ("page: sentence", ("Race", "use", "after it ended"), "probably harmed") in said
    assert ("page: list", ("Prize", "use", ""), "unreliable") in said
    assert list(contradictions(said)) == [("Race", "use", "")]
