"""requests-cache's SQLite storage, with an end to every wait and a check on every row."""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
from requests_cache.backends.sqlite import SQLiteDict
from requests_cache.serializers import SerializerPipeline, Stage

_Result = TypeVar("_Result")
_BUSY_MS = 100  # SQLite itself waits this long at a time, deaf to an interrupt
_PATIENCE = 3.0  # longest wait for another's lock [s]
_PAUSE = 0.005  # between two attempts [s]
_FORM, _DIGEST = b"\x02", 16  # a row: its form, a digest, and the entry


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A cached body: its name, content type, when it was stored and until when it is fresh [s since 1970]."""

    name: str
    body: bytes
    content_type: str
    stored: float
    fresh_until: float

    @property
    def expires_unix(self) -> int:
        """The end of freshness as requests-cache's own column holds it."""
        return round(self.fresh_until)


class DamagedRowError(Exception):
    """A row's bytes are not those that were stored."""


_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(Entry).decode


def _sealed(entry: Entry) -> bytes:
    row = _ENCODE(entry)
    return _FORM + hashlib.blake2b(row, digest_size=_DIGEST).digest() + row


def _opened(sealed: bytes) -> Entry | None:
    if sealed[:1] != _FORM:
        return None  # of an older version, or not ours: as if it were not there
    digest, row = sealed[1 : _DIGEST + 1], sealed[_DIGEST + 1 :]
    if not hmac.compare_digest(digest, hashlib.blake2b(row, digest_size=_DIGEST).digest()):
        raise DamagedRowError
    return _DECODE(row)


ROWS = SerializerPipeline([Stage(dumps=_sealed, loads=_opened)], name="sealed msgpack", is_binary=True)


class Storage(SQLiteDict):
    """A table of entries by name, for any number of threads and processes.

    requests-cache 1.3 repeats ``BEGIN`` for ever on any operational error (a full disk, a read-only folder,
    a transaction that an interrupt left open) and drops a failed commit in silence. Here a wait for
    another's lock ends after a few seconds, whatever goes wrong is rolled back and raised.

    Parameters
    ----------
    path : Path
        The database file.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, table_name="responses", serializer=ROWS, wal=True, busy_timeout=_BUSY_MS)

    @contextmanager
    def _acquire_sqlite_lock(self) -> Iterator[None]:
        with self._lock:
            connection = self._connection
            if connection is None:
                raise sqlite3.OperationalError("the cache file is closed")
            try:
                _begin(connection)
                self._active_transaction = True
                yield
                connection.commit()
            finally:
                self._active_transaction = False
                if connection.in_transaction:  # whatever ended the block, be it Ctrl-C
                    connection.rollback()


def opened(path: Path) -> Storage:
    """Return the table of a file, waiting for another's lock: those that set up a new file collide."""
    return _patiently(lambda: Storage(path))


def _begin(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.rollback()
    _patiently(lambda: connection.execute("BEGIN IMMEDIATE"))


def _patiently(attempt: Callable[[], _Result]) -> _Result:
    """Return what an attempt returns, made again while another holds the lock."""
    ends = time.monotonic() + _PATIENCE
    while True:
        try:
            return attempt()
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not busy or time.monotonic() > ends:
                raise
        time.sleep(_PAUSE)  # SQLite does not wait where waiting could never end, as while a file is set up
