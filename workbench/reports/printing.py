"""Prints notebooks: runs each with its parameters and writes the site.

A page is replaced only by a page that was made whole: every cell ran, none failed, none was left out. What goes
wrong is named in one line, and the page of an earlier run stays as it was. Executed notebooks are not kept: the page is
the one thing that leaves, so that there is one thing to look through before it does.
"""

from __future__ import annotations

import logging
import os
import re
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

from workbench.errors import ContractError, NotRunError, ParameterError, ReportError, not_one_of
from workbench.reports.beside import in_order, refuse_almost_same
from workbench.reports.limits import Limits, Watch
from workbench.reports.parameters import Parameter, parameters, parameters_cell, value, words
from workbench.reports.publishing import FINDINGS, published, temporary
from workbench.reports.site import print_bundle, print_site
from workbench.reports.stillness import unchanged
from workbench.results.files import write_whole
from workbench.results.phrases import ENGLISH, called, say, speaking
from workbench.results.record import Record, in_json, read_records
from workbench.results.verdict import Grade, Verdict

INJECTED = "injected-parameters"
OUR_ERRORS = ("ContractError", "QueryError")  # their messages name a row, never a person
FOUND = "found"  # the parameter of a report that rests on what the others found, and is printed after them
LANGUAGE = "language"  # the parameter of reports that are written in several
KEPT = "kept"  # the parameter of reports that share tables: the private folder of these, gone with the run
REGISTERS = "registers"  # the folder beside it in which pages leave what they publish (`results/registry.py`)
SHARED = "shared"  # the notebook that makes these tables; it has no page
PATHS = ("source", FOUND, "scales", "themes")  # parameters that are paths
PERIOD = ("since", "until")
SELECTION = "selection"  # the parameter that names a file of people, and may name one of them
NOTHING = "NothingToShowError"  # its message is all that a page can say of these data
ENDED = ("Unanswerable", NOTHING)  # the errors by which a notebook ends its page with one sentence


@dataclass(frozen=True)
class Report:
    """A notebook about to be printed."""

    notebook: Path
    parameters: dict[str, Parameter]
    settings: dict[str, Any]  # values that differ from the defaults, in declared order

    @property
    def name(self) -> str:
        """The notebook's file name without its ending, and the page's."""
        return self.notebook.stem

    @property
    def language(self) -> str:
        """The language of the page."""
        return str(self.settings.get(LANGUAGE, ENGLISH))

    @property
    def told(self) -> list[tuple[Parameter, str]]:
        """Every parameter with its value in words; of a path only its name, since it may name a person."""
        values = {n: words(self.settings.get(n, p.default)) for n, p in self.parameters.items()}
        shown = {n: p for n, p in self.parameters.items() if n != KEPT}  # where tables lay changes nothing on a page
        return [(p, _harmless(n, values[n])) for n, p in shown.items()]

    @property
    def counted(self) -> str:
        """What is counted and how, as one line: version and parameters, but not the period, which moves on.

        Empty for a selection of people: its file may have changed.
        """
        if self.settings.get(SELECTION):
            return ""
        told = [f"{parameter.name}: {shown}" for parameter, shown in self.told if parameter.name not in PERIOD]
        return "; ".join([f"version: {version('adoption-workbench')}", *told])

    def after(self, findings: Path) -> Report:
        """The same, reading what the reports printed before it found from this folder."""
        return replace(self, settings={FOUND: str(findings), **self.settings})

    def sharing(self, tables: Path) -> Report:
        """The same, reading the tables that reports share from this folder, if it reads any."""
        return replace(self, settings={**self.settings, KEPT: str(tables)}) if KEPT in self.parameters else self


def _harmless(parameter: str, given: str) -> str:
    if parameter == SELECTION:
        return given if given == words("") else say("a saved selection of people")
    return _named(given) if parameter in PATHS else given


def _named(source: str) -> str:
    """A file's or a database's own name; neither its folders nor its server, its person or their settings."""
    return Path(source.partition("?")[0]).name


@dataclass(frozen=True)
class Printed:
    """How one report ended."""

    name: str
    error: str = ""  # what went wrong, in one line; empty: the page is made
    warnings: int = 0  # lines that the notebook wrote to stderr; they are not on the page


