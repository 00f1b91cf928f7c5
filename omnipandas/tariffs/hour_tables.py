"""Twelve-by-24 schedules: which time-of-use period each hour of each month falls into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from omnipandas.errors import ArgumentError, TariffError
from omnipandas.intervals.week_tables import WeekTable
from omnipandas.intervals.windows import MONTHS, PeakWindow, read_clause

Schedule = tuple[tuple[int, ...], ...]
# What a week has that the two tables cannot say.
BEYOND = (
    "12 x 24 hours of weekdays and weekends cannot hold its windows (parts of an hour, weekdays that "
    "differ, or windows over midnight that not every day has)"
)


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
    for month, row in zip(map(str.lower, MONTHS), rows, strict=True):
        if not isinstance(row, list | tuple) or len(row) != 24:
            raise TariffError(f"{where}, {month}: a row needs 24 entries, one for each hour of the day.")
        for hour, entry in enumerate(row):
            if isinstance(entry, bool) or not isinstance(entry, int | float) or not float(entry).is_integer():
                raise TariffError(f"{where}, {month}, hour {hour}: {entry!r} is not a period's number.")
            if not 0 <= entry < periods:
                raise TariffError(
                    f"{where}, {month}, hour {hour}: period {int(entry)} is named but only {periods} "
                    f"period(s) (0 to {periods - 1}) are defined."
                )
        schedule.append(tuple(int(entry) for entry in row))
    return tuple(schedule)


def week_in_words(
    windows: Mapping[str, str | Iterable[str]], *, where: str
) -> tuple[tuple[str, ...], WeekTable]:
    """Return period labels and the week that windows in words describe.

    Parameters
    ----------
    windows : mapping of str to str or iterable of str
        Period label to its windows, in the words of `PeakSchedule.parse`: clauses parted by ``;``, or a
        list of them. What is left out holds always: days, months, and hours too. The clause ``otherwise``
        takes all that no other period takes.
    where : str
        Tariff and field, for the message of an error.

    Raises
    ------
    TariffError
        Words that cannot be read, windows of two periods that overlap, or an hour in no window.
    """
    labels = tuple(windows)
    found: list[tuple[int, PeakWindow]] = []
    rest = None
    for period, (label, texts) in enumerate(windows.items()):
        for clause in _clauses(texts, where=f"{where}, period {label!r}"):
            if clause.lower() != "otherwise":
                found += [(period, window) for window in _windows(clause, f"{where}, period {label!r}")]
            elif rest in (None, period):
                rest = period
            else:
                raise TariffError(f'{where}: {labels[rest]!r} and {label!r} are both "otherwise".')
    try:
        return labels, WeekTable.of_windows(found, rest=rest, labels=labels)
    except ArgumentError as error:
        raise TariffError(f"{where}: {error}") from error


def from_windows(
    windows: Mapping[str, str | Iterable[str]], *, where: str
) -> tuple[tuple[str, ...], Schedule, Schedule]:
    """Return period labels and the weekday and weekend schedules that windows in words describe.

    Parameters
    ----------
    windows, where
        As of `week_in_words`.

    Raises
    ------
    TariffError
        As `week_in_words`, or 12 x 24 hours of weekdays and weekends cannot hold the windows.
    """
    labels, week = week_in_words(windows, where=where)
    schedules = schedules_of(week)
    if schedules is None:
        raise TariffError(f"{where}: {BEYOND}.")
    return labels, *schedules


def schedules_of(week: WeekTable) -> tuple[Schedule, Schedule] | None:
    """Return the weekday and the weekend schedule that say the same as a week, where two can."""
    tables = week.tables()
    if tables is None:
        return None
    weekday, weekend = (tuple(map(tuple, table.tolist())) for table in tables)
    return weekday, weekend


def _clauses(texts: object, *, where: str) -> list[str]:
    given = [texts] if isinstance(texts, str) or not isinstance(texts, Iterable) else list(texts)
    words = [text for text in given if isinstance(text, str)]
    if len(words) < len(given):
        raise TariffError(f"{where}: a window is words such as 'jun-sep weekday 16-21', not {texts!r}.")
    clauses = [clause.strip() for text in words for clause in text.split(";")]
    if given and not any(clauses):
        raise TariffError(f'{where}: its window is empty; "all" is every hour.')
    return [clause for clause in clauses if clause]


def _windows(clause: str, where: str) -> tuple[PeakWindow, ...]:
    try:
        return read_clause(clause).windows()
    except ArgumentError as error:
        raise TariffError(f"{where}: {error}") from error
