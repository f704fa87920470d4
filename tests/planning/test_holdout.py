"""A lot that lasts: who was left alone stays so, whoever is new draws in the same way."""

from __future__ import annotations

import stat

import pytest

from workbench.errors import ContractError
from workbench.planning.holdout import held_out

NAMES = [f"u{i}" for i in range(2000)]


def test_about_the_share_asked_for_is_held_out():
    """2000 draws at 0.1: 200 ± 3 · √(2000 · 0.1 · 0.9)."""
    assert abs(held_out(NAMES, 0.1, seed=3).sum() - 200) < 3 * 13.5
    assert not held_out(NAMES, 0.1, seed=3).equals(held_out(NAMES, 0.1, seed=4))


def test_a_lot_once_drawn_stays_and_new_names_draw(tmp_path):
    file = tmp_path / "hold-out.csv"
    first = held_out(NAMES[:1000], 0.1, seed=3, file=file)
    again = held_out(NAMES, 0.5, seed=9, file=file)  # another seed and share count for new names only
    assert again[NAMES[:1000]].equals(first[NAMES[:1000]])
    assert again[NAMES[1000:]].sum() > 400
    assert held_out(NAMES[:1000], 0.1, seed=1, file=file).equals(first)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_who_has_left_keeps_their_lot_in_the_file(tmp_path):
    file = tmp_path / "hold-out.csv"
    before = held_out(NAMES[:50], 0.5, seed=3, file=file)
    held_out(NAMES[40:60], 0.5, seed=4, file=file)
    assert held_out(NAMES[:50], 0.1, seed=5, file=file).equals(before)


@pytest.mark.parametrize("text", ["user_id\nu1\n", "name,held_out\nu1,perhaps\n"])
def test_another_file_is_not_taken_for_a_lot(tmp_path, text):
    (tmp_path / "odd.csv").write_text(text)
    with pytest.raises(
        ContractError, match=r"^odd.csv is no hold-out: it has one row a name, and held_out is true or false.$"
    ):
        held_out(NAMES, 0.1, seed=1, file=tmp_path / "odd.csv")


@pytest.mark.parametrize("share", [0, 1, 1.5])
def test_nobody_or_everybody_is_no_hold_out(share):
    with pytest.raises(ContractError, match="a hold-out is a share of the people above 0 and below 1"):
        held_out(NAMES, share, seed=1)
