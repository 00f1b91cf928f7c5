"""Every error and warning of omnipandas.

OmnipandasError
├── ConnectionFailedError       no answer: refused, dropped, timed out, too many redirects
├── ResponseError               an answer with an error status
│   ├── BadRequestError         400
│   ├── UnauthorizedError       401, 403
│   ├── NotFoundError           404
│   ├── RateLimitError          429
│   └── ServerError             5xx
├── PayloadError                an answer that is not what the vendor's document promises
├── IncompleteError             part of a range or of the ids failed; carries what arrived
├── LinkingError                OmniConnect ended, and no account was linked
├── ArgumentError               (also ValueError) an argument that cannot be right
├── SchemaError                 (also ValueError) a frame that is not what a function takes
├── TariffError                 (also ValueError) a tariff that cannot be read or priced
└── CredentialsError            (also ValueError) no key, half of one, or one that may not be shown

OmnipandasWarning               (a UserWarning)
├── CacheWarning                a cache file was damaged and set aside
├── QualityWarning              what the vendor sent contradicts itself or the calendar
├── SettingsWarning             a setting was found where it is not to be trusted, and left alone
└── StaleDataWarning            cached values older than they should be were returned
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

_PACKAGE = f"{Path(__file__).parent}{os.sep}"


class OmnipandasError(Exception):
    """Root of all errors that omnipandas raises on purpose.

    Parameters
    ----------
    message : str
        What went wrong, where, and what to do.
    status_code : int, optional
        HTTP status of the answer, where there was one.
    retry_after : float, optional
        Seconds the server asked to wait, where it did.
    retryable : bool, default False
        Whether the same call may succeed later without a change.
    """

    def __init__(
        self,
        message: str,
        *,
        status_code: int | None = None,
        retry_after: float | None = None,
        retryable: bool = False,
    ) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.retry_after = retry_after
        self.retryable = retryable


class ConnectionFailedError(OmnipandasError):
    """No usable answer came: refused, dropped, timed out, or redirected to where we do not go."""


class ResponseError(OmnipandasError):
    """The server answered with an error status."""


class BadRequestError(ResponseError):
    """400: the server found a parameter missing or wrong."""


class UnauthorizedError(ResponseError):
    """401 or 403: the key, or the token made from it, is not accepted."""


class NotFoundError(ResponseError):
    """404: no such account, service account or resource."""


class RateLimitError(ResponseError):
    """429: too many requests; `retry_after` says how long to wait, where the server told."""


class ServerError(ResponseError):
    """5xx: the fault lies with the server."""


class PayloadError(OmnipandasError):
    """An answer's content is not what the vendor's document promises.

    Parameters
    ----------
    message : str
        What went wrong, where, and what to do; never the content itself.
    path : str
        Where in the answer, for example ``$[3].totalUsage``.
    expected, found : str
        What the contract says should stand there, and what kind of thing did.
    status_code : int, optional
        HTTP status of the answer.
    """

    def __init__(
        self,
        message: str,
        *,
        path: str = "$",
        expected: str = "",
        found: str = "",
        status_code: int | None = None,
    ) -> None:
        super().__init__(message, status_code=status_code)
        self.path = path
        self.expected = expected
        self.found = found


class IncompleteError(OmnipandasError):
    """Part of a range or of the ids failed; nothing that arrived is lost.

    Parameters
    ----------
    message : str
        Which parts failed and why.
    partial : DataFrame
        What did arrive, in the shape that the call would have returned.
    failures : mapping of str to OmnipandasError
        Each failed part, for example ``"64d4... 2023-02"``, with its error.
    resume : callable
        Asks again for the failed parts only and returns the whole.

    Notes
    -----
    `status_code`, `retry_after` and `retryable` are those of the first failure.
    """

    def __init__(
        self,
        message: str,
        *,
        partial: Any,
        failures: Mapping[str, OmnipandasError],
        resume: Callable[[], Any],
    ) -> None:
        first = next(iter(failures.values()))
        super().__init__(
            message,
            status_code=first.status_code,
            retry_after=first.retry_after,
            retryable=first.retryable,
        )
        self.partial = partial
        self.failures = dict(failures)
        self._resume = resume

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes with all but the connection that `resume` would ask over."""
        return _incomplete, (str(self), self.partial, self.failures)

    def resume(self) -> Any:
        """Ask again for what failed; return the whole, or raise a new `IncompleteError`.

        Returns
        -------
        DataFrame
            What the first call would have returned.

        Raises
        ------
        OmnipandasError
            As the first call.
        """
        return self._resume()


def _incomplete(message: str, partial: Any, failures: Mapping[str, OmnipandasError]) -> IncompleteError:
    return IncompleteError(message, partial=partial, failures=failures, resume=_far_from_home)


def _far_from_home() -> Any:
    raise ArgumentError(
        "this error came from another process, which alone can resume: make the call again; what arrived is "
        "in the cache."
    )


class LinkingError(OmnipandasError):
    """OmniConnect ended, and no account was linked.

    Parameters
    ----------
    message : str
        What happened and what to do.
    outcome : str
        How it ended, in the words of the widget's `status`: ``"OM400"``, ``"cancelled"`` and so on.
    """

    def __init__(self, message: str, *, outcome: str) -> None:
        super().__init__(message, retryable=outcome != "OM410")
        self.outcome = outcome

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes with the outcome."""
        return _linking, (str(self), self.outcome)


def _linking(message: str, outcome: str) -> LinkingError:
    return LinkingError(message, outcome=outcome)


class ArgumentError(OmnipandasError, ValueError):
    """An argument cannot be right; nothing was sent or written."""


class SchemaError(OmnipandasError, ValueError):
    """A frame lacks a column, an index or a unit that the function needs."""


class TariffError(OmnipandasError, ValueError):
    """A tariff cannot be read or priced; the message names the tariff and the field."""


class CredentialsError(OmnipandasError, ValueError):
    """No client id or no secret was found, or the key is not one that may be shown to a page."""


class OmnipandasWarning(UserWarning):
    """Root of all warnings that omnipandas gives."""


class CacheWarning(OmnipandasWarning):
    """A cache file was damaged: it was set aside and a new one begun."""


class QualityWarning(OmnipandasWarning):
    """What the vendor sent contradicts itself or the calendar; it was kept as it came."""


class SettingsWarning(OmnipandasWarning):
    """A setting was found where it is not to be trusted, and was left alone."""


class StaleDataWarning(OmnipandasWarning):
    """The server failed, or was not to be asked: cached values past their time were returned."""


def warn_caller(message: str, category: type[Warning]) -> None:
    """Warn at the line that called the package, however deep within it the reason was found."""
    frame: FrameType | None = sys._getframe(1)
    depth = 2  # of the frames above warnings.warn, the first is this function's own
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame, depth = frame.f_back, depth + 1
    warnings.warn(message, category, stacklevel=depth)
