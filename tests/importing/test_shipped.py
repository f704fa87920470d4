"""Mappings that come with the workbench: what each recognises, and what is left of it where columns are missing."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from workbench.data.contract import TABLES
from workbench.importing import recognised, shipped
from workbench.importing.shipped import fitted

HEADERS = {  # as formats.md writes them down
    "salesforce_event_log_file": "EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID,QUERY_ID,NUM_RESULTS,SEARCH_QUERY",
    "purview_audit": "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits",
    "hubspot_logins": "id,userId,email,loginAt,ipAddress,userAgent,countryCode,regionCode,loginSucceeded",
    "suitecrm_tracker": "id,monitor_id,user_id,module_name,item_id,item_summary,date_modified,action,session_id,visible,deleted",
    "moodle_report": "Time,User full name,Affected user,Event context,Component,Event name,Description,Origin,IP address",
    "surveymonkey": "RespondentID,CollectorID,StartDate,EndDate,IP Address,Email Address,Custom Data 1,Question",
    "attendance": "Name,Kurs,Datum,Stunden",
    "m365_usage": "Report Refresh Date,Tenant Display Name,User Id,User Principal Name,Last Activity Date,Is Deleted",
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_is_recognised(name):
    found = recognised(HEADERS[name].split(","))
    assert found is not None
    assert found.name == name


def test_of_two_mappings_the_one_with_more_columns_in_the_header_is_taken():
    """A usage report has all columns that a shorter rule asks for; an attendance list has none of a log's."""
    assert (
        recognised(["id", "category", "subCategory", "action", "occurredAt", "actingUser.userId"]).name
        == "hubspot_audit"
    )
    assert recognised(["who", "when", "what"]) is None


def test_a_log_with_a_column_called_timestamp_is_no_form():
    assert recognised(["Timestamp", "user", "action"]) is None
    assert recognised(["Timestamp", "Email Address", "Is it easy?", "team"]).name == "google_forms"


@pytest.mark.parametrize("mapping", shipped(), ids=lambda mapping: mapping.name)
def test_a_mapping_speaks_of_columns_of_the_contract_and_says_how_well_it_is_known(mapping):
    assert mapping.seen
    assert mapping.tables or mapping.refused
    for table, words in mapping.tables.items():
        promised = {c.name for c in TABLES[table]}
        assert set(words.get("columns", {})) | set(words.get("values", {})) <= promised


def test_every_mapping_is_a_file_of_the_package():
    folder = files("workbench.importing") / "mappings"
    names = [file.name for file in folder.iterdir() if file.name.endswith(".toml")]
    assert sorted(f"{mapping.name}.toml" for mapping in shipped()) == sorted(names)
    assert all(tomllib.loads((folder / name).read_text(encoding="utf-8")) for name in names)


def test_columns_take_the_names_of_the_export_and_what_it_lacks_is_left_out():
    words = {
        "columns": {
            "user_id": ["User Email", "User Id"],
            "action": {"sql": 'lower("Verb")', "why": "letter case varies"},
            "feature": {"column": "Module"},
            "occurred_at": {"column": "At", "format": "DD/MM/YYYY"},
        },
        "values": {"feature": {"x": "y"}},
        "leave_out": {"a robot": "\"Kind\" = 'robot'", "first that fits": ['"Kind" = 1', '"AT" = 1']},
    }
    found, why = fitted(words, ["user_id", "VERB", "at"])
    assert found == {
        "columns": {"user_id": "user_id", "action": {"sql": 'lower("VERB")'}, "occurred_at": "at"},
        "formats": {"occurred_at": "DD/MM/YYYY"},
        "leave_out": {"first that fits": '"at" = 1'},
    }
    assert why == {"action": "letter case varies"}
