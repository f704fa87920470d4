"""The files of a folder as sources of tables."""

from __future__ import annotations

import pytest
from small_workbooks import xls

from workbench.importing.recognition import place, seen

LOG = "who,when,what\na,2025-01-06T08:00:00Z,edit\n"


def written(folder, **files: str) -> None:
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content)


def test_generations_of_one_log_are_one_source(tmp_path):
    written(tmp_path, log_2024=LOG, log_2025=LOG.replace("what", "what,module").replace("edit", "edit,x"))
    [found] = seen(tmp_path).fragments
    assert found.table == "events"
    assert found.files == ("log_2024.csv", "log_2025.csv")
    assert found.words["columns"]["feature"] == "module"


def test_what_is_not_read_is_named_with_the_reason(tmp_path):
    written(tmp_path, a="x,y\n1,2\n", b="Report Refresh Date,User Principal Name,Is Deleted\n2025-01-06,a,False\n")
    found = seen(tmp_path)
    assert found.fragments == ()
    assert found.passed_over["a.csv"] == "nothing is known of its columns x, y"
    assert found.passed_over["b.csv"].startswith("Microsoft 365 usage report. A report of sums, not a log")


def test_columns_called_as_in_the_contract_need_no_words(tmp_path):
    written(tmp_path, events="user_id,occurred_at,action\na,2025-01-06T08:00:00Z,edit\n")
    [found] = seen(tmp_path).fragments
    assert (found.words, found.questions) == ({}, ())


def test_rows_of_nobody_are_left_out_with_their_count(tmp_path):
    written(tmp_path, log=LOG + ",2025-01-06T08:00:00Z,edit\n")
    [found] = seen(tmp_path).fragments
    assert found.words["leave_out"] == {"nobody is named": "coalesce(\"who\", '') = ''"}


def test_a_name_that_stands_twice_in_a_header_is_named(tmp_path):
    written(tmp_path, log="who,when,what,when\na,2025-01-06T08:00:00Z,edit,2025-02-06T08:00:00Z\n")
    found = seen(tmp_path)
    assert found.passed_over["log.csv"] == (
        "its header has when more than once; name the columns in a mapping, as in when (1)"
    )


def test_a_file_that_is_not_utf_8_is_read_as_western_and_asked(tmp_path):
    (tmp_path / "log.csv").write_bytes(LOG.replace("edit", "öffnen").encode("cp1252"))
    (tmp_path / "ja.csv").write_bytes("日時,操作\n\x81".encode("shift_jis", "ignore") + b"\x81\x8d")
    found = seen(tmp_path)
    [log] = found.fragments
    assert "Are all letters right? The file is not UTF-8" in log.questions[-1].text
    assert found.passed_over["ja.csv"] == (
        "it is neither UTF-8 nor cp1252; name its encoding in a mapping, such as shift_jis"
    )


def test_files_are_named_one_by_one_or_by_their_folder(tmp_path):
    (tmp_path / "log").mkdir()
    for name in ("a", "b"):
        (tmp_path / "log" / f"{name}.csv").write_text(LOG)
        (tmp_path / f"{name}.csv").write_text(LOG)
    assert place(["log/a.csv", "log/b.csv"], tmp_path) == "log/*.csv"
    assert place(["log/a.csv"], tmp_path) == "log/a.csv"
    assert place(["a.csv", "b.csv"], tmp_path) == ["a.csv", "b.csv"]
    assert place(["crm[1].csv"], tmp_path) == "crm[[]1].csv"


def test_polish_letters_are_evidence_for_another_encoding(tmp_path):
    # In windows-1252 these bytes are signs: ³ for the letter in "Wrocław", ¹ for that in "Dąbrowa", £ for the first of "Łask".
    (tmp_path / "log.csv").write_bytes(LOG.replace("edit", "Wrocław Dąbrowa Łask").encode("cp1250"))
    [log] = seen(tmp_path).fragments
    assert log.words["encoding"] == "cp1250"
    assert "3 signs within words are letters there, and none in cp1252" in log.questions[-1].text


def test_signs_of_the_west_are_no_letters_of_central_europe(tmp_path):
    (tmp_path / "log.csv").write_bytes(LOG.replace("edit", "¿qué? 3 m³ à 5 £ Nº 1ª naïve").encode("cp1252"))
    [log] = seen(tmp_path).fragments
    assert log.words["encoding"] == "cp1252"
    assert "Polish, Czech, Hungarian or Croatian would be cp1250" in log.questions[-1].text


def test_a_meeting_in_another_language_is_named_with_the_way_out(tmp_path):
    report = (
        "1. Zusammenfassung\nBesprechungstitel\tKurs\n\n2. Teilnehmer\n"
        "Name\tErster Beitritt\tLetztes Verlassen\tTeilnehmer-ID (UPN)\tRolle\n"
        "A\t06.10.25, 18:01:00\t06.10.25, 19:00:00\ta@x.org\tTeilnehmer\n"
    )
    (tmp_path / "t.csv").write_text(report, encoding="utf-16")
    found = seen(tmp_path)
    assert found.fragments == ()
    [why] = [said for name, said in found.passed_over.items() if "section 2" in name]
    assert why == (
        "it looks like an attendance report of Microsoft Teams in a language whose headings are not known; save it in"
        " English, or name its columns in the mapping: user_id = 'Teilnehmer-ID (UPN)', started_at = when somebody"
        " joined, programme = the title of the meeting"
    )


