"""The words people type.

Everything heavy is imported inside the command that needs it, so that `workbench --help` answers at once. Exit
codes: 0 done, 1 something is wrong with the data or a report, 2 the command itself was not understood.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from workbench.desk.lab import EXTENSION
from workbench.errors import ParameterError, ReportError, did_you_mean, refusals_in_words
from workbench.reports import printing
from workbench.reports.limits import Limits
from workbench.reports.printing import Printed
from workbench.reports.publishing import ending_well

app = typer.Typer(
    help="Has the CRM been taken up, and what helped? Reports from its log, made on this computer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Start with: workbench sample crm, then workbench report --source crm. Own exports: workbench init",
)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # signs by which a text would command the terminal


class Screen(Console):
    """A terminal to which nothing is sent that would command it, whatever the data hold."""

    def print(self, *texts: Any, **options: Any) -> None:
        """Print texts without control characters."""
        super().print(*(CONTROL.sub("�", text) if isinstance(text, str) else text for text in texts), **options)


out = Screen(soft_wrap=True, highlight=False)
err = Screen(stderr=True, soft_wrap=True, highlight=False)

CORES = os.cpu_count() or 1
DATABASES = ("postgresql://", "postgres://")  # how the name of a server's database begins
Outside = Annotated[bool, typer.Option("--allow-outside", help="Let the mapping read files outside of its own folder.")]
Folder = Annotated[Path | None, typer.Option("--notebooks", help="The folder of notebooks.", show_default="notebooks")]


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(metavar="OUT", file_okay=False, help="The folder to write; new or empty.")],
    users: Annotated[int, typer.Option(min=200, help="How many people; about 170 events each a year.")] = 1500,
    weeks: Annotated[int, typer.Option(min=26, help="How many weeks.")] = 52,
    seed: Annotated[int, typer.Option(help="The same seed gives the same CRM.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Write into a folder that is not empty.")] = False,
) -> None:
    """Write a simulated CRM whose true effects are known."""
    if folder.exists() and any(folder.iterdir()) and not force:
        raise typer.BadParameter(f"{folder} is not empty; name another folder, or add --force.", param_hint="OUT")
    from workbench.simulation.crm import write

    with _progress() as progress:
        bar = progress.add_task("people", total=users)
        counts = write(folder, users, weeks, seed, lambda done, _: progress.update(bar, completed=done))
    out.print(f"Wrote {counts['events']:,} events of {users:,} people into {folder}.", markup=False)
    out.print(f"Look at them with: workbench report --source {folder}", markup=False)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the exports lie, as they came.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the workbench.toml that is there.")] = False,
) -> None:
    """Look at a folder of exports and write the mapping that reads them, with questions where they do not tell."""
    from workbench.data.contract import MAPPING
    from workbench.errors import ContractError
    from workbench.importing import draft
    from workbench.results.files import write_whole

    _existing(str(folder), "FOLDER")
    mapping = folder / MAPPING
    if os.path.lexists(mapping) and not force:
        raise typer.BadParameter(
            f"{mapping} is there; change it by hand, or add --force to write it anew.", param_hint="FOLDER"
        )
    try:
        drafted = draft(folder)
    except ContractError as error:
        err.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from None
    write_whole(mapping, str(drafted))
    out.print("\n".join([f"Wrote {mapping}.", *drafted.summary, f"Next: workbench check {folder}"]), markup=False)


@app.command()
def check(
    source: Annotated[str, typer.Argument(help="A folder of Parquet or CSV files, or a database.")],
    show_ids: Annotated[
        bool, typer.Option("--show-ids", help="Show whose rows they are, on this screen only.")
    ] = False,
    outside: Outside = False,
) -> None:
    """Check a source: every broken rule with its count, first row and repair, and what each action was taken for."""
    from workbench.data.sources import check_source

    _existing(source, "SOURCE", outside)
    problems = check_source(source, show_ids=show_ids).to_dict("records")
    for problem in problems:
        _say(problem)
    for line in _verbs(source, show_ids):
        out.print(line, markup=False)
    broken = sum(problem["broken"] for problem in problems)
    out.print(f"{broken} broken, {len(problems) - broken} noted." if problems else "Nothing is wrong.")
    if broken:
        raise typer.Exit(1)


@app.command()
def report(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NOTEBOOKS]...", help="Which ones; all if none.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="The data: a folder or a database.", show_default="the notebook's own")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the notebooks; may be repeated."),
    ] = None,
    site: Annotated[Path, typer.Option("--out", file_okay=False, help="The folder of the pages.")] = Path("site"),
    jobs: Annotated[int, typer.Option(min=1, help="How many at a time.", show_default="one per core")] = CORES,
    single_file: Annotated[
        bool, typer.Option("--single-file", help="Pages that need no other file, for mail.")
    ] = False,
    notebooks: Folder = None,
    outside: Outside = False,
    minutes: Annotated[
        float | None, typer.Option("--time-limit", min=0.01, help="Minutes for a notebook.", show_default="30")
    ] = None,
    gigabytes: Annotated[
        float | None,
        typer.Option("--memory-limit", min=0.01, help="GB for a notebook.", show_default="80% of all, by --jobs"),
    ] = None,
) -> None:
    """Print notebooks into a site of pages that work offline."""
    try:
        told = _settings(settings or [], source, outside)
        Limits.chosen(minutes, gigabytes, jobs).tell()
        asked = printing.reports(printing.chosen(_folder(notebooks), names or []), told)
        with closing(printing.printed(asked, site, jobs, single_file)) as ended:
            whole = _print_all(ended, len(asked), site)
    except (ReportError, ParameterError) as error:
        raise typer.BadParameter(str(error)) from None
    except KeyboardInterrupt as stop:
        err.print("Stopped. The site stays as it was.")
        raise typer.Exit(128 + (stop.args[0] if stop.args else signal.SIGINT)) from None
    if not whole:
        raise typer.Exit(1)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context, notebooks: Folder = None) -> None:
    """Open JupyterLab on the notebooks; options such as --port 9999 or --no-browser are JupyterLab's."""
    if find_spec("jupyterlab") is None:
        err.print(
            "JupyterLab is not installed here. Install it with: pip install 'adoption-workbench[lab]'", markup=False
        )
        raise typer.Exit(1)
    try:
        folder = _folder(notebooks)
    except ReportError as error:
        raise typer.BadParameter(str(error)) from None
    # Notebooks work in the folder where this was typed, as reports do, so that `data/sample` means the same to both.
    working = f"--MappingKernelManager.root_dir={Path.cwd()}"
    command = [sys.executable, "-m", "jupyterlab", str(folder), working, EXTENSION, *context.args]
    raise typer.Exit(subprocess.call(command))