def notebooks_folder() -> Path:
    """The folder of notebooks: in the working folder, beside the package (a checkout), or inside it (a wheel)."""
    package = Path(__file__).parents[1]
    places = [place / "notebooks" for place in (Path(), package.parent, package)]
    found = next((place for place in places if any(place.glob("*.ipynb"))), None)
    if found is None:
        raise ReportError("there is no folder `notebooks` with notebooks in it here; name one with --notebooks.")
    return found


def report_notebooks(folder: Path) -> dict[str, Path]:
    """The reports of a folder by name, in order: notebooks whose names begin with a number."""
    return {path.stem: path for path in sorted(folder.glob("*.ipynb"), key=in_order) if path.stem[0].isdigit()}


def chosen(folder: Path, names: Iterable[str] = ()) -> list[Path]:
    """The notebooks of these names, or every report of the folder."""
    known = {path.stem: path for path in folder.glob("*.ipynb")}
    stems = [name.removesuffix(".ipynb") for name in names] or list(report_notebooks(folder))
    if not stems:
        raise ReportError(f"{folder} has no reports: notebooks whose names begin with a number.")
    for stem in stems:
        if stem not in known:
            raise ReportError(f"{folder}: {not_one_of(stem, known, 'notebook')}")
    return [known[stem] for stem in dict.fromkeys(stems)]


def reports(notebooks: Iterable[Path], settings: Mapping[str, str]) -> list[Report]:
    """What to print: each notebook with those settings that it knows; a setting that none knows is refused."""
    declared = {path: parameters(parameters_cell(path), path.stem) for path in notebooks}
    known = {name for each in declared.values() for name in each}
    for name in settings:
        if name not in known:
            raise ParameterError(f"the notebooks asked for: {not_one_of(name, known, 'parameter')}")
    return [
        Report(path, each, {n: value(settings[n], p) for n, p in each.items() if n in settings})
        for path, each in declared.items()
    ]


def printed(asked: list[Report], out: Path, jobs: int = 2, single_file: bool = False) -> Generator[Printed]:
    """Prints the reports into a site, at most `jobs` at a time, and tells how each ended as soon as it does.

    Whoever stops listening closes it: then nothing of the run stays.
    """
    from workbench.reports.kernels import stopped_with, workers
    from workbench.results.registry import publish, standing

    failed: list[str] = []
    sources = [str(report.settings.get("source", "")) for report in asked]
    private_folder = tempfile.TemporaryDirectory(prefix="wb-", dir=temporary())
    with published(out) as pages, unchanged(filter(None, sources), out), private_folder as private:
        left = Path(private) / REGISTERS
        left.mkdir()
        standing(pages / FINDINGS, left, [report.name for report in asked])
        beside = [file.stem for file in pages.glob("*.html") if file.stem not in {report.name for report in asked}]
        printing = partial(print_report, out=pages, single_file=single_file, registers=left, beside=beside)
        with workers(jobs, temporary()) as pool, stopped_with(pool):
            bundle = None if single_file else pool.submit(print_bundle, pages)
            sharing = _shared(asked, Path(private) / KEPT)
            before = _found_before(pages / FINDINGS)
            for at_once in _rounds(sharing, pages / FINDINGS):
                for ended in _until_safe(pool, printing, at_once, left):
                    failed += [ended.name] if ended.error else []
                    yield ended
        publish(left, pages / FINDINGS, failed)
        if bundle and bundle.exception():
            raise ReportError(f"what draws the charts cannot be written: {_named_failure(bundle.exception())}.")
        names = dict.fromkeys([*report_notebooks(asked[0].notebook.parent), *(report.name for report in asked)])
        with workers(1, temporary()) as pool, stopped_with(pool):
            summary = pool.submit(print_site, pages, list(names), failed, single_file, asked[0].language, before)
            if summary.exception():
                raise ReportError(f"the summary page cannot be written: {_named_failure(summary.exception())}.")


