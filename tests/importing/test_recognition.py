"""The files of a folder as sources of tables."""

from __future__ import annotations

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


def test_files_are_named_one_by_one_or_by_their_folder(tmp_path):
    (tmp_path / "log").mkdir()
    for name in ("a", "b"):
        (tmp_path / "log" / f"{name}.csv").write_text(LOG)
        (tmp_path / f"{name}.csv").write_text(LOG)
    assert place(["log/a.csv", "log/b.csv"], tmp_path) == "log/*.csv"
    assert place(["log/a.csv"], tmp_path) == "log/a.csv"
    assert place(["a.csv", "b.csv"], tmp_path) == ["a.csv", "b.csv"]
    assert place(["crm[1].csv"], tmp_path) == "crm[[]1].csv"
