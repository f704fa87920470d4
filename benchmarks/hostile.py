"""Every page about every thin source, every broken source before check and report, and whether one word of a name, a
text or a path is to be read in what becomes of 25 sources that are full of it (attack-cases.md, 13, 21 and 22).

    python benchmarks/hostile.py            # most of an hour; prints what fails, and a table into RESULTS.md

A source whose table of users knows nobody of the log breaks the contract: its pages fail, with that sentence.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))

from canaries import SOURCES as PLANTED  # noqa: E402
from canaries import sung  # noqa: E402
from malformed import SOURCES as BROKEN  # noqa: E402
from results import markdown, write_section  # noqa: E402
from thin import THIN  # noqa: E402

import workbench as wb  # noqa: E402
from workbench.data import check_source  # noqa: E402
from workbench.errors import QueryError  # noqa: E402

REFUSED = "nobody known"  # the thin source that breaks the contract
PAGES = 8


def broken() -> tuple[int, int]:
    """Broken sources tried, and those that are not said to be broken in words."""
    faults = 0
    for name, (made, word) in BROKEN.items():
        with TemporaryDirectory() as folder:
            where = made(Path(folder) / "crm")
            said = check_source(where).to_csv()
            wrong = "nobody foresaw" in said or word not in said or folder in said
            try:
                wb.user_weeks(wb.open_source(where).verified()).to_arrow()
            except (wb.ContractError, QueryError) as error:
                wrong |= folder in str(error)
            except Exception as error:
                wrong = True
                print(f"{name}: {type(error).__name__}")
        faults += wrong
        if wrong:
            print(f"{name}: {said}")
    return len(BROKEN), faults


def thin() -> tuple[int, int]:
    """Pages about thin sources, and those that are lost."""
    lost = 0
    for name in [name for name in THIN if name != REFUSED]:
        command = [sys.executable, str(TESTS / "thin.py"), name]
        done = subprocess.run(command, capture_output=True, text=True, cwd=TESTS.parent, check=True)
        found = json.loads(done.stdout.splitlines()[-1])
        lost += len(found)
        for page, why in found.items():
            print(f"{name}: {page}: {why}", flush=True)
    return PAGES * (len(THIN) - 1), lost


def planted() -> tuple[int, int]:
    """Sources full of one word, and places in which it is to be read: messages, names of files, bytes of the site."""
    hits = 0
    for name in PLANTED:
        with TemporaryDirectory() as folder:
            found = sung(name, Path(folder))
        hits += len(found)
        print(f"{name}: {found or 'nothing'}", flush=True)
    return len(PLANTED), hits


PARTS = {
    "broken sources not said to be broken, in words and without a traceback": broken,
    "places where a word planted in names, texts and paths is to be read, whole sites": planted,
    "pages lost of thin sources": thin,
}


def main() -> None:
    rows = []
    for what, part in PARTS.items():
        tried, faults = part()
        rows.append([what, f"{tried:,}", f"{faults:,}"])
        write_section("Hostile sources", "python benchmarks/hostile.py", markdown(["fault", "tried", "found"], rows))
        print(rows[-1], flush=True)


if __name__ == "__main__":
    main()
