"""The catalogue of phrases: pages are written in English and shown in the language of their run.

A phrase is a whole sentence, or words that stand alone, with named places that a translation may move. One gettext
catalogue for each language lies in `languages/`; a phrase that it lacks stays English. Names that are keys (verdicts,
columns, units) stay English in the data and are translated where they are shown. "The CRM" and "the currency of the
data" give way to their names, where the source says these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from workbench.errors import ParameterError, not_one_of

ENGLISH = "en"
CATALOGUES = Path(__file__).parent / "languages"
_language = ENGLISH  # of the process: a notebook has its own
_names: dict[str, str] = {}  # likewise: what the source calls its system and its currency
BARE = "CRM"  # what may be part of a name in the data
CALLED = {  # language → what has a name → how it stands in sentences, and what to say instead
    ENGLISH: {
        "system": {"the CRM": "{}", "The CRM": "{}", BARE: "{}"},
        "currency": {"the currency of the data": "{}", "currency of the data": "{}"},
    },
    "de": {
        "system": {
            **{f"{article} CRM": "{}" for article in ("das", "Das", "dem", "Dem")},
            "im CRM": "in {}",
            "Im CRM": "In {}",
            "zum CRM": "zu {}",
            "des CRM": "von {}",
            BARE: "{}",
        },
        "currency": {"der Währung der Daten": "{}", "Währung der Daten": "{}"},
    },
}


def languages() -> list[str]:
    """The languages that pages can be shown in: English, in which they are written, and those with a catalogue.

    >>> languages()
    ['en', 'de']
    """
    return [ENGLISH, *sorted(file.stem for file in CATALOGUES.glob("*.po"))]


def language() -> str:
    """The language in which phrases are shown now.

    >>> language()
    'en'
    """
    return _language


def speak(language: str) -> None:
    """Show all phrases in a language from now on: a notebook chooses it once, by its parameter.

    language : one of `languages()`, such as "de"
    Raises ParameterError for a language without a catalogue.

    >>> wb.speak("de")
    >>> plain("resurrected"), say("{low} to {high}", low="0,1", high="0,3")
    ('zurückgekehrt', '0,1 bis 0,3')
    >>> wb.speak("en")
    """
    global _language
    if language not in languages():
        raise ParameterError(not_one_of(language, languages(), "language"))
    _language = language


def call(**names: str) -> None:
    """Say the names of the system and the currency from now on, instead of "the CRM" and "the currency of the data".

    names : `system`, `currency`; what is missing or empty has no name

    >>> call(system="Salesforce", currency="€")
    >>> say("{share} of people with access use the CRM", share="67%"), translated("CRM basics")
    ('67% of people with access use Salesforce', 'CRM basics')
    >>> call()
    """
    global _names
    _names = {what: name for what, name in names.items() if name}


def called() -> dict[str, str]:
    """The names by which the system and the currency are called now; those that have one."""
    return _names


@contextmanager
def speaking(language: str, **names: str) -> Iterator[None]:
    """Show the phrases of a block in a language, with the names of `call`."""
    before = _language, _names
    speak(language)
    call(**names)
    try:
        yield
    finally:
        speak(before[0])
        call(**before[1])


def _called(phrase: str, bare: bool = True) -> str:
    """A phrase with these names in it; not in place of a bare "CRM" where that may be a name in the data."""
    for what, name in _names.items():
        instead = CALLED.get(_language, CALLED[ENGLISH])[what]
        forms = "|".join(form for form in instead if bare or form != BARE)
        said = {form: to.format(name) for form, to in instead.items()}
        phrase = re.sub(rf"\b(?:{forms})\b", lambda form, said=said: said[form[0]], phrase)  # type: ignore[misc]
    return phrase


def say(phrase: str, /, **parts: object) -> str:
    """A phrase in the language of the page, its named places filled.

    phrase : in English, as it is written in the code
    parts : what stands in each place, already in the language of the page

    >>> say("{low} to {high}", low="less than 1%", high="3%")
    'less than 1% to 3%'
    """
    return _called(_catalogue(_language).gettext(phrase)).format(**parts)


def say_n(one: str, many: str, n: float, /, **parts: object) -> str:
    """A phrase that depends on a count, which stands at the place {n}.

    one, many : in English, for one and for any other number

    >>> say_n("{n} person", "{n} people", 1), say_n("{n} person", "{n} people", 1240)
    ('1 person', '1,240 people')
    """
    said = _called(_catalogue(_language).ngettext(one, many, int(n)))
    return said.format(n=punctuated(f"{int(n):,}"), **parts)


def phrase(text: str) -> str:
    """Words that stand in the data of the program, marked for the catalogue; `translated` shows them.

    >>> phrase("heavy habit")
    'heavy habit'
    """
    return text


def phrase_n(one: str, many: str) -> tuple[str, str]:
    """The same of a phrase that depends on a count: the first arguments of `say_n`."""
    return one, many


def translated(text: str, /, **parts: object) -> str:
    """Words that were marked by `phrase`, or any others, as they are shown; what the catalogue lacks stays.

    parts : what stands in the places of a phrase that has some

    >>> translated("heavy habit"), translated("Sales")
    ('heavy habit', 'Sales')
    """
    shown = _catalogue(_language).gettext(text) if text else ""
    return _called(shown).format(**parts) if parts else _called(shown, bare=False)


def in_every_language(text: str) -> list[str]:
    """Words that were marked by `phrase`, as each language shows them.

    >>> in_every_language("habit")
    ['Gewohnheit', 'habit']
    """
    return sorted({_catalogue(each).gettext(text) for each in languages()})


def punctuated(figure: str) -> str:
    """A number's digits with the separators of the language.

    figure : as English writes it
    Returns the figure with the language's own comma and point.

    >>> from workbench.results import punctuated
    >>> punctuated("1,234.5")
    '1,234.5'
    """
    return figure.translate(_separators(_language))


@cache
def _separators(language: str) -> dict[int, str]:
    example = say("1,234.5")
    return str.maketrans({",": example[1], ".": example[5]})


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == ENGLISH:
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


PLAIN = {
    # usage segments
    "power": phrase("heavy habit"),
    "habitual": phrase("habit"),
    "novice": phrase("regular, no habit"),
    "low": phrase("occasional"),
    # scales of surveys
    "com_b": phrase("what people can, may and want to do (COM-B)"),
    "tam_ease": phrase("perceived ease of use"),
    "tam_usefulness": phrase("perceived usefulness"),
    # this week and before
    "retained": phrase("still active"),
    "resurrected": phrase("back"),
    "dormant": phrase("stopped this week"),
    "inactive": phrase("stopped earlier"),
}


def plain(name: str) -> str:
    """What a page calls something that the data name in the field's words; other names stay.

    >>> plain("power"), plain("fading")
    ('heavy habit', 'fading')
    """
    return translated(PLAIN.get(name, name))
