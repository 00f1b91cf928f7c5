"""What people hand over becomes documents: paths, open files, archives and frames."""

from __future__ import annotations

import gzip
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import pandas as pd

from omnipandas.errors import ArgumentError, SchemaError

from .document import Document

Source = str | Path | IO[str] | IO[bytes] | bytes | pd.DataFrame | pd.Series

# A year of one-minute readings of ten meters is some 300 MB of CSV: more in one file is no download.
LARGEST = 512 * 1024 * 1024
# A packed file that grows a thousandfold is made to do harm, unless it is small.
_GROWTH = 1000
_SMALL = 16 * 1024 * 1024
_DEEPEST = 3
_DAMAGE = (
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    zlib.error,
    struct.error,
    zipfile.BadZipFile,
)
_HIDDEN = ("__MACOSX/", ".")


def documents(source: Source | Sequence[Source]) -> list[Document]:
    """Return what a source holds, one document a file.

    Raises
    ------
    ArgumentError
        Where there is no such file, or it is nothing that can be read from.
    SchemaError
        Where an archive holds no file or several, is damaged, or too large.
    """
    if isinstance(source, (list, tuple)):
        if not source:
            raise ArgumentError("an empty list of files: give one path or more.")
        return [_document(one) for one in source]
    return [_document(source)]


def _document(source: object) -> Document:
    if isinstance(source, pd.Series):
        if isinstance(source.index, pd.RangeIndex):
            raise SchemaError(
                "a Series needs a DatetimeIndex that says when its intervals start: set it, or use "
                "op.intervals(values, start='2023-01-01', timezone=...)."
            )
        name = "value" if source.name is None else str(source.name)
        return Document("frame", frame=source.rename(name).to_frame())
    if isinstance(source, pd.DataFrame):
        return Document("frame", frame=source)
    if isinstance(source, bytes):
        return _unpacked("file", source)
    if isinstance(source, (str, os.PathLike)):
        return _of_path(Path(source))
    if callable(read := getattr(source, "read", None)):
        name = getattr(source, "name", "file")
        content = read(LARGEST + 1)
        if not isinstance(content, (str, bytes)):
            raise ArgumentError("the open file's read() gives neither text nor bytes: open it anew.")
        content = content.encode() if isinstance(content, str) else content
        return _unpacked(Path(str(name)).name, _bounded("file", content))
    raise ArgumentError(
        "a source is a path, an open file, a DataFrame, a Series or a list of these, not "
        f"{type(source).__name__}."
    )


def _of_path(path: Path) -> Document:
    try:
        if path.stat().st_size > LARGEST:
            raise SchemaError(f"{path.name} is larger than {LARGEST >> 20} MB: split it and give the parts.")
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ArgumentError(
            f"there is no file {str(path)!r} below {Path.cwd().name!r}: check the spelling, or give the "
            "whole path."
        ) from error
    except IsADirectoryError as error:
        raise ArgumentError(
            f"{str(path)!r} is a folder: name a file in it, or a list of files, "
            "for example sorted(Path(folder).glob('*.csv'))."
        ) from error
    except (OSError, ValueError) as error:
        raise ArgumentError(f"{str(path)!r} cannot be opened: {error}") from error
    return _unpacked(path.name, content)


def _unpacked(name: str, content: bytes, depth: int = 0) -> Document:
    """Return the document in an archive, or the content as it is."""
    if depth > _DEEPEST:
        raise SchemaError(f"{name} is packed more than {_DEEPEST} times: unpack it and give what is in it.")
    document = Document(name, content)
    try:
        if content.startswith(b"\x1f\x8b"):
            with gzip.open(io.BytesIO(content)) as packed:
                return _unpacked(name.removesuffix(".gz"), _read(name, packed, len(content)), depth + 1)
        if content.startswith(b"PK") and document.kind != "xlsx":
            return _member(name, content, depth)
    except SchemaError:
        raise
    except _DAMAGE as error:
        raise SchemaError(f"{name} cannot be unpacked ({error}): download it again, or unpack it.") from error
    return document


def _member(name: str, content: bytes, depth: int) -> Document:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [
            member
            for member in archive.infolist()
            if not member.is_dir()
            and not member.filename.startswith(_HIDDEN)
            and not Path(member.filename).name.startswith(".")
        ]
        if not members:
            raise SchemaError(f"{name} is a zip without a file: download it again.")
        if len(members) > 1:
            names = ", ".join(repr(member.filename) for member in members[:5])
            raise SchemaError(
                f"{name} is a zip of {len(members)} files: name one: {names}{', ...' * (len(members) > 5)}. "
                f"For example with zipfile.ZipFile(path).open({members[0].filename!r}) as file: "
                "op.read_intervals(file, timezone=...)."
            )
        member = members[0]
        if member.file_size > LARGEST or _bomb(member.file_size, member.compress_size):
            raise SchemaError(
                f"{name} would unpack to {member.file_size >> 20} MB: too large to be a download."
            )
        with archive.open(member) as packed:
            return _unpacked(Path(member.filename).name, _read(name, packed, member.compress_size), depth + 1)


def _read(name: str, packed: IO[bytes] | gzip.GzipFile, size: int) -> bytes:
    """Return what a packed file holds, refusing it as soon as it has grown too far."""
    limit = min(LARGEST, max(_SMALL, size * _GROWTH))
    content = packed.read(limit + 1)
    if len(content) > limit:
        raise SchemaError(f"{name} unpacks to more than {limit >> 20} MB: too large to be a download.")
    return content


def _bomb(size: int, packed: int) -> bool:
    return size > _SMALL and size > packed * _GROWTH


def _bounded(name: str, content: bytes) -> bytes:
    if len(content) > LARGEST:
        raise SchemaError(f"{name} is larger than {LARGEST >> 20} MB: split it and give the parts.")
    return content
