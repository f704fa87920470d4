"""What tests need from the machine, and what happens when it is not there."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from make_reference import NOTEBOOKS, PROJECT
from nbformat import NotebookNode

import workbench as wb
from workbench.reports.kernels import workers
from workbench.reports.printing import Printed, Report, chosen, printed, reports, run
from workbench.results import registry

TIME_ZONE = "Europe/Berlin"  # of the sample, and the notebooks' own


SLOW = [
    "adoption/cdnow",
    "adoption/changes",
    "adoption/diffusion",
    "adoption/retention",
    "adoption/time_to_adopt",
    "attack",
    "canaries",
    "charts/data",
    "charts/frame",
    "charts/multiples",
    "charts/theme",
    "charts/wording",
    "data/checks",
    "data/databases",
    "data/files",
    "data/formats",
    "data/guesses",
    "data/ids",
    "data/instants",
    "data/intake",
    "data/kept",
    "data/lookup",
    "data/offsets",
    "data/people",
    "data/postgres",
    "data/raw",
    "data/workbooks",
    "desk/desk",
    "desk/widget",
    "effects/adjustment",
    "effects/asked",
    "effects/balance",
    "effects/bounds",
    "effects/comparisons",
    "effects/covariates",
    "effects/did",
    "effects/efficient",
    "effects/experiment",
    "effects/imputation",
    "effects/lottery",
    "effects/offers",
    "effects/paths",
    "effects/pretrends",
    "effects/randomisation",
    "effects/randomisation_check",
    "effects/reassignment",
    "effects/refusals",
    "effects/sensitivity",
    "effects/summaries",
    "effects/switched",
    "effects/two_way",
    "importing/people",
    "importing/raw",
    "inference/layout",
    "inference/least_squares",
    "inference/loose",
    "inference/lots",
    "inference/small_samples",
    "language",
    "malformed",
    "names",
    "panel/basis",
    "panel/entry",
    "panel/events",
    "panel/kept",
    "panel/period",
    "panel/rows",
    "panel/user_weeks",
    "panel/weeks",
    "planning/evaluation",
    "planning/experience",
    "planning/outlook",
    "planning/outreach",
    "planning/power",
    "planning/schedule",
    "planning/variation",
    "planning/worth",
    "programmes/colleagues",
    "programmes/costs",
    "programmes/incentives",
    "programmes/outcomes",
    "programmes/signs",
    "programmes/support",
    "programmes/trainings",
    "reference",
    "refusals",
    "reports/drawn",
    "reports/english",
    "reports/limits",
    "reports/printing",
    "results/privacy",
    "results/registry",
    "results/suppression",
    "segments/mixture",
    "segments/patterns",
    "segments/usage",
    "simulation/calendar",
    "simulation/crm",
    "simulation/dirt",
    "simulation/events",
    "simulation/people",
    "simulation/support",
    "simulation/tiny",
    "surveys/answers",
    "surveys/barriers",
    "surveys/groups",
    "surveys/later_use",
    "surveys/planted",
    "surveys/response",
    "surveys/themes",
    "surveys/waves",
    "ties",
    "verdicts",
]  # files whose tests take some seconds each: `make quick` leaves them out


def slow_files() -> set[Path]:
    """Where the tests of the slow files stand."""
    return {(PROJECT / "tests" / file).with_name(f"test_{Path(file).name}.py") for file in SLOW}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What `make quick` leaves out need not be imported either."""
    return True if "not slow" in config.option.markexpr and collection_path in slow_files() else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of the slow files, and every example of the package, as slow."""
    slow = slow_files()
    for item in items:
        if item.path in slow or (PROJECT / "workbench") in item.path.parents:
            item.add_marker(pytest.mark.slow)


def missing(what: str) -> None:
    """A missing part skips on a user's machine and fails in CI, where it was promised."""
    if os.environ.get("CI"):
        pytest.fail(f"CI promises {what}, but it is not here.")
    pytest.skip(f"needs {what}.")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real inputs, named by the environment variable WORKBENCH_SHARED."""
    folder = Path(os.environ.get("WORKBENCH_SHARED") or "not said")
    if not (folder / "data").is_dir():
        missing("the shared inputs (WORKBENCH_SHARED)")
    return folder / "data"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium or Chrome that a test can drive."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        missing("Chromium")
    return str(path)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The name of a database on a real PostgreSQL server, whose password is in the environment."""
    from servers import PASSWORD, postgres_programs, postgres_server

    programs = postgres_programs()
    if programs is None:
        missing("PostgreSQL (initdb and pg_ctl)")
    with postgres_server(programs) as uri, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSWORD", PASSWORD)
        yield uri


