"""A site that appears whole or not at all.

A run writes into a private folder beside the site, which begins as a copy of the site as it stands. At the end the two
exchange their names in one step (`renameat2` on Linux). Where the system has no such step, one is renamed after the
other, and the next run undoes what a death between the two left. A folder that cannot be exchanged (a mount point, the
folder where the run works, one that holds other folders too) gets its pages one by one.

A lock refuses a second run into the same site. What a killed run left is private, and removed by the next one.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

from workbench.errors import ReportError

FINDINGS = "findings"  # the folder, beside the pages, of what each found
OLD = ".old"  # the site before this run, while the new one takes its place in two steps
LOCK = ".run"  # who writes into the site; gone when nobody does
TEMPORARY = "wb-run-"  # folders of sockets and executed notebooks, in the system's place for such things
LAST = -200  # after everything of `multiprocessing`, whose socket lies there
LONGEST = 50  # letters of the path of that place
ENDS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
RUN = "WORKBENCH_RUN"  # in the environment: the process that a run belongs to
PARENT_DEATH = 1  # PR_SET_PDEATHSIG
HERE, EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux


@contextmanager
def published(site: Path) -> Iterator[Path]:
    """The folder to write a run's pages into; it becomes the site at the end, unless an error ends the run.

    site : the folder of the pages; need not be there yet
    Raises ReportError where another run writes into the site, or the folder cannot be made.
    """
    site = site.resolve()
    _finish(site)
    made = not site.exists()
    _make(site)
    try:
        with _only_run(site), _private_copy(site) as pages:
            yield pages
            _put_in_place(pages, site)
    finally:
        if made:
            with suppress(OSError):  # not empty: the run ended well
                site.rmdir()


@cache
def temporary() -> Path:
    """This process's private folder for what its runs need; removed when it ends, or by a later one after a kill."""
    place = _place_of_sockets()
    for left in Path(place).glob(f"{TEMPORARY}*"):
        _remove_unless_held(left)
    folder = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=place))
    _lock(folder / LOCK)  # until this process ends
    Finalize(None, shutil.rmtree, (folder,), {"ignore_errors": True}, exitpriority=LAST)
    return folder


def _place_of_sockets() -> str:
    """Where temporary files belong; a system may refuse sockets whose path is longer than about a hundred letters."""
    place = tempfile.gettempdir()
    return place if len(place) <= LONGEST or not os.access("/tmp", os.W_OK) else "/tmp"


@contextmanager
def ending_well() -> Iterator[None]:
    """For a whole process: a request to end, or a terminal that goes away, ends it as an interrupt does, once.

    Everything is put away then, and that is not interrupted.
    """

    def undisturbed() -> None:
        for each in ENDS:
            signal.signal(each, signal.SIG_IGN)

    def stop(number: int, frame: object) -> None:
        undisturbed()
        raise KeyboardInterrupt(number)

    for number in ENDS:
        signal.signal(number, stop)
    try:
        yield
    finally:
        undisturbed()


def end_with_parent() -> None:
    """On Linux the system kills this process when the one that started it dies, however that one dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH, signal.SIGKILL)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportError(f"{folder} cannot be made: {error.strerror}; name another folder with --out.") from None


@contextmanager
def _only_run(site: Path) -> Iterator[None]:
    path = site / LOCK
    try:
        with _locked(path):
            path.write_text(f"process {os.getpid()}, since {datetime.now():%Y-%m-%d %H:%M}", encoding="utf-8")
            try:
                yield
            finally:
                path.unlink(missing_ok=True)
    except BlockingIOError:
        holder = path.read_text(encoding="utf-8") if path.exists() else "which has just ended"
        raise ReportError(
            f"another run writes into {site}: {holder}. Wait for it, or name another folder with --out."
        ) from None
    except OSError as error:
        raise ReportError(f"{site} cannot be written: {error.strerror}; name another folder with --out.") from None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    file = _lock(path)
    try:
        yield
    finally:
        os.close(file)


def _lock(path: Path) -> int:
    """An open file that only this process holds, however it ends; raises BlockingIOError where another holds it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    if sys.platform != "win32":
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.stat(path).st_ino != os.fstat(file).st_ino:
                raise BlockingIOError(f"{path} has just been put away.")
        except OSError:
            os.close(file)
            raise
    return file


def _remove_unless_held(folder: Path) -> None:
    with suppress(OSError):  # somebody else's, or still at work
        with _locked(folder / LOCK):
            pass
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _private_copy(site: Path) -> Iterator[Path]:
    """A folder that only this run can read, with the site's files in it as they are; gone when the run is over."""
    beside = site.parent if _can_be_exchanged(site) else site
    for left in _left_by_killed_runs(site):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f".{site.name}-", dir=beside, ignore_cleanup_errors=True) as private:
        pages = Path(private) / "pages"
        pages.mkdir(mode=site.stat().st_mode & 0o777)
        for file in site.iterdir():
            if file.is_file() and file.name != LOCK:
                shutil.copy2(file, pages / file.name)
        if (site / FINDINGS).is_dir():
            shutil.copytree(site / FINDINGS, pages / FINDINGS)
        yield pages


def _can_be_exchanged(site: Path) -> bool:
    """Whether the folder is a site and nothing else, and may be renamed."""
    others = {site / FINDINGS, *_left_by_killed_runs(site)}
    plain = all(path.is_file() for path in site.iterdir() if path not in others)
    works_here = site in (Path.cwd(), *Path.cwd().parents)
    return plain and not works_here and not os.path.ismount(site) and os.access(site.parent, os.W_OK)


def _put_in_place(pages: Path, site: Path) -> None:
    if site in pages.parents:
        shutil.rmtree(site / FINDINGS, ignore_errors=True)
        for page in sorted(pages.iterdir()):
            os.replace(page, site / page.name)
    elif not _exchanged(pages, site):
        old = pages.parent.with_name(pages.parent.name + OLD)
        os.rename(site, old)
        os.rename(pages, site)
        shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two names in one step; false where this system cannot."""
    exchange = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    if exchange is None:
        return False
    return bool(exchange(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE) == 0)


def _finish(site: Path) -> None:
    """Give the site its name back, where a run died between two renames."""
    for old in _left_by_killed_runs(site):
        if old.suffix == OLD and not site.exists():
            os.rename(old, site)


def _left_by_killed_runs(site: Path) -> list[Path]:
    private = re.compile(rf"\.{re.escape(site.name)}-\w{{8}}({re.escape(OLD)})?")
    folders = [folder for folder in (site.parent, site) if folder.is_dir()]
    return [path for folder in folders for path in folder.iterdir() if private.fullmatch(path.name)]