def _shared(asked: list[Report], tables: Path) -> list[Report]:
    """The reports, after the notebook that makes the tables which several of them share."""
    from workbench.reports.kernels import stopped_with, workers

    maker = asked[0].notebook.with_name(f"{SHARED}.ipynb")
    if sum(KEPT in report.parameters for report in asked) < 2 or not maker.is_file():
        return asked
    first = reports([maker], {})[0].sharing(tables)
    told = {name: value for report in asked for name, value in report.settings.items() if name in first.parameters}
    with workers(1, temporary()) as pool, stopped_with(pool):
        failure = pool.submit(run, replace(first, settings={**told, **first.settings})).exception()
    # What went wrong here goes wrong in every page, too, which says it.
    return asked if failure else [report.sharing(tables) for report in asked]


def _found_before(findings: Path) -> list[Record]:
    """What the pages of the last report into this site handed on, where this version can read it."""
    try:
        return read_records(findings)
    except ContractError:
        return []


def _rounds(asked: list[Report], findings: Path) -> Iterator[list[Report]]:
    """The reports, then those that rest on what they found; what an earlier run found is forgotten."""
    for kept in findings.glob("*.json"):
        kept.unlink()
    yield [report for report in asked if FOUND not in report.parameters]
    yield [report.after(findings) for report in asked if FOUND in report.parameters]


def _until_safe(
    pool: ProcessPoolExecutor, printing: Callable[[Report], Printed], asked: list[Report], registers: Path
) -> Iterator[Printed]:
    """Prints reports side by side, and those again whose numbers give something away beside other pages'."""
    from workbench.results.registry import decided

    first, again = {report.name: report for report in asked}, asked
    while again:
        runs = {pool.submit(printing, report): report.name for report in again}
        for run in as_completed(runs):
            ended = Printed(runs[run], _lost(run.exception())) if run.exception() else run.result()
            if ended.error or again is asked:
                yield ended
        again = [first[name] for name in decided(registers, first)]


def print_report(
    report: Report, out: Path, single_file: bool = False, registers: Path | None = None, beside: Iterable[str] = ()
) -> Printed:
    """Runs a notebook in its own kernel and writes its page beside those named; on any failure no page is touched."""
    from workbench.results.registry import FOLDER, PAGE

    os.environ |= {PAGE: report.name} | ({FOLDER: str(registers)} if registers else {})
    try:
        return write_page(report, run(report), out, single_file, beside)
    except NotRunError as error:
        return Printed(report.name, str(error))


def write_page(
    report: Report, executed: Any, out: Path, single_file: bool = False, beside: Iterable[str] = ()
) -> Printed:
    """Writes the page of a report that has run.

    Raises NotRunError where it is about almost the same people as a page that stands beside it.
    """
    from workbench.reports.pages import names_of, page_html, page_of, records_of, written_page

    with speaking(report.language, **names_of(executed)):
        page = page_of(executed, report.name)
        refuse_almost_same(page, [written_page((out / f"{name}.html").read_text("utf-8")) for name in beside])
        write_whole(out / page.file, page_html(executed, page, report.told, single_file))
        settings = _settings(report)
    if records := records_of(executed, report.name):
        (out / FINDINGS).mkdir(exist_ok=True)
        write_whole(out / FINDINGS / f"{report.name}.json", in_json([*records, settings]))
    return Printed(report.name, warnings=_stderr_lines(executed))


def _settings(report: Report) -> Record:
    """What a page counted and how, for the summary of this site and of the next."""
    words, names = (str(Verdict.DESCRIPTIVE), str(Grade.DESCRIPTIVE)), called()
    unit = names.get("currency", "")
    return Record("settings", names.get("system", ""), report.counted, *words, unit=unit, page=report.name)


def run(report: Report) -> Any:
    """The executed notebook, cleaned of everything that differs from run to run; it works in the current folder."""
    from workbench.reports.kernels import kernel_managers

    os.environ["WORKBENCH_PICTURES"] = "none"  # the page draws its charts itself
    managers = kernel_managers()  # first, while this process has done nothing else
    import papermill
    from papermill.exceptions import PapermillExecutionError

    watch = Watch(Limits.told(), injected=bool(report.settings))
    logging.disable()  # what goes wrong is said once, by us; this process prints one report and ends
    with tempfile.TemporaryDirectory(prefix="wb-") as private:
        whole = Path(private) / "executed.ipynb"
        try:
            with watch.looking():
                notebook = papermill.execute_notebook(
                    *map(_taken_literally, (report.notebook, whole)),
                    parameters=report.settings,
                    kernel_name="python3",
                    language="python",
                    kernel_manager_class=managers,
                    progress_bar=False,
                    record_timing=False,
                    request_save_on_cell_execute=False,
                    shutdown_kernel="immediate",
                    **watch.options(),
                )
        except PapermillExecutionError as error:
            if error.ename in ENDED:
                with speaking(report.language):
                    return _settled(_until_ended(whole))
            raise NotRunError(_failure(error, report)) from None
        except (RuntimeError, TimeoutError) as error:  # nbclient's words for a kernel that died, or takes too long
            raise NotRunError(watch.reason(error)) from None
    _refuse_pending(notebook)
    return _settled(notebook)


