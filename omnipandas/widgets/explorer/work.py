"""Work in the background, of which only the latest counts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class SupersededError(Exception):
    """Later work was begun: what is under way is of no use any more."""


class Turn:
    """One piece of work's right to be seen, until the next begins.

    Parameters
    ----------
    work : Work
        Whose turn it is.
    number : int
        Which turn.
    """

    def __init__(self, work: Work, number: int) -> None:
        self._work, self._number = work, number

    def require(self) -> None:
        """Raise `SupersededError` once later work has begun."""
        if self._number != self._work.latest:
            raise SupersededError

    def act(self, act: Callable[[], None]) -> None:
        """Do something for all to see, while nothing else begins; `SupersededError` where it is too late."""
        with self._work.lock:
            self.require()
            act()


class Work:
    """Threads, each begun with a turn of its own.

    Attributes
    ----------
    lock : threading.RLock
        Held by whoever begins work or shows what came of it.
    latest : int
        The number of the latest turn.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.latest = 0
        self._threads: list[threading.Thread] = []

    def turn(self) -> Turn:
        """Supersede what is under way."""
        with self.lock:
            self.latest += 1
            return Turn(self, self.latest)

    def begin(self, turn: Turn, do: Callable[[Turn], None]) -> None:
        """Do something in the background; a `SupersededError` is its quiet end."""

        def run() -> None:
            try:
                do(turn)
            except SupersededError:
                return

        thread = threading.Thread(target=run, name="omnipandas-explorer", daemon=True)
        with self.lock:
            self._threads = [other for other in self._threads if other.is_alive()] + [thread]
        thread.start()

    def join(self, timeout: float) -> None:
        """Wait until nothing is under way any more.

        Raises
        ------
        TimeoutError
            Something still is, after `timeout` [s].
        """
        deadline = time.monotonic() + timeout
        while alive := [thread for thread in self._threads if thread.is_alive()]:
            alive[-1].join(max(0.0, deadline - time.monotonic()))
            if alive[-1].is_alive():
                raise TimeoutError(f"the explorer was still at work after {timeout:g} s.")
