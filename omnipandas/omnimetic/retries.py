"""How a failed request is repeated: only where it is safe, the failure may pass, and time is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import tenacity

from omnipandas.errors import OmnipandasError

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How a failed request is repeated: only where it is safe, the failure may pass, and time is left.

    Parameters
    ----------
    attempts : int
        Most tries of one request.
    first_wait, longest_wait : float
        Wait after the first failure, doubled each time with jitter, and its bound [s].
    budget : float
        Longest time that one request may take with all its repeats [s]. A ``Retry-After`` is honoured
        where it fits in; one that does not ends the request with its error at once.
    """

    attempts: int = 5
    first_wait: float = 0.5
    longest_wait: float = 8.0
    budget: float = 60.0

    def repeated(self, ask: Callable[[], _Result], sleep: Callable[[float], None]) -> _Result:
        """Return what `ask` returns. All our requests are safe to repeat: reads, and a login."""
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_may_pass),
            wait=self._wait,
            stop=self._is_over,
            sleep=sleep,
            reraise=True,
        )
        return retrying(ask)

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = _failure(state)
        if error.retry_after is not None:
            return error.retry_after
        # Half of the wait is certain and half is chance, so that clients that failed together part.
        half = {"multiplier": self.first_wait / 2, "max": self.longest_wait / 2}
        return (tenacity.wait_exponential(**half) + tenacity.wait_random_exponential(**half))(state)

    def _is_over(self, state: tenacity.RetryCallState) -> bool:
        spent = max(state.idle_for, state.seconds_since_start or 0.0)
        return state.attempt_number >= self.attempts or spent + state.upcoming_sleep > self.budget


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, OmnipandasError) and error.retryable


def _failure(state: tenacity.RetryCallState) -> OmnipandasError:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, OmnipandasError):
        raise TypeError("only failed requests are repeated") from error
    return error
