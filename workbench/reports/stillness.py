"""Notices that the data were changed while pages were made from them, so that no site mixes two states."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.errors import ReportError

State = dict[Path, tuple[int, int, int]]  # file → its size, when it was written, which one it is


@contextmanager
def unchanged(sources: Iterable[str], site: Path | None = None) -> Iterator[None]:
    """Fail at the end where files of a source, or of a folder that is one, are others than at the beginning.

    sources : as reports are given them; databases on servers are not looked at
    site : the folder that the pages are written into, which may lie in a source
    Raises ReportError.
    """
    places = [Path(source) for source in sorted(set(sources))]
    own = Path(os.path.realpath(site)) if site else None
    before = _state(places, own)
    yield
    after = _state(places, own)
    changed = [path for path in before.keys() | after.keys() if before.get(path) != after.get(path)]
    if changed:
        raise ReportError(
            f"the source changed while it was read: {len(changed):,} of its {len(before | after):,} files are not as"
            " they were. The site stays as it was; run again when nothing writes there."
        )


def _state(places: list[Path], site: Path | None) -> State:
    files = (file for place in places for file in _files(place))
    return {file: _mark(file) for file in files if file.is_file() and not (site and _is_of(file, site))}


def _is_of(file: Path, site: Path) -> bool:
    """Whether a file is in the site, or in the private folder beside it where its pages are made."""
    return any(
        above.parent == site.parent and (above.name == site.name or above.name.startswith(f".{site.name}-"))
        for above in Path(os.path.realpath(file)).parents
    )


def _files(place: Path) -> Iterator[Path]:
    if place.is_dir():
        yield from place.rglob("*")
    elif place.suffix == ".toml":
        yield from place.parent.rglob("*")
    else:
        yield from (place, place.with_suffix(".toml"), place.with_name(f"{place.name}.wal"))


def _mark(file: Path) -> tuple[int, int, int]:
    found = file.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino
