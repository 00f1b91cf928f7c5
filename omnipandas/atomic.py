"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


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
