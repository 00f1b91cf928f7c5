"""What was fetched before: one SQLite file per identity, through requests-cache's storage.

requests-cache's session would mix bearer tokens, pickle its rows and prepare a request for every hit
(0.4 to 0.7 ms each). Its storage under a key of our own does none of that: a row is msgpack, holds a
body and three facts about it, and is found without a request. Nothing but the bodies of good answers
gets here: no header, no token, no address that a redirect led to.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
from requests_cache.backends.sqlite import SQLiteDict
from requests_cache.serializers import SerializerPipeline, Stage

from omnipandas.errors import ArgumentError, CacheWarning, warn_caller

DAY = 86_400.0
_BUSY_MS = 10_000
_Result = TypeVar("_Result")


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A cached body: its content type, when it was stored and until when it is fresh [s since 1970]."""

    body: bytes
    content_type: str
    stored: float
    fresh_until: float

    @property
    def expires_unix(self) -> int:
        """The end of freshness as requests-cache's own column holds it."""
        return round(self.fresh_until)


_ROWS = SerializerPipeline(
    [Stage(dumps=msgspec.msgpack.Encoder().encode, loads=msgspec.msgpack.Decoder(Entry).decode)],
    name="msgpack",
    is_binary=True,
)


class Cache:
    """The answers kept for one base URL and client id.

    Parameters
    ----------
    folder : Path
        Where the file lies.
    identity : str
        What no two keys share; only its hash is used.
    expire_closed, expire_open : float
        How long a closed and an open period stay fresh [s].
    now : callable
        The time of day [s since 1970].

    Notes
    -----
    Threads and processes may share the file. It is readable by its owner alone (mode 0600).
    """

    def __init__(
        self,
        folder: Path,
        identity: str,
        *,
        expire_closed: float = 90 * DAY,
        expire_open: float = 3600.0,
        now: Callable[[], float] = time.time,
    ) -> None:
        name = hashlib.blake2b(identity.encode(), digest_size=12).hexdigest()
        self.path = folder / f"{name}.sqlite"
        self._expire = {True: expire_closed, False: expire_open}
        self._now = now
        self._lock = threading.RLock()
        self._storage: SQLiteDict | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self.path.chmod(0o600)
        except OSError as error:
            raise ArgumentError(
                f"the cache folder {folder} cannot be written ({error.strerror}): "
                "pass connect(cache_dir=...) with a folder of your own."
            ) from error

    def __repr__(self) -> str:
        return f"<Cache {self.path.name}: {self.entries} entries, {self.size / 1e6:.1f} MB>"

    @property
    def size(self) -> int:
        """The file's size [bytes], its write-ahead log included."""
        return sum(part.stat().st_size for part in self._files() if part.exists())

    @property
    def entries(self) -> int:
        """How many answers are kept."""
        return self._with_storage(lambda storage: int(storage.count()))

    def get(self, service_account_id: str, resource: str, query: Mapping[str, str]) -> Entry | None:
        """Return what was stored under these words, fresh or not; None where there is nothing."""
        name = _name(service_account_id, resource, query)
        return self._with_storage(lambda storage: storage.get(name))

    def is_fresh(self, entry: Entry) -> bool:
        """Say whether an entry is still to be used without asking the server."""
        return self._now() < entry.fresh_until

    def age(self, entry: Entry) -> float:
        """Return how long ago an entry was stored [s]."""
        return max(0.0, self._now() - entry.stored)

    def put(
        self,
        service_account_id: str,
        resource: str,
        query: Mapping[str, str],
        body: bytes,
        content_type: str,
        *,
        closed: bool,
    ) -> None:
        """Store a good answer's body."""
        now = self._now()
        entry = Entry(body, content_type, now, now + self._expire[closed])
        name = _name(service_account_id, resource, query)
        self._with_storage(lambda storage: storage.__setitem__(name, entry))

    def clear(self, service_account_id: str | None = None) -> int:
        """Forget everything, or one account's answers; return how many were forgotten.

        Parameters
        ----------
        service_account_id : str, optional
            The account; all of them where left out.
        """

        def forget(storage: SQLiteDict) -> int:
            names = [n for n in storage if service_account_id in (None, n.partition("/")[0])]
            storage.bulk_delete(names)
            storage.vacuum()
            return len(names)

        return self._with_storage(forget)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._storage is not None:
                self._storage.close()
                self._storage = None

    def _files(self) -> list[Path]:
        return [self.path, Path(f"{self.path}-wal"), Path(f"{self.path}-shm")]

    def _with_storage(self, use: Callable[[SQLiteDict], _Result]) -> _Result:
        """Use the file; where it is damaged, set it aside, begin a new one and use that."""
        with self._lock:
            try:
                return use(self._opened())
            except sqlite3.OperationalError:
                raise  # locked, full or read-only: not damage
            except sqlite3.DatabaseError as error:
                self._set_aside(error)
                return use(self._opened())

    def _opened(self) -> SQLiteDict:
        if self._storage is None:
            self._storage = SQLiteDict(
                self.path, table_name="responses", serializer=_ROWS, wal=True, busy_timeout=_BUSY_MS
            )
        return self._storage

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        self.close()
        aside = self.path.with_name(f"{self.path.name}.damaged-{time.time_ns()}")
        self.path.rename(aside)
        for part in self._files()[1:]:
            part.unlink(missing_ok=True)
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        warn_caller(
            f"the cache file was damaged ({error}); it was set aside as {aside.name} and a new one begun. "
            "What it held is fetched again.",
            CacheWarning,
        )


def _name(service_account_id: str, resource: str, query: Mapping[str, str]) -> str:
    """Name a row. Its parts are checked ids and our own words: requests-cache puts it into SQL as text."""
    words = "&".join(f"{key}={value}" for key, value in query.items())
    return f"{service_account_id}/{resource}?{words}"
