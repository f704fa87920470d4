"""Writes a file whole or not at all.

The text goes into a new file beside it, whose name nobody can foresee, and takes the place of an earlier one in one
step. A link of that name is replaced, never followed.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, content: str | bytes, private: bool = False) -> None:
    """Write a file in one step; line ends stay as they are.

    content : text, written as UTF-8, or bytes
    private : only its owner can read it; default: whoever the system lets read new files

    Raises OSError where the folder cannot be written to; what was there before is then untouched.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "page.html", "<p>")
    ...     [each.name for each in Path(folder).iterdir()]
    ['page.html']
    """
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        if not private:
            os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _umask() -> int:
    """What the system takes away from the rights of new files; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
