"""The end of a call that nobody waits for any more: its threads stop waiting, whatever for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Endable(Protocol):
    """What a thread may be waiting for."""

    def end(self) -> None:
        """End it now."""
        ...


class Stop:
    """Whether a call is to stop, and what its threads wait for meanwhile."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._waits: set[Endable] = set()

    @property
    def is_set(self) -> bool:
        """Whether the call is to stop."""
        return self._event.is_set()

    def set(self) -> None:
        """Have the call stop: end what its threads wait for."""
        self._event.set()
        with self._lock:
            for wait in self._waits:
                wait.end()

    @contextmanager
    def watching(self, wait: Endable) -> Iterator[None]:
        """Have `set` end a wait while it lasts."""
        with self._lock:
            self._waits.add(wait)
            if self.is_set:
                wait.end()
        try:
            yield
        finally:
            with self._lock:
                self._waits.discard(wait)

    def sleep(self, seconds: float, sleep: Callable[[float], None]) -> None:
        """Wait by the client's own way of waiting, or until the call is to stop."""
        if sleep is time.sleep:
            self._event.wait(seconds)
        else:
            sleep(seconds)


# The call that this thread works for; by default one that never stops.
CALL: ContextVar[Stop] = ContextVar("omnipandas_call", default=Stop())  # noqa: B039  # shared on purpose: never set
