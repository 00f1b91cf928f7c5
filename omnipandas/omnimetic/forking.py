"""What a forked child must not share with its parent: sockets, database connections, threads' locks."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Forked(Protocol):
    """Whoever has something that does not survive a fork."""

    def after_fork(self) -> None:
        """Begin anew, in the child, before any other code of it runs."""
        ...


_ALL: weakref.WeakSet[Forked] = weakref.WeakSet()


def begins_anew(one: Forked) -> None:
    """See to it that `one` begins anew in every child that is forked from this process."""
    _ALL.add(one)


def _in_child() -> None:
    for one in list(_ALL):
        one.after_fork()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_in_child)