def _taken_literally(path: Path) -> str:
    """A path for a program that fills in what stands in braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _until_ended(executed: Path) -> Any:
    """What a notebook showed before it said that its question has no answer here."""
    import nbformat

    from workbench.reports.pages import FINDING
    from workbench.results.boundary import MARK

    notebook = nbformat.read(executed, as_version=4)
    cells = [c for c in notebook.cells if "papermill-error-cell-tag" not in c.metadata.get("tags", [])]
    ends = [any(o.get("ename") in ENDED for o in cell.get("outputs", [])) for cell in cells]
    notebook.cells = cells[: ends.index(True) + 1]
    last = notebook.cells[-1]
    said = [o.evalue.split("\n")[0] for o in last.outputs if o.get("ename") == NOTHING]
    last.outputs = [output for output in last.outputs if output.output_type != "error"]
    for reason in said:
        words = say("We cannot say anything from these data: {reason}", reason=reason)
        finding = {"headline": words, "verdict": str(Verdict.UNKNOWN), "grade": str(Grade.NONE)}
        shown = {FINDING: finding, "text/html": f"<p><strong>{escape(words)}</strong></p>", "text/plain": words}
        last.outputs.append(nbformat.v4.new_output("display_data", shown, metadata=dict(MARK)))
    return notebook


def _lost(failure: BaseException | None) -> str:
    named = f"{_named_failure(failure)}."
    return named if isinstance(failure, BrokenProcessPool) else f"its page could not be written: {named}"


def _named_failure(failure: BaseException | None) -> str:
    """What the system says, such as that a disk is full; of any other error its name alone."""
    if isinstance(failure, BrokenProcessPool):
        return "its process ended"
    said = failure.strerror if isinstance(failure, OSError) else None
    return said or type(failure).__name__


def _refuse_pending(notebook: Any) -> None:
    """A cell that calls `sys.exit` ends the run without any error; what it left out is still pending."""
    code = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip() and not _injected(c)]
    pending = [i for i, c in enumerate(code, 1) if c.metadata.papermill.status != "completed"]
    if pending:
        raise NotRunError(
            f"{len(pending)} of {len(code)} cells did not run, the first is cell [{pending[0]}]; does a cell call exit?"
        )


def _failure(error: Any, report: Report) -> str:
    """Which cell, which error, its first line; what it quotes may be data and is shown only if the notebook says it."""
    code = report.notebook.read_text(encoding="utf-8")
    lines = re.sub(r"\x1b\[[0-9;]*m", "", str(error.evalue)).strip().splitlines() or [""]
    text = lines[0] if error.ename in OUR_ERRORS else _unquoted(lines[0], code)
    number = (error.exec_count or 0) - bool(report.settings)
    return f"cell [{number}] {error.ename}: {text}"


def _unquoted(text: str, code: str) -> str:
    quoted = r"""(['"`])(.*?)\1|\S+@\S+"""
    return re.sub(quoted, lambda m: m[0] if m[2] and m[2] in code else "…", text)


def _settled(notebook: Any) -> Any:
    from workbench.results.boundary import remarked

    remarked(notebook)
    for metadata in (notebook.metadata, *(cell.metadata for cell in notebook.cells)):
        metadata.pop("papermill", None)
        metadata.pop("execution", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in filter(_injected, notebook.cells):
        cell.id = "injected"
    return notebook


def _injected(cell: Any) -> bool:
    return INJECTED in cell.metadata.get("tags", [])


def _stderr_lines(notebook: Any) -> int:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return sum(len(o.text.splitlines()) for o in outputs if o.output_type == "stream" and o.name == "stderr")