def test_rows_of_a_null_are_rows_of_nobody(tmp_path):
    written(tmp_path, log=LOG + "NULL,2025-01-06T08:00:00Z,edit\n")
    [found] = seen(tmp_path).fragments
    assert found.words["leave_out"] == {"nobody is named": "coalesce(\"who\", '') in ('', 'NULL')"}


def test_an_archive_is_named_and_not_passed_over_in_silence(tmp_path):
    written(tmp_path, log=LOG)
    (tmp_path / "older.zip").write_bytes(b"PK")
    assert seen(tmp_path).passed_over == {
        "older.zip": "it is an archive; unpack it here, then run workbench init --force"
    }


def test_a_name_that_files_spell_differently_is_taken_as_in_the_first(tmp_path):
    written(tmp_path, a="Who,When,What\na,2025-01-06T08:00:00Z,edit\n", b=LOG.replace("what", "what,module"))
    [found] = seen(tmp_path).fragments
    assert found.words["columns"] == {"user_id": "Who", "occurred_at": "When", "action": "What", "feature": "module"}


def test_sheets_of_one_workbook_are_a_source_each(tmp_path):
    rows = [["who", "when", "what"], ["a", "2025-01-06T08:00:00Z", "edit"]]
    xls(tmp_path / "log.xls", January=rows, February=rows)
    assert [each.words["sheet"] for each in seen(tmp_path).fragments] == ["January", "February"]


def test_an_encoding_is_said_whichever_file_needs_it(tmp_path):
    written(tmp_path, a=LOG)
    (tmp_path / "b.csv").write_bytes(LOG.replace("edit", "geändert").encode("cp1252"))
    [found] = seen(tmp_path).fragments
    assert found.words["encoding"] == "cp1252"


def test_a_month_in_another_order_of_day_and_month_is_a_source_of_its_own(tmp_path):
    for month, order in (("01", "{day:02d}/01/2025"), ("02", "{day:02d}/02/2025"), ("03", "03/{day:02d}/2025")):
        rows = [f"a,{order.format(day=day)} 08:00,edit\n" for day in range(1, 20)]
        (tmp_path / f"log_{month}.csv").write_text("who,when,what\n" + "".join(rows))
    found = {each.files: each.words["formats"]["occurred_at"] for each in seen(tmp_path).fragments}
    assert found == {
        ("log_01.csv", "log_02.csv"): "DD/MM/YYYY HH:mm",
        ("log_03.csv",): "MM/DD/YYYY HH:mm",
    }


def test_dates_of_users_that_nothing_claims_are_asked_for_by_name(tmp_path):
    rows = "u1,North,2024-01-01,2025-03-31,x\nu2,South,2024-01-01,,y\n"
    written(tmp_path, people="User,Team,Start date,Freigabe endet,Note\n" + rows)
    [found] = seen(tmp_path).fragments
    assert found.questions[-1].text == (
        "Does one of these say when access ended? Nothing is read from them: Freigabe endet."
    )
    assert found.questions[-1].choices == ('access_end = "Freigabe endet"',)


@pytest.mark.parametrize(
    "heading", ["Austritt", "TERM_DATE", "Leaving date", "Last working day", "Valid To", "Termination date"]
)
def test_an_open_end_is_a_date(tmp_path, heading):
    rows = "u1,North,2024-01-01,9999-12-31\nu2,South,2024-01-01,9999-12-31\n"
    written(tmp_path, people=f"User,Team,Valid From,{heading}\n" + rows)
    [found] = seen(tmp_path).fragments
    assert (found.words["columns"]["access_start"], found.words["columns"]["access_end"]) == ("Valid From", heading)


def test_where_several_columns_say_who_and_when_the_first_author_is_taken_and_it_is_asked(tmp_path):
    row = "Call,Ann Ash,Bea Birch,2025-09-0{n} 10:00:00,2025-09-0{n} 11:00:00,{done}\n"
    rows = [row.format(n=n, done="" if n > 2 else f"2025-09-0{n} 12:00:00") for n in range(1, 6)]
    written(tmp_path, log="Type,Assigned to user,Creator,Add time,Update time,Marked as done time\n" + "".join(rows))
    [found] = seen(tmp_path).fragments
    assert (found.column("user_id"), found.column("occurred_at")) == ("Creator", "Add time")
    assert [question.text for question in found.questions if question.under == "columns"] == [
        "Is Creator right for user_id? It has 5 values; these fit as well: Assigned to user (5).",
        "Is Add time right for occurred_at? It has 5 values; these fit as well: Update time (5), Marked as done time (2).",
    ]
