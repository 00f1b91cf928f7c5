"""What `connect` takes: each setting's name, type, default and check, written here and nowhere else."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field, replace
from pathlib import Path
from typing import Literal, ParamSpec, Self, TypeVar

from omnipandas.errors import ArgumentError
from omnipandas.intervals.zones import zone_name

from .cache import DAY
from .retries import RetryPolicy

Clock = Literal["utc", "wall"]
_Fields = ParamSpec("_Fields")
_Settings = TypeVar("_Settings")
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Settings:
    """How a client is made and behaves, as `connect` documents it."""

    client_id: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    _: KW_ONLY
    base_url: str | None = None
    cache_dir: str | Path | None = None
    clock: Clock = "utc"
    timezone: str | None = None
    max_workers: int = 4
    timeout: tuple[float, float] = (10.0, 30.0)
    deadline: float = 120.0
    retry: RetryPolicy = RetryPolicy()  # noqa: RUF009  # frozen: one default may serve all
    expire_closed: float = 90 * DAY
    expire_open: float = 3600.0
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def without_key(self) -> Self:
        """Return the settings without the key, for whoever needs it no more."""
        return replace(self, client_id=None, secret=None)

    def require_sound(self) -> None:
        """Raise where a client cannot be made so.

        Not on construction: the frame of a dataclass' own constructor has the secret among its locals.

        Raises
        ------
        ArgumentError
            An unknown clock or zone, or no room for a request.
        """
        if self.clock not in ("utc", "wall"):
            raise ArgumentError(f'clock is "utc" or "wall", not {self.clock!r}.')
        if self.timezone is not None:
            zone_name(self.timezone)
        workers: object = self.max_workers
        if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
            raise ArgumentError(f"max_workers is a whole number from 1, not {workers!r}.")


def taking(
    settings: Callable[_Fields, _Settings],
) -> Callable[[Callable[[_Settings], _Made]], Callable[_Fields, _Made]]:
    """Have a function of settings take their fields as its own arguments.

    Whoever reads its signature, a person in a notebook or a type checker, finds the fields, with their
    types and defaults.
    """

    def of_fields(make: Callable[[_Settings], _Made]) -> Callable[_Fields, _Made]:
        @functools.wraps(make)
        def made(*args: _Fields.args, **kwargs: _Fields.kwargs) -> _Made:
            try:
                given = settings(*args, **kwargs)
            finally:
                del args, kwargs  # a traceback that shows locals shows no key
            return make(given)

        fields = inspect.signature(settings, eval_str=True)
        returned = inspect.signature(make, eval_str=True).return_annotation
        shown = fields.replace(return_annotation=returned)
        made.__annotations__ = {p.name: p.annotation for p in fields.parameters.values()}
        made.__annotations__["return"] = returned
        made.__signature__ = shown  # type: ignore[attr-defined]  # what inspect.signature looks for first
        return made

    return of_fields
