"""How long the analyst's desk takes to follow a pick, in a real JupyterLab driven by a real Chromium.

python benchmarks/desk.py [people ...]      52 weeks; 10,000 people unless said
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from results import markdown, write_section

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from laboratory import Desk, chromium_at, served  # noqa: E402

from workbench.desk import VIEWS  # noqa: E402
from workbench.simulate import write  # noqa: E402

TIMES = 7  # of each pick; the median is told
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


def clicked(desk: Desk, heading: str, down: float) -> None:
    desk.page.mouse.click(*desk.place(heading, 0.4, down))


def picks(desk: Desk) -> dict[str, Callable[[int], object]]:
    """What is done, by what the table calls it; each takes the number of the try."""
    choose = lambda name, values: lambda i: desk.desk.locator(f"select[name={name}]").select_option(values[i % 2])  # noqa: E731
    return {
        "a click on a group": lambda i: clicked(desk, "by department", 0.1 + 0.1 * (i % 5)),
        "a click on a cell of the segments": lambda i: desk.page.mouse.click(
            *desk.place("From segment", 0.3 + 0.1 * (i % 3), 0.3)
        ),
        "a drag over weeks": lambda i: drawn(desk, "week by week", (0.2, 0.5 + 0.05 * i), (0.5, 0.5)),
        "a drag over cohorts": lambda i: drawn(desk, "Still active", (0.1, 0.4 + 0.05 * i), (0.1, 0.5)),
        "another metric": choose("metric", ["actions a week", "active days a week"]),
        "other groups": choose("group", ["team", "department"]),
        "another definition": choose("preset", ["4w", "12w"]),
        "nobody in particular": lambda i: desk.desk.locator("button[name=clear]").click(),
    }


def measured(source: Path, scratch: Path) -> list[list[object]]:
    """One row per pick."""
    with served(scratch, "explore") as (address, _), chromium_at(str(shutil.which("chromium"))) as browser:
        parameters = f'source = "{source}"\nsince = until = qualifying = cohort = save_as = ""\ntime_zone = "Europe/Berlin"'
        desk = Desk(browser, address, len(VIEWS), parameters)
        desk.page.evaluate(WATCH)
        found = {name: [timed(desk, lambda: act(i)) for i in range(TIMES)] for name, act in picks(desk).items()}
        assert desk.complaints == [], desk.complaints
    return [[name, *(f"{statistics.median(t[k] for t in times):.0f}" for k in ("last", "answers", "pause")),
             f"{max(t['last'] for t in times):.0f}"] for name, times in found.items()]  # fmt: skip


def main(*people: str) -> None:
    rows: list[list[object]] = []
    for many in people or ("10000",):
        with tempfile.TemporaryDirectory() as scratch:
            write(Path(scratch, "crm"), users=int(many), weeks=52, seed=1)
            rows += [[f"{int(many):,}", *row] for row in measured(Path(scratch, "crm"), Path(scratch))]
            print(*rows[-8:], sep="\n")
    header = ["people", "done", "until all charts have followed, ms", "answers on the way", "longest pause, ms", "slowest of 7, ms"]
    said = (
        "From the last event of the mouse until the frame in which every chart shows the new pick; medians of seven."
        " A drag takes a second and is followed while it goes on; a pause is the time between two frames of the browser."
        " Browser and kernel share two cores with whatever else runs."
    )
    write_section("The desk", "python benchmarks/desk.py", f"{said}\n\n{markdown(header, rows)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
