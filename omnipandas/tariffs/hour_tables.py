"""Twelve-by-24 schedules: which time-of-use period each hour of each month falls into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from omnipandas.errors import TariffError

Schedule = tuple[tuple[int, ...], ...]
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("all", "weekday", "weekend")


def constant(period: int = 0) -> Schedule:
    """Return the schedule in which every hour is of one period."""
    return ((period,) * 24,) * 12


def monthly(months: Iterable[int]) -> Schedule:
    """Return the schedule in which all hours of a month are of the period given for it."""
    return tuple((period,) * 24 for period in months)


def as_schedule(rows: object, periods: int, *, where: str) -> Schedule:
    """Return `rows` as a schedule, each entry checked to be one of `periods` periods.

    Raises
    ------
    TariffError
        Naming `where`, the month and the hour: not 12 x 24, not whole numbers, no such period.
    """
    if not isinstance(rows, list | tuple) or len(rows) != 12:
        raise TariffError(f"{where} must have 12 rows, one for each month.")
    schedule = []
    for month, row in zip(_MONTHS, rows, strict=True):
        if not isinstance(row, list | tuple) or len(row) != 24:
            raise TariffError(f"{where}, {month}: a row needs 24 entries, one for each hour of the day.")
        for hour, entry in enumerate(row):
            if isinstance(entry, bool) or not isinstance(entry, int | float) or entry != int(entry):
                raise TariffError(f"{where}, {month}, hour {hour}: {entry!r} is not a period's number.")
            if not 0 <= entry < periods:
                raise TariffError(
                    f"{where}, {month}, hour {hour}: period {int(entry)} is named but only {periods} "
                    f"period(s) (0 to {periods - 1}) are defined."
                )
        schedule.append(tuple(int(entry) for entry in row))
    return tuple(schedule)


def from_windows(
    windows: Mapping[str, str | Iterable[str]], *, where: str
) -> tuple[tuple[str, ...], Schedule, Schedule]:
    """Return period labels and the weekday and weekend schedules that windows in words describe.

    Parameters
    ----------
    windows : mapping of str to str or iterable of str
        Period label to its window or windows: ``"jun-sep weekday 16-21"``. Each part may be left out:
        months (all), days (``weekday``, ``weekend`` or all), hours (all; half-open, may pass midnight).
        The one window ``"otherwise"`` takes every hour that no other window takes.
    where : str
        Tariff and field, for the message of an error.

    Raises
    ------
    TariffError
        A window that cannot be read, two windows over one hour, or an hour in no window.
    """
    labels = tuple(windows)
    taken: dict[tuple[bool, int, int], int] = {}
    rest = None
    for period, (label, texts) in enumerate(windows.items()):
        for text in [texts] if isinstance(texts, str) else texts:
            if text.strip() == "otherwise":
                rest = period
                continue
            for slot in _slots(text, where=f"{where}, period {label!r}"):
                if slot in taken:
                    raise TariffError(
                        f"{where}: windows overlap, {_named(slot)} is in {labels[taken[slot]]!r} "
                        f"and in {label!r}."
                    )
                taken[slot] = period
    schedules = []
    for weekend in (False, True):
        rows = []
        for month in range(12):
            row = [taken.get((weekend, month, hour), rest) for hour in range(24)]
            if None in row:
                slot = (weekend, month, row.index(None))
                raise TariffError(
                    f"{where}: a window is missing, {_named(slot)} is in no period. "
                    'Add a window, or give one period the window "otherwise".'
                )
            rows.append(tuple(period for period in row if period is not None))
        schedules.append(tuple(rows))
    return labels, schedules[0], schedules[1]


def _named(slot: tuple[bool, int, int]) -> str:
    weekend, month, hour = slot
    return f"{_MONTHS[month]} {'weekend' if weekend else 'weekday'} {hour}:00"


def _slots(text: str, *, where: str) -> list[tuple[bool, int, int]]:
    months: list[int] = []
    hours: list[int] = []
    days: str | None = None
    for word in text.lower().replace(",", " ").split():
        if word in _DAYS and days is None:
            days = word
        elif word[0].isdigit():
            hours += _span(word, [str(h) for h in range(25)], 24, where=where)
        else:
            months += _span(word, list(_MONTHS), 12, where=where)
    weekends = {None: (False, True), "all": (False, True), "weekday": (False,), "weekend": (True,)}[days]
    return [(w, m, h) for w in weekends for m in (months or range(12)) for h in (hours or range(24))]


def _span(word: str, names: list[str], modulus: int, *, where: str) -> list[int]:
    """Read ``jun-sep`` (both ends in) or ``16-21`` (its end out); a span may pass the year's or day's end."""
    parts = word.split("-")
    if len(parts) > 2 or any(part not in names for part in parts):
        raise TariffError(
            f"{where}: cannot read {word!r}. A window reads like 'jun-sep weekday 16-21' "
            "(months, weekday or weekend, hours from 0 to 24)."
        )
    first, last = names.index(parts[0]), names.index(parts[-1])
    if modulus == 12:
        return [(first + step) % 12 for step in range((last - first) % 12 + 1)]
    if len(parts) == 1:
        raise TariffError(f"{where}: {word!r} is one hour's edge; give a span such as '16-21'.")
    length = last - first if last > first else last - first + 24
    return [(first + step) % 24 for step in range(length)]
