"""Files that are written whole or not at all, and the paths that people give."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from .errors import ArgumentError


def file_path(path: object) -> Path:
    """Return a path that a person gave, ``~`` resolved.

    Raises
    ------
    ArgumentError
        It is no path of a file.
    """
    try:
        given = Path(path)  # type: ignore[arg-type]  # what is none is told so
        found = given.expanduser()
    except (TypeError, RuntimeError) as error:
        raise ArgumentError(f"a path is text such as 'usage.xlsx' or a Path, not {path!r}.") from error
    if "\0" in str(given):
        raise ArgumentError(f"{str(path)!r} is no path of a file: give one such as 'usage.xlsx'.")
    return found


def require_writable(target: Path) -> Path:
    """Return a path at which a file may be written: in a folder that is there, onto nothing but a file.

    Raises
    ------
    ArgumentError
        It is a folder, a link, a device, or lies in no folder.
    """
    try:
        mode = target.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        mode = stat.S_IFREG
    except OSError as error:
        raise ArgumentError(f"{target} cannot be written ({error.strerror}): give another path.") from error
    if not target.parent.is_dir() or stat.S_ISDIR(mode):
        raise ArgumentError(
            f"{target} is a folder, or lies in none: give a file's path in an existing folder."
        )
    if not stat.S_ISREG(mode):
        raise ArgumentError(f"{target} is a link or a device, no file: give the path of the file itself.")
    return target


def write_whole(path: Path, content: bytes, mode: int = 0o644) -> Path:
    """Write a file in one move: a reader sees the old one or the new one, never a part.

    Parameters
    ----------
    path : Path
        The file; its folder must be there.
    content : bytes
        What it shall hold.
    mode : int, default 0o644
        Its permissions.

    Returns
    -------
    Path
        `path`.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path
