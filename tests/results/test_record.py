"""Findings as data: what is written is what is read, and nothing else is taken for it."""

from __future__ import annotations

import pytest

from workbench.errors import ContractError
from workbench.results.record import Record, in_json, read_records

TALKS = Record(
    "training", "Talks", "Talks raised use.", "raised", "robust", 0.3, 0.1, 0.5, "days", 40, page="4", anchor="a"
)


def test_what_is_written_is_read_in_the_order_of_pages(tmp_path):
    (tmp_path / "6_peers.json").write_text(in_json([TALKS]), encoding="utf-8")
    (tmp_path / "4_training.json").write_text(
        in_json([Record("habit", "Ärzte", "…", "we cannot say", "no answer")]), "utf-8"
    )
    assert [each.name for each in read_records(tmp_path)] == ["Ärzte", "Talks"]
    assert read_records(tmp_path)[1] == TALKS


def test_a_finding_links_to_its_section():
    assert TALKS.link == "4.html#a"


def test_nothing_is_found_where_no_folder_is_named(tmp_path):
    assert read_records("") == read_records(tmp_path) == read_records(tmp_path / "nowhere") == []


def test_a_later_versions_further_fields_are_passed_over(tmp_path):
    (tmp_path / "a.json").write_text(in_json([TALKS]).replace('"about"', '"more": 1, "about"'))
    assert read_records(tmp_path) == [TALKS]


@pytest.mark.parametrize("text", ["", "{}x", "[1]", '[{"about": "training"}]'])
def test_a_file_that_no_page_wrote_is_named(tmp_path, text):
    (tmp_path / "odd.json").write_text(text)
    with pytest.raises(ContractError, match=r"^odd.json is no list of findings; print the pages again.$"):
        read_records(tmp_path)
