"""Tells of files that lie beside those of a source and are not read: a missing month looks like people who left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.data.contract import MAPPING
from workbench.data.files import ENDINGS
from workbench.data.raw import Raw
from workbench.data.rules import problem

ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tar.gz", ".tgz", ".bz2", ".xz", ".zst")
DEPTH = 3  # folders within folders
NAMED = 5  # files that are named, on the owner's terminal only: a name may be somebody's
NO_DATA = ("readme", "license", "licence", "changelog", "truth")  # the last: of a simulated CRM


def unread_beside(folder: Path, raw: dict[str, Raw], show_ids: bool = False) -> Iterator[dict[str, Any]]:
    """What `check` says of files in the folder of a source that look like tables and that none of its tables reads."""
    read = {file.resolve() for each in raw.values() for part in each.parts for file in part.found.files}
    unread = [file.relative_to(folder) for file in sorted(folder.rglob("*")) if _may_be_a_table(file, folder)]
    unread = [file for file in unread if (folder / file).resolve() not in read]
    if read and unread:
        more = f" and {len(unread) - NAMED:,} more" if len(unread) > NAMED else ""
        named = f"{', '.join(file.as_posix() for file in unread[:NAMED])}{more}"
        hidden = f"{len(unread):,} {'file' if len(unread) == 1 else 'files'}; `workbench check --show-ids` names them"
        those = named if show_ids else hidden
        repair = f"Not read: {those}. Unpack archives; name in {MAPPING} what belongs to a table."
        yield {**problem("", "", "every file that looks like a table is read", repair), "broken": False}


def _may_be_a_table(file: Path, folder: Path) -> bool:
    inside, name = file.relative_to(folder), file.name.lower()
    hidden = any(part.startswith((".", "_", "~$")) for part in inside.parts) or name.startswith(NO_DATA)
    kind = name.endswith((*ENDINGS, *ARCHIVES))
    near = kind and not hidden and len(inside.parts) <= DEPTH and file.is_file()
    return near and not any((above / "index.html").exists() for above in file.parents if above.is_relative_to(folder))
