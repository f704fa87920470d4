"""A source that is broken is said to be, in one sentence, by the check and by what every report begins with.

A third of the corpus of malformed.py; all of it, with reports, is run by benchmarks/hostile.py.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from malformed import MAPPINGS, SOURCES

import workbench as wb
from workbench.data import check_source
from workbench.errors import QueryError, ReportError
from workbench.reports.printing import reports

pytestmark = pytest.mark.slow
ALWAYS = ["an empty CSV", "role beside Role", "no header", "a Parquet flipped in its rows", "a pipe for a database"]
THIRD = sorted({*ALWAYS, *list(SOURCES)[::3]})


@pytest.mark.parametrize("name", THIRD)
def test_a_broken_source_is_said_to_be_broken(name: str, tmp_path: Path) -> None:
    made, word = SOURCES[name]
    where = made(tmp_path / "Ada Lovelace" / "crm")
    problems = check_source(where)
    said = problems.to_csv()
    assert "nobody foresaw" not in said
    assert word in said
    assert "Lovelace" not in said
    said, weeks = weeks_or_reason(where)
    assert "Lovelace" not in said
    assert weeks in (0, 36)  # 12 people in 3 weeks
    assert (weeks == 36) == (not problems["broken"].any() and not said)


def weeks_or_reason(where: Path) -> tuple[str, int]:
    """Why there is no panel, or how many rows it has; anything else that is raised is a fault."""
    try:
        return "", len(wb.user_weeks(wb.open_source(where).verified()).to_pandas())
    except (wb.ContractError, QueryError) as error:
        return str(error), 0


def test_the_corpus_has_what_was_asked_for() -> None:
    assert len(MAPPINGS) >= 16
    assert len(SOURCES) >= 60


NOTEBOOKS = {
    "a list": "[]",
    "a number": "3",
    "nothing": "",
    "no JSON": "{",
    "no cells": '{"metadata": {}}',
    "no metadata": '{"cells": []}',
    "cells of numbers": '{"metadata": {}, "cells": [1]}',
    "a cell without metadata": '{"metadata": {}, "cells": [{"source": ""}]}',
    "tags that are a number": '{"metadata": {}, "cells": [{"source": "", "metadata": {"tags": 3}}]}',
    "deep": "[" * 100_000,
    "our word is a list": '{"metadata": {"workbench": []}, "cells": []}',
    "no parameters": '{"metadata": {}, "cells": []}',
}


@pytest.mark.parametrize("content", NOTEBOOKS.values(), ids=NOTEBOOKS)
def test_what_is_no_notebook_is_said_to_be_none(content: str, tmp_path: Path) -> None:
    (tmp_path / "1_x.ipynb").write_text(content)
    with pytest.raises(ReportError, match=r"^1_x(\.ipynb is not a notebook: it | has 0 cells tagged `parameters`)"):
        reports([tmp_path / "1_x.ipynb"], {})


def test_a_pipe_is_no_notebook(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "1_x.ipynb")
    with pytest.raises(ReportError, match="is not a notebook"):
        reports([tmp_path / "1_x.ipynb"], {})
