"""Wide answers as rows, counted and read by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import workbench as wb
from workbench.data.long import Long, items
from workbench.errors import ContractError

WIDE = "who,at,Q1_1,Q1_2,Q2,note\na,2025-01-06T08:00:00Z,Agree,,3,x\nb,2025-01-07T08:00:00Z,Disagree,Agree,5,y\nb,2025-01-07T08:00:00Z,Disagree,Agree,5,y\n"
MAPPING = """
[surveys]
file = "wide.csv"
drop_repeats = true
[surveys.columns]
user_id = "who"
answered_at = "at"
survey = { value = "Spring" }
[surveys.values.value]
Disagree = "2"
Agree = "4"
[surveys.long]
items = ["Q1_*", "Q2"]
item = "item"
answer = "value"
"""


def opened(folder: Path, mapping: str = MAPPING) -> wb.Source:
    (folder / "wide.csv").write_text(WIDE)
    (folder / "workbench.toml").write_text(mapping)
    return wb.open_source(folder)


def test_each_answer_is_a_row_and_an_empty_one_is_missing(tmp_path):
    source = opened(tmp_path)
    found = (
        source.table("surveys", theirs=True)
        .sql("select user_id, item, value, note from this order by user_id, item")
        .to_pandas()
    )
    assert found["user_id"].tolist() == ["a"] * 3 + ["b"] * 3
    assert found["item"].tolist() == ["Q1_1", "Q1_2", "Q2"] * 2
    assert found["value"].fillna(0).tolist() == [4, 0, 3, 2, 4, 5]
    assert found["note"].tolist() == ["x"] * 3 + ["y"] * 3


def test_rows_are_counted_as_the_file_has_them(tmp_path):
    [part] = opened(tmp_path).raw["surveys"].parts
    assert part.outcomes == {"": 2, "a row that repeats another one": 1}


def test_an_answer_that_cannot_be_read_is_found_in_its_row(tmp_path):
    problems = opened(tmp_path, MAPPING.replace('Agree = "4"\n', "")).check()
    [found] = problems[problems["column"] == "value"].to_dict("records")
    assert (found["rows"], found["of"]) == (2, 6)
    assert found["first"].startswith("row 1")


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ('"Q2"]', '"Q3"]', "the mapping's [surveys.long] items: there is no column 'Q3'; did you mean 'Q2'?"),
        ('item = "item"', 'itm = "item"', "the mapping's [surveys.long]: there is no word 'itm'; did you mean 'item'?"),
        ('item = "item"', 'item = "question"', "the mapping's [surveys.long] item: there is no column 'question'; "),
        ('answer = "value"', "", "the mapping's [surveys.long] lacks answer. Write, for example, items = "),
    ],
)
def test_what_is_not_understood_is_refused(wrong, right, said, tmp_path):
    with pytest.raises(ContractError) as error:
        opened(tmp_path, MAPPING.replace(wrong, right))
    assert str(error.value).startswith(said)


def test_a_name_is_taken_before_a_glob():
    assert items("surveys", ["Q[1]"], ["Q1", "Q[1]"]) == ("Q[1]",)
    assert items("surveys", "Q*", ["a", "Q2", "Q1"]) == ("Q2", "Q1")


def test_other_columns_may_be_called_as_the_new_ones():
    wide = wb.as_table(pd.DataFrame({"item": ["i"], "A": [1]}))
    assert Long(("A",), "of", "is").rows(wide).to_pandas().to_dict("records") == [{"item": "i", "of": "A", "is": "1"}]
