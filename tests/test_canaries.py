"""No name, text or path of a source is to be read in what becomes of it: 0 of the words planted, whole or broken.

A third of the sources of canaries.py and one page; benchmarks/hostile.py asks for all pages about all of them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from canaries import CANARY, SOURCES, everything_said, sung

pytestmark = pytest.mark.slow
THIRD = list(SOURCES)[:8]


@pytest.mark.parametrize("name", THIRD)
def test_no_planted_word_is_to_be_read(name: str, tmp_path: Path) -> None:
    assert sung(name, tmp_path, "1_data") == {}


def test_a_word_that_is_meant_to_be_shown_is_found(tmp_path: Path) -> None:
    """The same search, for the department of fifteen people: it can find what is there."""
    said = everything_said("whole", tmp_path, "1_data")
    assert any(b"service" in text for name, text in said.items() if name.endswith("1_data.html"))
    assert CANARY not in str(tmp_path)


def test_the_corpus_has_what_was_asked_for() -> None:
    assert len(SOURCES) >= 20