@pytest.fixture(scope="session")
def project() -> Path:
    """The folder of this checkout."""
    return PROJECT


@pytest.fixture(scope="session")
def sample() -> Path:
    """The committed simulated CRM."""
    return PROJECT / "data" / "sample"


@pytest.fixture(scope="session")
def log(sample: Path) -> wb.Source:
    """The sample as the notebooks open it."""
    return wb.open_source(sample)


@pytest.fixture(scope="session")
def panel(log: wb.Source) -> wb.Table:
    """The user-weeks of the sample, as the notebooks make them."""
    return wb.user_weeks(log, time_zone=TIME_ZONE, qualifying=wb.qualifying_actions(log)).stored()


@pytest.fixture(scope="session")
def actions(log: wb.Source) -> wb.Table:
    """The actions of the sample, as the notebooks read them."""
    return wb.actions(log, time_zone=TIME_ZONE).stored()


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """What is too costly for each of several test processes: the first makes it in a folder, the others read it."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def first(make: Callable[..., Any], *given: object) -> Any:
        folder, kept = shared / make.__name__, shared / f"{make.__name__}.pickle"
        with FileLock(shared / f"{make.__name__}.lock"):
            if not kept.exists():
                folder.mkdir()
                kept.write_bytes(pickle.dumps(make(folder, *given)))
        return pickle.loads(kept.read_bytes())

    return first


@pytest.fixture(scope="session")
def executed(once: Callable[..., Any], sample: Path) -> Any:
    """Every report about the sample, run once for all tests: name -> the report and its executed notebook."""
    return once(_executed, sample)[0]


@pytest.fixture(scope="session")
def registers(once: Callable[..., Any], sample: Path) -> Path:
    """The folder in which the reports about the sample left their registers."""
    return Path(once(_executed, sample)[1])


def _executed(registers: Path, sample: Path) -> tuple[dict[str, tuple[Report, NotebookNode]], Path]:
    asked = {report.name: report for report in reports(chosen(NOTEBOOKS), {"source": str(sample)})}
    with workers(2) as pool:
        runs = {name: pool.submit(_registered, report, registers) for name, report in asked.items()}
    failed = {name: str(ended.exception()) for name, ended in runs.items() if ended.exception()}
    assert failed == {}
    return {name: (asked[name], ended.result()) for name, ended in runs.items()}, registers


def _registered(report: Report, folder: Path) -> NotebookNode:
    """A report's executed notebook, once it left in the folder whose numbers it publishes."""
    os.environ |= {registry.FOLDER: str(folder), registry.PAGE: report.name}
    return run(report)


@pytest.fixture(scope="session")
def made_up(once: Callable[..., Any]) -> Any:
    """The site of everything in tests/notebooks, printed once, two at a time, and how each report ended."""
    return once(_made_up)


def _made_up(out: Path) -> tuple[Path, dict[str, Printed]]:
    asked = reports(chosen(PROJECT / "tests" / "notebooks"), {"weeks": "12"})
    return out, {ended.name: ended for ended in printed(asked, out, jobs=2)}


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """A Chromium that tests drive; each opens its own pages."""
    from laboratory import chromium_at

    with chromium_at(chromium) as opened:
        yield opened
