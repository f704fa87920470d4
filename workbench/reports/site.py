"""Writes what the pages of a site share: the summary page, the links from page to page, and what draws the charts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from workbench.reports.publishing import FINDINGS
from workbench.results.files import write_whole
from workbench.results.phrases import ENGLISH, speaking
from workbench.results.record import Record, read_records


def print_site(
    out: Path,
    names: list[str],
    failed: list[str],
    single_file: bool = False,
    language: str = ENGLISH,
    before: Iterable[Record] = (),
) -> None:
    """Writes the summary page over every page that is there, in the order of `names`, and links the pages.

    before : what the pages of the last report into this site handed on
    """
    from workbench.reports.navigation import linked
    from workbench.reports.pages import site_html

    files = {name: out / f"{name}.html" for name in names}
    pages = [_earlier(file) for file in files.values()]
    missing = [
        name for name, page in zip(files, pages, strict=True) if not page and (name in failed or files[name].exists())
    ]
    there = [(page, page.name in failed) for page in pages if page]
    titles = {page.name: page.title for page, _ in there}
    records = read_records(out / FINDINGS)
    with speaking(language, **_names(records)):
        for name in titles:
            write_whole(files[name], linked(files[name].read_text(encoding="utf-8"), titles, name))
        write_whole(out / "index.html", site_html(there, records, missing, single_file, before))


def _names(records: list[Record]) -> dict[str, str]:
    """What the pages call the system and the currency."""
    settings = next((one for one in records if one.about == "settings"), None)
    return {"system": settings.name, "currency": settings.unit} if settings else {}


def _earlier(file: Path) -> Any:
    """The page that stands in a file; None where there is none, or none that this version can read."""
    from workbench.reports.pages import written_page

    if not file.is_file() or file.is_symlink():
        return None
    return written_page(file.read_text(encoding="utf-8", errors="replace"))


def print_bundle(out: Path) -> None:
    """Writes what draws the charts, once for all pages."""
    from workbench.reports.bundle import BUNDLE, vega_bundle

    write_whole(out / BUNDLE, vega_bundle())
