import re
import tomllib

import numpy as np
import pandas as pd
import pytest
from small_surveys import people

import workbench as wb
from workbench import surveys
from workbench.errors import ContractError
from workbench.results.phrases import speaking
from workbench.results.verdict import Side
from workbench.surveys.themes import SHIPPED, plain


def about(text):
    return [name for name, theme in surveys.themes().items() if theme.pattern().search(plain(text))]


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("The SEARCH does not work", "search"),
        ("Ich kann meine Notizen nicht finden", "search"),
        ("Die Seiten sind LANGSAM.", "slow"),
        ("C'est trop lent !", "slow"),
        ("La página va muy lenta", "slow"),
        ("Il sistema è lento", "slow"),
        ("Het systeem is traag", "slow"),
        ("Zu viele Pflichtfelder", "effort"),
        ("Je n'ai pas le temps", "time"),
        ("Wir brauchen eine Schulung", "knowledge"),
        ("Mein Chef nutzt es auch nicht", "leaders"),
        ("Ich fühle mich überwacht", "watched"),
        ("Nobody told us what it is for", "purpose"),
        ("Früher, mit Excel, ging es besser", "old_ways"),
    ],
)
def test_themes_are_found_in_their_languages_whatever_case_and_accents(text, theme):
    assert theme in about(text)


@pytest.mark.parametrize("text", ["", "All is well.", "Research is fun", "my bossa nova", "Der Kunde war zufrieden"])
def test_a_word_within_another_word_is_no_theme(text):
    assert about(text) == []


def test_a_star_alone_stands_for_one_word():
    theme = surveys.Theme("twice", "twice", ("enter * twice",))
    assert theme.pattern().search(plain("I enter everything twice"))
    assert not theme.pattern().search(plain("I enter twice"))
    assert not theme.pattern().search(plain("I enter all of it twice"))


def test_every_theme_speaks_the_six_languages_and_none_names_an_expression_twice():
    for name, entry in tomllib.loads(SHIPPED.read_text()).items():
        assert set(entry) - {"label", "component"} == {"en", "de", "fr", "es", "it", "nl"}, name
        for language in ("en", "de", "fr", "es", "it", "nl"):
            assert len(entry[language]) == len(set(entry[language])), (name, language)


def test_expressions_stand_as_texts_are_compared():
    for theme in surveys.themes().values():
        assert [e for e in theme.expressions if re.search(r"[^\w *']", e) or plain(e, "*'") != e] == []


def source(texts, who, when="2025-04-01T09:00Z", **users):
    given = pd.DataFrame({"user_id": who, "written_at": when, "text": texts})
    return wb.open_source({"users": people([w for w in dict.fromkeys(who) if w], **users), "feedback": given})


def counted(*args, by="", **more):
    log = source(*args, **more)
    known = surveys.themes()
    return surveys.theme_shares(surveys.comments(log.feedback, log.users, known), known, by)


def test_people_are_counted_and_not_their_comments():
    """By hand: six of eight people wrote that it is slow, one of them three times."""
    who = [*"aaabcdefgh"]
    table = counted(["slow"] * 8 + ["fine"] * 2, who).table
    assert table[["theme", "estimate", "n", "count"]].to_numpy().tolist() == [["slow", 0.75, 8, 8]]


def test_anonymous_comments_count_as_somebody_of_their_own():
    assert counted(["slow"] * 5 + ["fine"], [None] * 5 + ["a"]).table[["estimate", "n"]].to_numpy().tolist() == [
        [pytest.approx(5 / 6), 6]
    ]


def test_what_fewer_than_five_people_wrote_is_not_said():
    assert counted(["slow"] * 4 + ["fine"] * 9, [*"abcdefghijklm"]).table.empty
    by = counted(
        ["slow"] * 6 + ["fine"] * 6, [*"abcdefghijkl"], by="department", department=["x"] * 5 + ["y"] * 7
    ).table
    assert by.set_index("department")["says"].to_dict() == {"x": "100%", "y": "under 5"}
    with speaking("de"):
        said = counted(
            ["slow"] * 6 + ["fine"] * 6, [*"abcdefghijkl"], by="department", department=["x"] * 5 + ["y"] * 7
        )
    assert said.table["says"].tolist() == ["100\u00a0%", "unter 5"]


