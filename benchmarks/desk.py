"""How long the analyst's desk takes to follow a pick, in a real JupyterLab driven by a real Chromium.

python benchmarks/desk.py [people ...]      52 weeks; 10,000 people unless said
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from results import markdown, write_section

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from laboratory import Desk, chromium_at, served

from workbench.desk.views import VIEWS
from workbench.simulation.crm import write

TIMES = 8  # of each pick; the median is told
WATCH = """() => {
    const seen = window.seen = { asked: 0, painted: [], frames: [] };
    for (const event of ["pointermove", "pointerup", "change"])
        window.addEventListener(event, (e) => { seen.asked = e.timeStamp; }, { capture: true });
    const painted = () => requestAnimationFrame(() => setTimeout(() => seen.painted.push(performance.now())));
    const desk = document.querySelector(".workbench-desk");
    new MutationObserver(painted).observe(desk, { attributeFilter: ["data-answers"] });
    const frame = (now) => { seen.frames.push(now); requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
}"""
FRESH = "() => { Object.assign(window.seen, { painted: [], frames: [] }); }"
TOLD = """() => {
    const { asked, painted, frames } = window.seen;
    const gaps = frames.slice(1).map((now, i) => now - frames[i]);
    return { last: painted.at(-1) - asked, answers: painted.length, pause: Math.max(...gaps) };
}"""

EMPTY = """async () => {
    const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session, start = performance.now();
    await kernel.requestExecute({ code: "" }).done;
    return performance.now() - start;
}"""


def timed(desk: Desk, act: Callable[[], object]) -> dict[str, float]:
    """Milliseconds from the last move of the mouse until every chart is drawn, answers until then, longest pause."""
    desk.page.evaluate(FRESH)
    desk.after(act)
    return desk.page.evaluate(TOLD)


def drawn(desk: Desk, heading: str, across: tuple[float, float], down: tuple[float, float]) -> None:
    """A drag of a second, as a hand does it."""
    desk.page.mouse.move(*desk.place(heading, across[0], down[0]))
    desk.page.mouse.down()
    for step in range(1, 41):
        part = step / 40
        x = across[0] + part * (across[1] - across[0])
        y = down[0] + part * (down[1] - down[0])
        desk.page.mouse.move(*desk.place(heading, x, y))
        desk.page.wait_for_timeout(25)
    desk.page.mouse.up()


def clicked(desk: Desk, number: int) -> None:
    desk.figure("by department").locator("path[aria-roledescription='bar']").nth(number).click()


def cleared(desk: Desk) -> None:
    desk.after(lambda: clicked(desk, 3))
    desk.desk.locator("button[name=clear]").click()


def picks(desk: Desk) -> dict[str, Callable[[int], object]]:
    """What is done, by what the table calls it; each takes the number of the try."""
    choose = lambda name, values: lambda i: desk.desk.locator(f"select[name={name}]").select_option(values[i % 2])  # noqa: E731
    return {
        "a click on a group": lambda i: clicked(desk, i % 6),
        "a click on a cell of the segments": lambda i: desk.page.mouse.click(
            *desk.place("From segment on", 0.3 + 0.1 * (i % 3), 0.3)
        ),
        "a drag over weeks": lambda i: drawn(desk, "week by week", (0.2, 0.5 + 0.05 * i), (0.5, 0.5)),
        "a drag over cohorts": lambda i: drawn(desk, "Still active", (0.1, 0.4 + 0.05 * i), (0.1, 0.5)),
        "another metric": choose("metric", ["actions a week", "active days a week"]),
        "other groups": choose("group", ["team", "department"]),
        "another definition": choose("preset", ["4w", "12w"]),
        "a click on Pick nobody": lambda i: cleared(desk),
    }


def measured(source: Path, scratch: Path) -> list[list[object]]:
    """One row per pick."""
    with served(scratch, "explore") as (address, _), chromium_at(str(shutil.which("chromium"))) as browser:
        parameters = f'source = "{source}"\nsince = until = qualifying = cohort = ""\ntime_zone = "Europe/Berlin"'
        desk = Desk(browser, address, len(VIEWS), parameters)
        desk.page.set_viewport_size({"width": 1500, "height": 2000})  # the whole desk in sight
        desk.desk.scroll_into_view_if_needed()
        desk.page.evaluate(WATCH)
        empty = statistics.median(desk.page.evaluate(EMPTY) for _ in range(TIMES))
        found = {name: [timed(desk, partial(act, i)) for i in range(TIMES)] for name, act in picks(desk).items()}
        assert desk.complaints == [], desk.complaints
    return [["an empty cell, run", f"{empty:.0f}", "1.0", "–", "–"], *(row(n, t, empty) for n, t in found.items())]


def row(name: str, times: list[dict[str, float]], empty: float) -> list[object]:
    last, answers, pause = (statistics.median(t[k] for t in times) for k in ("last", "answers", "pause"))
    return [name, f"{last:.0f}", f"{last / empty:.1f}", f"{answers:.0f}", f"{pause:.0f}"]


def main(*people: str) -> None:
    rows: list[list[object]] = []
    for many in people or ("10000",):
        with tempfile.TemporaryDirectory() as scratch:
            write(Path(scratch, "crm"), users=int(many), weeks=52, seed=1)
            rows += [[f"{int(many):,}", *one] for one in measured(Path(scratch, "crm"), Path(scratch))]
    header = [
        "people",
        "done",
        "until every chart has followed, ms",
        "× an empty cell",
        "answers drawn",
        "longest pause, ms",
    ]
    said = (
        "52 weeks. From the last event of the mouse until the frame in which every chart shows the new pick; medians of"
        f" {TIMES}. A drag takes a second and is followed while it goes on; a pause is the time between two frames of"
        " the browser. The yardstick is what JupyterLab takes to run an empty cell. Browser, JupyterLab and kernel"
        f" shared two cores with other work (load {os.getloadavg()[1]:.0f}); trust the ratios."
    )
    print(*rows, sep="\n")
    write_section("The desk", "python benchmarks/desk.py", f"{said}\n\n{markdown(header, rows)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
