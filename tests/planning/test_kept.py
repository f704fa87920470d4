"""Files that name people: who may read them, what they hold, where they go."""

from __future__ import annotations

import stat

import pandas as pd
import pytest

from workbench.errors import ContractError
from workbench.planning.kept import keep, kept

ROWS = pd.DataFrame({"user_id": ["=1+1", "+49", "-x", "@a", "u1", None], "n": [1, 2, 3, 4, -5, 6]})


def test_only_the_owner_reads_it(tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("an earlier one")
    file.chmod(0o644)
    keep(ROWS, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_cell_is_a_formula_and_names_come_back(tmp_path):
    keep(ROWS, tmp_path / "people.csv")
    lines = (tmp_path / "people.csv").read_text().splitlines()
    assert lines == ["user_id,n", "'=1+1,1", "'+49,2", "'-x,3", "'@a,4", "u1,-5", ",6"]
    assert kept(tmp_path / "people.csv")["user_id"].dropna().tolist() == ["=1+1", "+49", "-x", "@a", "u1"]


def test_words_that_mean_nothing_elsewhere_are_names_here(tmp_path):
    keep(pd.DataFrame({"user_id": ["NA", "null", "None", "nan", None]}), tmp_path / "people.csv")
    names = kept(tmp_path / "people.csv")["user_id"]
    assert names.dropna().tolist() == ["NA", "null", "None", "nan"]
    assert names.isna().sum() == 1


def test_no_link_is_followed(tmp_path):
    target, link = tmp_path / "target", tmp_path / "people.csv"
    target.write_text("untouched")
    link.symlink_to(target)
    for use in (lambda: keep(ROWS, link), lambda: kept(link)):
        with pytest.raises(ContractError, match="people.csv is a link"):
            use()
    assert target.read_text() == "untouched"


def test_a_link_in_the_place_of_the_unfinished_file_is_not_followed(tmp_path):
    target = tmp_path / "target"
    target.write_text("untouched")
    (tmp_path / "people.csv.part").symlink_to(target)
    keep(ROWS, tmp_path / "people.csv")
    assert target.read_text() == "untouched"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(
        ContractError, match=r"people.csv cannot be written: No such file or directory; name another file"
    ):
        keep(ROWS, tmp_path / "nowhere" / "people.csv")