@app.command()
def plan(
    source: Annotated[str, typer.Option(help="The data: a folder, a DuckDB file, or a mapping.")],
    file: Annotated[Path, typer.Option("--out", dir_okay=False, help="Where to keep the draw; for its owner only.")],
    programme: Annotated[str, typer.Option(help="What is rolled out, as the pages will name it.")],
    first: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day of the first week observed.")],
    kind: Annotated[
        str, typer.Option("--design", help="parallel, staggered, stepped wedge, or on and off.")
    ] = "staggered",
    by: Annotated[str, typer.Option(help="Who is given a date: team or person.")] = "team",
    weeks: Annotated[int, typer.Option(min=3, help="Weeks observed, those before the first start included.")] = 26,
    waves: Annotated[int, typer.Option(min=2, help="How many groups begin one after the other.")] = 4,
    before: Annotated[int, typer.Option(min=1, help="Weeks before the first start.")] = 6,
    apart: Annotated[int, typer.Option(min=1, help="Weeks from one start to the next.")] = 4,
    effect: Annotated[float, typer.Option(help="The effect that should be seen, active days a week.")] = 0.3,
    seed: Annotated[int, typer.Option(help="The same seed gives the same draw.")] = 1,
    time_zone: Annotated[
        str, typer.Option(help="The time zone of the organisation.", show_default="the source's own")
    ] = "",
    outside: Outside = False,
) -> None:
    """Plan the next roll-out: its power, how long until it is known, and a draw of who begins when."""
    from workbench import planning
    from workbench.panel.days import weeks_begin

    with _refused_in_words():
        _, _, panel = _opened(source, time_zone, outside)
        outlook = planning.outlook(panel, kind, by, effect, weeks=weeks, waves=waves, before=before, apart=apart)
        how: Any = {"unit": outlook.unit, "seed": seed, "begins": weeks_begin(panel)}
        drawn = planning.schedule(outlook.units, outlook.plan, first.date(), **how)
        planning.keep(drawn.offers(outlook.people, programme), file)
    out.print(str(outlook), markup=False)
    out.print(f"Drew {len(outlook.units):,} {outlook.unit_in_words} with seed {seed} into {file}.", markup=False)


