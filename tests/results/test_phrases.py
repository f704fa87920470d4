"""Plain words for the field's names."""

from __future__ import annotations

from workbench.charts.theme import STATES
from workbench.results.phrases import PLAIN, plain
from workbench.surveys import scales


def test_no_two_states_or_segments_share_a_word():
    shown = [plain(name) for name in STATES]
    assert len(set(shown)) == len(shown)


def test_every_plain_word_stands_for_a_name_of_the_data():
    sample = {"tam_ease", "tam_usefulness"}  # scales that the sample's survey names in its own way
    assert set(PLAIN) <= set(STATES) | set(scales()) | sample
