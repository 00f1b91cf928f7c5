"""What was fetched before: one SQLite file per identity, through requests-cache's storage.

requests-cache's session would mix bearer tokens, pickle its rows and prepare a request for every hit
(0.4 to 0.7 ms each). Its storage under a key of our own does none of that: a row is msgpack under a digest,
holds a body and a few facts about it, and is found without a request. Nothing but the bodies of good
answers gets here: no header, no token, no address that a redirect led to.

A cache is a courtesy: whatever is wrong with it, a call that has its answer returns it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from requests_cache.backends.sqlite import SQLiteDict

from omnipandas.errors import ArgumentError, CacheWarning, warn_caller

from .forking import begins_anew
from .storage import DamagedRowError, Entry, opened

DAY = 86_400.0
_REST = 30.0  # a file that could not be used is left alone for this long [s]
_PIN = "pin:"  # no service account id begins so
_Result = TypeVar("_Result")
# SQLite's words for a table of another make under our name.
_FOREIGN = (
    "no such column",
    "no column named",
    "no such table",
    "is a view",
    "may not be modified",
    "views may not",
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
        self._rests_until = float("-inf")
        self._troubles: dict[str, None] = {}
        begins_anew(self)
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
        return self._with_storage(lambda storage: sum(not _is_pin(name) for name in storage)) or 0

    def get(self, service_account_id: str, resource: str, query: Mapping[str, str]) -> Entry | None:
        """Return what was stored under these words, fresh or not; None where there is nothing."""
        name = _name(service_account_id, resource, query)
        entry = self._with_storage(lambda storage: _sound(storage, name))
        if isinstance(entry, DamagedRowError):
            self._note("a row of the cache was damaged; it is fetched again.")
            self._with_storage(lambda storage: storage.bulk_delete([name]))
            return None
        return entry

    def is_fresh(self, entry: Entry) -> bool:
        """Say whether an entry is still to be used without asking the server.

        One from the future was stored by a clock that was wrong: nothing is known of its age.
        """
        return entry.stored <= self._now() < entry.fresh_until

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
        name = _name(service_account_id, resource, query)
        entry = Entry(name, body, content_type, now, now + self._expire[closed])
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
            return sum(not _is_pin(name) for name in names)

        return self._with_storage(forget) or 0

    def pin(self, name: str) -> bytes | None:
        """Return what was pinned under a name; see `owners`."""
        entry = self._with_storage(lambda storage: _sound(storage, f"{_PIN}{name}"))
        return entry.body if isinstance(entry, Entry) else None

    def set_pin(self, name: str, value: bytes) -> None:
        """Pin a value under a name, for as long as the file lasts."""
        entry = Entry(f"{_PIN}{name}", value, "", self._now(), self._now())
        self._with_storage(lambda storage: storage.__setitem__(entry.name, entry))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._storage is not None:
                self._storage.close()
                self._storage = None

    def _files(self) -> list[Path]:
        return [self.path, Path(f"{self.path}-wal"), Path(f"{self.path}-shm")]

    def warn(self) -> None:
        """Give one warning of all that went wrong with the file since the last one."""
        with self._lock:
            troubles, self._troubles = self._troubles, {}
        if troubles:
            warn_caller(" ".join(troubles), CacheWarning)

    def after_fork(self) -> None:
        """Begin anew in a forked child: the parent's connection is neither used nor closed there."""
        _OF_PARENTS.append(self._storage)
        self._storage = None
        self._lock = threading.RLock()

    def _note(self, words: str) -> None:
        self._troubles[words] = None

    def _with_storage(self, use: Callable[[SQLiteDict], _Result]) -> _Result | None:
        """Use the file; None where it cannot be used, which `warn` will tell."""
        with self._lock:
            if time.monotonic() < self._rests_until:
                return None
            try:
                return use(self._opened())
            except sqlite3.Error as error:
                return self._use_again(use, error)
            except OSError as error:
                self._rest(error)
                return None

    def _use_again(self, use: Callable[[SQLiteDict], _Result], error: sqlite3.Error) -> _Result | None:
        """Where the file is damaged or another's, set it aside, begin a new one and use that."""
        foreign = any(words in str(error) for words in _FOREIGN)
        if not foreign and isinstance(error, (sqlite3.OperationalError, sqlite3.ProgrammingError)):
            self._rest(error)  # locked, full, read-only: not damage
            return None
        try:
            self._set_aside(error)
            return use(self._opened())
        except (sqlite3.Error, OSError) as again:
            self._rest(again)
            return None

    def _rest(self, error: Exception) -> None:
        """Leave the file alone for a while."""
        with contextlib.suppress(sqlite3.Error):
            self.close()
        self._rests_until = time.monotonic() + _REST
        self._note(
            f"the cache file {self.path.name} cannot be used now ({_reason(error)}): answers come from the "
            "server and are not kept. Free the disk or the file, or pass connect(cache_dir=...)."
        )

    def _opened(self) -> SQLiteDict:
        if self._storage is None:
            self._storage = opened(self.path)
        return self._storage

    def _set_aside(self, error: sqlite3.Error) -> None:
        self.close()
        aside = self.path.with_name(f"{self.path.name}.damaged-{time.time_ns()}")
        self.path.rename(aside)
        for part in self._files()[1:]:
            part.unlink(missing_ok=True)
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        self._note(
            f"the cache file was damaged ({_reason(error)}); it was set aside as {aside.name} and a new one "
            "begun. What it held is fetched again."
        )


# A connection that a parent process opened: closed in a child, it would take the parent's locks with it.
_OF_PARENTS: list[SQLiteDict | None] = []


def _is_pin(name: str) -> bool:
    return name.startswith(_PIN)


def _sound(storage: SQLiteDict, name: str) -> Entry | DamagedRowError | None:
    try:
        entry: Entry | None = storage.get(name)
    except DamagedRowError as error:
        return error
    return entry if entry is None or entry.name == name else DamagedRowError()


def _reason(error: Exception) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)


def _name(service_account_id: str, resource: str, query: Mapping[str, str]) -> str:
    """Name a row. Its parts are checked ids and our own words: requests-cache puts it into SQL as text."""
    words = "&".join(f"{key}={value}" for key, value in query.items())
    return f"{service_account_id}/{resource}?{words}"