@app.command()
def outreach(
    source: Annotated[str, typer.Option(help="The data: a folder, a DuckDB file, or a mapping.")],
    file: Annotated[Path, typer.Option("--out", dir_okay=False, help="The campaign's file of people, for its owner.")],
    capacity: Annotated[int, typer.Option(min=1, help="How many people can be helped.")] = 100,
    budget: Annotated[float | None, typer.Option(min=0, help="How much may be spent.", show_default="any")] = None,
    cost: Annotated[float, typer.Option(min=0.01, help="What helping one person costs.")] = 1.0,
    programme: Annotated[str, typer.Option(help="What is offered.", show_default="where choosing gains most")] = "",
    hold_out: Annotated[float, typer.Option("--hold-out", help="Share of people held out at random.")] = 0.1,
    by: Annotated[str, typer.Option(help="Who is held out: person or team.")] = "person",
    lot: Annotated[
        Path | None, typer.Option(help="The file of the hold-out, kept over campaigns.", show_default="beside --out")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same hold-out.")] = 1,
    weeks: Annotated[int, typer.Option(min=1, help="Weeks since the campaign whose use counts.")] = 8,
    evaluate: Annotated[bool, typer.Option("--evaluate", help="Say what the campaign of --out has brought.")] = False,
    time_zone: Annotated[
        str, typer.Option(help="The time zone of the organisation.", show_default="the source's own")
    ] = "",
    outside: Outside = False,
) -> None:
    """Choose whom to offer help within a capacity, with a random hold-out; later, say what it brought."""
    from workbench import planning

    with _refused_in_words():
        log, looked, panel = _opened(source, time_zone, outside)
        if evaluate:
            rows = planning.evaluation(panel, log, planning.kept(file), weeks, looked.time_zone)
            out.print(_brought(rows, by), markup=False)
            return
        afford = capacity if budget is None else min(capacity, int(budget / cost + 1e-9))
        names = planning.names(panel, by)
        held = planning.held_out(names, hold_out, seed, lot or file.with_name("hold-out.csv"))
        what: Any = {"by": by, "programme": programme, "campaign": file.stem}
        chosen = planning.outreach(panel, log, afford, held, **what, time_zone=looked.time_zone, seed=seed)
        planning.keep(chosen.people, file)
    out.print(f"{chosen}\nTheir names are in {file}, which only you can read.", markup=False)


@contextmanager
def _refused_in_words() -> Iterator[None]:
    """What the data do not allow is said, and ends the command."""
    from workbench.errors import ContractError, QueryError

    try:
        yield
    except (ContractError, QueryError) as error:
        err.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from None


def _opened(source: str, time_zone: str, outside: bool) -> tuple[Any, Any, Any]:
    """The source, the period of its whole log, and its user-weeks."""
    from workbench.data.sources import open_source
    from workbench.panel.events import qualifying_actions
    from workbench.panel.period import period
    from workbench.panel.user_weeks import user_weeks

    _existing(source, "--source", outside)
    log = open_source(source)
    looked = period(log, time_zone=time_zone)
    return log, looked, user_weeks(log, looked, qualifying=qualifying_actions(log)).stored()


def _brought(people: Any, by: str) -> str:
    """The effect of the offer on those chosen against those held out, how many came, and the effect on these."""
    from workbench import effects

    roles: dict[str, Any] = {"arm": "offered", "against": "held out", "covariates": ["earlier"], "took": "came"}
    found: Any = effects.experiment(people, "later", cluster="team" if by == "team" else None, **roles)
    return f"{found}\n\n{found.take_up}\n\n{found.came}"


def main() -> None:
    """What `workbench` runs at a terminal."""
    with ending_well(), refusals_in_words(sys.argv):
        app()


def _folder(notebooks: Path | None) -> Path:
    if notebooks is not None:
        _existing(str(notebooks), "--notebooks")
    return notebooks or printing.notebooks_folder()


def _settings(pairs: list[str], source: str | None, outside: bool) -> dict[str, str]:
    settings = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise ParameterError(f"--set needs NAME=VALUE, not {pair!r}.")
        settings[name.strip()] = text
    if source is not None:
        settings["source"] = source
    if settings.get("source"):
        _existing(settings["source"], "--source", outside)
    return settings


def _existing(source: str, hint: str, outside: bool = False) -> None:
    if outside:
        from workbench.data.borders import allow_outside

        allow_outside()
    if source.startswith(DATABASES):
        _without_password(source, hint)
        return
    path = Path(source)
    if not path.exists():
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise typer.BadParameter(f"{source} is not there; {did_you_mean(path.name, beside)}", param_hint=hint)


def _without_password(source: str, hint: str) -> None:
    from workbench.data.postgres import refuse_password
    from workbench.errors import ContractError

    try:
        refuse_password(source)
    except ContractError as error:
        raise typer.BadParameter(str(error), param_hint=hint) from None


def _say(problem: Any) -> None:
    from workbench.data.checks import sentence

    word = "broken" if problem["broken"] else "noted "
    err_style = "red" if problem["broken"] else "yellow"
    out.print(word, style=err_style, end="  ")
    out.print(sentence(problem), markup=False)


def _verbs(source: str, show_all: bool) -> list[str]:
    """What the actions of the log were taken for; nothing where the log cannot be read."""
    from workbench.data.sources import open_source
    from workbench.data.verbs import FEWEST, verbs_in_words
    from workbench.errors import ContractError, QueryError

    try:
        return verbs_in_words(open_source(source), 1 if show_all else FEWEST)
    except (ContractError, QueryError):
        return []


def _print_all(ended: Iterable[Printed], total: int, site: Path) -> bool:
    """Shows how the run goes and what failed; true if nothing did."""
    failed = []
    with _progress() as progress:
        bar = progress.add_task("pages", total=total)
        for one in ended:
            progress.advance(bar)
            progress.console.print(_ending(one, site), markup=False)
            failed += [one] if one.error else []
    for one in failed:
        kept = " (the page of an earlier run stays)" if (site / f"{one.name}.html").exists() else ""
        err.print(f"{one.name} failed: {one.error}{kept}", style="red", markup=False)
    out.print(f"{total - len(failed)} of {total} pages made. Open {site / 'index.html'}", markup=False)
    return not failed


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=err, transient=True)


def _ending(one: Printed, site: Path) -> str:
    if one.error:
        return f"failed  {one.name}"
    warned = f" (it also wrote warnings; read them in JupyterLab: {one.warnings})" if one.warnings else ""
    return f"made    {site / one.name}.html{warned}"
