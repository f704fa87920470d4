"""The catalogue of phrases, and plain words for the field's names."""

from __future__ import annotations

import re
from datetime import date
from string import Formatter

import pytest
from make_phrases import catalogue, phrases, renewed, untranslated

from workbench.charts.theme import STATES
from workbench.errors import ParameterError
from workbench.results import words
from workbench.results.phrases import (
    ENGLISH,
    PLAIN,
    language,
    languages,
    phrase,
    plain,
    say,
    say_n,
    speak,
    speaking,
    translated,
)
from workbench.surveys import scales

OTHERS = [each for each in languages() if each != ENGLISH]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_no_two_states_or_segments_share_a_word():
    shown = [plain(name) for name in STATES]
    assert len(set(shown)) == len(shown)


@pytest.mark.parametrize("other", OTHERS)
def test_no_two_states_or_segments_share_a_word_in_another_language(other):
    with speaking(other):
        test_no_two_states_or_segments_share_a_word()


def test_every_plain_word_stands_for_a_name_of_the_data():
    sample = {"tam_ease", "tam_usefulness"}  # scales that the sample's survey names in its own way
    assert set(PLAIN) <= set(STATES) | set(scales()) | sample


@pytest.mark.parametrize("other", OTHERS)
def test_every_phrase_of_the_source_is_translated(other):
    assert untranslated(other) == [], "python tests/make_phrases.py adds them to the catalogue"


@pytest.mark.parametrize("other", OTHERS)
def test_a_catalogue_has_no_phrase_that_nothing_says(other):
    said = renewed(other)
    assert [m.id for m in catalogue(other) if m.id and not said.get(m.id)] == []


@pytest.mark.parametrize("other", OTHERS)
def test_a_translation_has_the_places_of_its_phrase(other):
    for message in catalogue(other):
        if not message.id:
            continue
        forms = message.string if message.pluralizable else [message.string]
        said = message.id if message.pluralizable else [message.id]
        wanted = set().union(*map(places, said))
        for form in forms:  # the form for one may say its number as a word
            assert places(form) | ({"n"} if message.pluralizable else set()) >= wanted >= places(form), message.id


def test_the_source_is_read_whole():
    texts = {said.text for said in phrases()}
    assert {"{low} to {high}", ("{n} person", "{n} people"), "heavy habit"} <= texts


def test_a_language_without_a_catalogue_is_refused():
    with pytest.raises(ParameterError, match="there is no language 'fr'; there are de, en"):
        speak("fr")
    assert language() == "en"


def test_the_language_of_a_block_ends_with_it():
    with speaking("de"):
        assert say_n("{n} person", "{n} people", 1240) == "1.240 Personen"
    assert say_n("{n} person", "{n} people", 1240) == "1,240 people"


def test_a_phrase_that_the_catalogue_lacks_stays_english():
    with speaking("de"):
        assert translated("A name of the data") == "A name of the data"
        assert translated("") == ""  # where gettext keeps the catalogue's head
        assert translated(phrase("habit")) == "Gewohnheit"
        assert say("{low} to {high}", low="Sales", high="Service") == "Sales bis Service"


def test_german_numbers_and_days_as_the_dictionary_of_german_writes_them():
    # Duden: a comma before decimals, points between thousands, a space before %, a point and a space after the day
    with speaking("de"):
        assert words.number(-1234.5) == "−1.234,50"
        assert words.number(1_234_567, 0) == "1.234.567"
        assert words.percent(0.313) == "31\u00a0%"
        assert words.percent(0.001) == "weniger als 1\u00a0%"
        assert words.ranged(words.percent(0.64), words.percent(0.69)) == "64–69\u00a0%"
        assert words.ranged("−0,20", "0,10") == "−0,20 bis 0,10"
        assert words.people(1) == "1 Person"
        assert words.day(date(2025, 1, 6)) == "6.\u00a0Jan.\u00a02025"
        assert words.day_in_full(date(2025, 3, 6)) == "6.\u00a0März\u00a02025"
        assert words.period(date(2025, 10, 1), "month") == "Okt. 2025"


def test_a_german_day_does_not_end_a_sentence():
    with speaking("de"):
        assert words.gist(f"Seit dem {words.day(date(2025, 1, 6))} keine Änderung. Mehr.").endswith("keine Änderung")


@pytest.mark.parametrize(
    ("language", "phrase", "shown"),
    [
        ("en", "The CRM is new; use the CRM. CRM adoption", "My CRM is new; use My CRM. My CRM adoption"),
        ("de", "Wer arbeitet im CRM und nutzt das CRM? CRM-Nutzung", "Wer arbeitet in SAP und nutzt SAP? SAP-Nutzung"),
    ],
)
def test_sentences_call_the_system_by_its_name(language, phrase, shown):
    """A name may hold the word itself, and is put in once."""
    with speaking(language, system="My CRM" if language == "en" else "SAP"):
        assert say(phrase) == shown
    assert say("The CRM") == "The CRM"


def test_what_may_be_a_name_in_the_data_stays():
    with speaking("en", system="Salesforce"):
        assert [translated("CRM basics"), translated("Who uses the CRM?")] == ["CRM basics", "Who uses Salesforce?"]


def test_every_crm_of_a_catalogue_gives_way_to_a_name_in_good_german():
    """No article is left before the name, and no bare word."""
    texts = [message.id for message in catalogue("de") if message.id and "CRM" in str(message.id)]
    with speaking("de", system="Salesforce"):
        said = [say(text, **dict.fromkeys(places(text), "x")) for text in texts]
    assert texts
    assert [text for text in said if re.search(r"CRM|\b(das|dem|des|im|zum|der) Salesforce", text)] == []


@pytest.mark.parametrize("other", OTHERS)
def test_costs_are_in_the_currency_that_the_source_names(other):
    said = []
    for each in (ENGLISH, other):
        with speaking(each, currency="€"):
            said.append(translated("Each extra day of use cost {cost} (in the currency of the data)", cost="2,82"))
    assert said[0] == "Each extra day of use cost 2,82 (in €)"
    assert "(in €)" in said[1]
