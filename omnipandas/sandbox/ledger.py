"""What was asked and served."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Served:
    """One request and its answer.

    Parameters
    ----------
    at : datetime
        When, by the sandbox's clock.
    method, path, query : str
        What was asked.
    endpoint : str
        Which endpoint that is; ``unknown`` for none.
    authorized : bool
        Whether an Authorization header came along; its content is never kept.
    status : int or None
        What was answered; None where the connection was broken first.
    fault : str or None
        The fault that struck.
    sent : int
        Bytes of body that were sent, or given to the connection.
    """

    at: datetime
    method: str
    path: str
    query: str
    endpoint: str
    authorized: bool
    status: int | None = None
    fault: str | None = None
    sent: int = field(default=0)


class Ledger:
    """The requests of a sandbox, in order, safe to read while it serves."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: list[Served] = []

    def add(self, row: Served) -> None:
        """Write a row."""
        with self._lock:
            self._rows.append(row)

    def rows(self) -> list[Served]:
        """Return all rows so far."""
        with self._lock:
            return list(self._rows)

    def clear(self) -> None:
        """Start anew."""
        with self._lock:
            self._rows.clear()

    def counts(self) -> Counter[str]:
        """Return how many requests each endpoint, each status and each fault had, and all together."""
        counts: Counter[str] = Counter()
        for row in self.rows():
            counts["all"] += 1
            counts[row.endpoint] += 1
            counts[str(row.status) if row.status else "broken"] += 1
            if row.fault:
                counts[row.fault] += 1
        return counts
