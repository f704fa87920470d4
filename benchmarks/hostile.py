"""Every page about every thin source, every broken source before check and report, and whether one word of a name, a
text or a path is to be read in what becomes of 25 sources that are full of it (attack-cases.md, 13, 21 and 22).

    python benchmarks/hostile.py            # some minutes; prints what fails, and the counts

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
from malformed import SOURCES  # noqa: E402
from thin import THIN  # noqa: E402

import workbench as wb  # noqa: E402
from workbench.data import check_source  # noqa: E402
from workbench.errors import QueryError  # noqa: E402


def thin() -> None:
    lost = 0
    for name in THIN:
        command = [sys.executable, str(TESTS / "thin.py"), name]
        done = subprocess.run(command, capture_output=True, text=True, cwd=TESTS.parent, check=True)
        found = json.loads(done.stdout.splitlines()[-1])
        lost += len(found)
        for page, why in found.items():
            print(f"{name}: {page}: {why}")
    print(f"{lost} of {8 * len(THIN)} pages about {len(THIN)} thin sources failed.")


def broken() -> None:
    faults = 0
    for name, (made, word) in SOURCES.items():
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
    print(f"{faults} of {len(SOURCES)} broken sources are not said to be broken in words.")


def planted() -> None:
    hits = 0
    for name in PLANTED:
        with TemporaryDirectory() as folder:
            found = sung(name, Path(folder))
        hits += len(found)
        for where, words in found.items():
            print(f"{name}: {where}: {words}")
    print(f"{hits} places in which a planted word of {len(PLANTED)} sources is to be read.")


if __name__ == "__main__":
    planted()
    broken()
    thin()