def test_no_text_and_no_name_is_kept():
    log = source(["so slow"], ["somebody"])
    table = surveys.comments(log.feedback, log.users)
    assert not {"text", "user_id"} & set(table)
    assert "somebody" not in table.to_csv()


def written(times, slow):
    monday = pd.date_range("2025-01-06", periods=50, freq="7D")
    when = monday[np.clip((np.asarray(times) * 50).astype(int), 0, 49)].tz_localize("UTC")
    return pd.DataFrame({"author": np.arange(len(times)), "written_at": when, "slow": slow}), pd.DataFrame(
        {"week": monday}
    )


KNOWN = {"slow": surveys.Theme("slow", "slow pages", ("slow",))}


def test_the_weeks_by_which_a_theme_comes_late_by_hand():
    """Twenty comments, two in each of the last ten of fifty weeks, come 20 weeks later than the middle."""
    comments, panel = written(np.repeat(np.arange(40, 50) / 50 + 0.001, 2), True)
    found = surveys.growth(comments, KNOWN, panel).table.set_index("theme")
    assert found.loc["slow", "estimate"] == pytest.approx(20)


def test_comments_gathered_in_one_week_show_no_growth():
    comments, panel = written([0.999] * 20, True)
    assert surveys.growth(comments, KNOWN, panel).table.empty


def test_more_people_with_access_are_no_growth():
    """Twice as many people in the second half write twice as much: as often per person."""
    comments, panel = written([*np.linspace(0, 0.499, 40), *np.linspace(0.5, 0.999, 80)], True)
    weeks = pd.concat([panel.iloc[:25], panel.iloc[25:], panel.iloc[25:]])
    row = surveys.growth(comments, KNOWN, weeks).table.set_index("theme").loc["slow"]
    assert abs(row["estimate"]) < 0.5
    assert row["side"] == Side.UNCLEAR


def test_a_theme_that_does_not_grow_is_called_growing_no_oftener_than_one_time_in_twenty():
    rng = np.random.default_rng(7)
    worlds = [written(rng.random(60), True) for _ in range(60)]
    clear = sum(
        surveys.growth(*given, panel=panel).table.query("theme == 'slow'")["side"].ne(Side.UNCLEAR).any()
        for (*given, panel) in ((w, KNOWN, p) for w, p in worlds)
    )
    assert clear <= 8  # binomial(60, 0.05): nine or more in fewer than 1 of 300


def test_a_theme_that_grows_from_nothing_is_found():
    rng = np.random.default_rng(8)
    worlds = [written(np.sqrt(rng.random(60)), True) for _ in range(10)]
    found = [
        surveys.growth(comments, KNOWN, panel).table.query("theme == 'slow'")["side"].iloc[0]
        for comments, panel in worlds
    ]
    assert found.count(Side.ABOVE) >= 8


def test_nobody_wrote():
    log = source(["x"], ["a"])
    none = surveys.comments(log.feedback.sql("select * from this where 1 = 0"), log.users)
    known, panel = surveys.themes(), pd.DataFrame({"week": pd.to_datetime(["2025-01-06"])})
    assert surveys.theme_shares(none, known).table.empty
    assert surveys.theme_by_time(none, known).empty
    assert surveys.growth(none, known, panel).table.empty


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[x]\nen = ["a"]', "the theme 'x' in own.toml has no label."),
        ('[x]\nlabel = "x"', 'the theme \'x\' in own.toml needs expressions, such as en = ["slow", "crash*"].'),
        (
            '[x]\nlabel = "x"\nen = ["?"]',
            'the theme \'x\' in own.toml needs expressions, such as en = ["slow", "crash*"].',
        ),
        (
            '[x]\nlabel = "x"\ncomponent = "opportunity"\nen = ["a"]',
            "the theme 'x' in own.toml: no component 'opportunity'; did you mean",
        ),
        ("[x", "the themes own.toml cannot be read:"),
    ],
)
def test_themes_that_say_something_unknown_are_refused(tmp_path, text, message):
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ContractError) as refused:
        surveys.themes(tmp_path / "own.toml")
    assert str(refused.value).startswith(message)


def test_an_own_theme_stands_beside_the_shipped_ones(tmp_path):
    (tmp_path / "own.toml").write_text('[quotes]\nlabel = "quotes"\nen = ["quote*"]', encoding="utf-8")
    known = surveys.themes(tmp_path / "own.toml")
    assert {"quotes", "search"} <= set(known)
