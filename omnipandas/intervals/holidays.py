"""Holidays: which local days count as a Sunday, by region, by name, by date or by a utility's calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache, partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError

from .units import Mask

Holidays = str | Iterable[date | np.datetime64 | str]
Dates = npt.NDArray[np.datetime64]
Named = Mapping[date, str]
# A name is known where one of these years has it: some holidays are not in every year.
_YEARS = 2024, 2028


@dataclass(frozen=True, slots=True)
class UtilityCalendar:
    """The holidays that a utility or a grid's operator names, and what it does with those on a weekend.

    Parameters
    ----------
    names : tuple of str
        Holidays of the United States.
    moved : mapping of int to int
        By how many days a holiday on a weekday (Monday 0 to Sunday 6) is moved.
    source : str
        Where it says so.
    """

    names: tuple[str, ...]
    moved: Mapping[int, int]
    source: str


UTILITY_CALENDARS = {
    "NERC": UtilityCalendar(
        (
            "New Year's Day",
            "Memorial Day",
            "Independence Day",
            "Labor Day",
            "Thanksgiving Day",
            "Christmas Day",
        ),
        {6: 1},
        "NERC Resources Subcommittee, Additional Off-peak Days: https://www.nerc.com/comm/OC/"
        "RS%20Agendas%20Highlights%20and%20Minutes%20DL/Additional_Off-peak_Days.pdf",
    ),
}


def checked_holidays(holidays: Holidays | None) -> tuple[date | str, ...]:
    """Return holidays as they are written, each once it is known what it means; nothing for None.

    Parameters
    ----------
    holidays : str, or iterable of date and str
        Each of them is a date (``"2025-07-04"`` too), or in words, upper case or not:

        - a state of the United States (``"AZ"``, ``"US-AZ"``, ``"Arizona"``; ``"CA"`` is California), or a
          country with or without its subdivision (``"US"``, ``"FR"``, ``"Canada"``, ``"CA-BC"``,
          ``"AU-NSW"``). A country whose two letters are a state's is given by three (``"CAN"``) or in full.
        - a calendar of `UTILITY_CALENDARS` (``"NERC"``).
        - a holiday's name (``"Labor Day"``): one of the federal calendar of the United States, else of most
          of the states that know it (``"Day After Thanksgiving"``), or of the region before it
          (``"CA-BC: Family Day"``). The days on which it is observed belong to it.

    Raises
    ------
    ArgumentError
        Where something in it means nothing, or two things.
    """
    if holidays is None:
        return ()
    if not isinstance(holidays, str | Iterable):
        raise ArgumentError(f"holidays are a region such as 'AZ', or dates or names, not {holidays!r}.")
    return tuple(_checked(each) for each in ([holidays] if isinstance(holidays, str) else holidays))


def _checked(each: object) -> date | str:
    if isinstance(each, str) and not each[:4].isdecimal():
        _source(each)
        return each
    if isinstance(each, str | date | np.datetime64):
        try:
            stamp = pd.Timestamp(each)
        except ValueError as error:
            raise ArgumentError(f"holidays: {each!r} is no date such as '2025-07-04'.") from error
        if isinstance(stamp, pd.Timestamp):
            return stamp.date()
    raise ArgumentError(f"holidays: {each!r} is neither a date nor the name of a region or a holiday.")


def holiday_mask(dates: Dates, holidays: Holidays | None) -> Mask:
    """Mark the local dates (``datetime64[D]``) that are holidays, as `checked_holidays` reads them.

    Raises
    ------
    ArgumentError
        As `checked_holidays`.
    """
    return np.isin(dates, np.array(list(holiday_names(dates, holidays)), dtype="datetime64[D]"))


def holiday_names(dates: Dates, holidays: Holidays | None) -> dict[np.datetime64, str]:
    """Return the holidays among the dates, in order, with their names; a mere date's is day and month.

    Raises
    ------
    ArgumentError
        As `checked_holidays`.
    """
    wanted = checked_holidays(holidays)
    if not len(dates) or not wanted:
        return {}
    low, high = dates.min().astype(object), dates.max().astype(object)
    found: dict[date, str] = {}
    for each in reversed(wanted):
        found |= _source(each)(low.year, high.year + 1) if isinstance(each, str) else {each: f"{each:%d %B}"}
    return {np.datetime64(day, "D"): found[day] for day in sorted(found) if low <= day <= high}


@lru_cache(maxsize=256)
def _source(words: str) -> Callable[[int, int], Named]:
    """Return what gives the holidays that the words mean, of the years from one to before another."""
    if words.strip().upper() in UTILITY_CALENDARS:
        return partial(_of_utility, UTILITY_CALENDARS[words.strip().upper()])
    place, _, name = words.rpartition(":")
    region = _region(place or words)
    if region and not place:
        return partial(_calendar, *region)
    if region:
        known = partial(_of_name, _key(name), *region)
        if known(*_YEARS):
            return known
        names = sorted({name for name in _calendar(*region, *_YEARS).values() if "(" not in name})
        raise ArgumentError(f"holidays: {place} has no {name.strip()!r}. It has {', '.join(names)}.")
    for known in (partial(_of_name, _key(name), "US", None), partial(_of_most_states, _key(name))):
        if not place and known(*_YEARS):
            return known
    names = sorted({name for name in _calendar("US", None, *_YEARS).values() if "(" not in name})
    raise ArgumentError(
        f"holidays: {words!r} is not known. Give a state such as 'AZ', a country such as 'US', 'CAN' or "
        f"'France', with or without its subdivision ('CA-BC', 'AU-NSW'), a utility calendar "
        f"({', '.join(UTILITY_CALENDARS)}), dates, or names of holidays: {', '.join(names)}, those of "
        "states, and others with their region before them ('CA-BC: Family Day')."
    )


def _key(words: str) -> str:
    """Return a name without what people write in different ways: case, blanks, apostrophes."""
    return "".join(letter for letter in words.casefold() if letter.isalnum())


def _region(words: str) -> tuple[str, str | None] | None:
    """Return the country's two letters and the subdivision that words mean; None where they mean none."""
    import holidays  # 40 ms to import; most studies never ask

    countries, states = _places()
    first, hyphen, part = words.partition("-")
    before = countries.get(_key(first))
    known = holidays.list_supported_countries()[before] if hyphen and before else []
    if subdivision := {_key(name): name for name in known}.get(_key(part)):
        return str(before), subdivision
    # "AR-G" is no other way to write "ARG"; "Guinea-Bissau" is one country's name.
    whole = "" if hyphen and len(_key(words)) < 4 else _key(words)
    state, country = states.get(whole), countries.get(whole)
    if state and country and len(whole) > 2 and state != country:
        raise ArgumentError(
            f"holidays: {words!r} is a state and a country: say 'US-{state}', or the country's three letters."
        )
    if state:
        return "US", state
    return (country, None) if country else None


@cache
def _places() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the two letters of countries and of the United States' states, by code and by name."""
    import holidays  # as in `_region`
    from holidays.registry import COUNTRIES

    countries = {_key(code): codes[1] for codes in COUNTRIES.values() for code in codes[1:]}
    countries |= {_key(name): codes[1] for name, codes in COUNTRIES.items()}
    states = {_key(code): code for code in holidays.list_supported_countries()["US"]}
    names = holidays.country_holidays("US").subdivisions_aliases
    return countries, states | {_key(name): code for name, code in names.items()}


@lru_cache(maxsize=256)
def _calendar(country: str, subdivision: str | None, start: int, stop: int, observed: bool = True) -> Named:
    import holidays

    return dict(holidays.country_holidays(country, subdivision, years=range(start, stop), observed=observed))


def _of_name(key: str, country: str, subdivision: str | None, start: int, stop: int) -> Named:
    """Return a region's holidays of one name, with the days on which they are observed."""
    every = _calendar(country, subdivision, start, stop)
    return {
        day: name for day, name in every.items() if key in {_key(n.split(" (")[0]) for n in name.split("; ")}
    }


@lru_cache(maxsize=64)
def _of_most_states(key: str, start: int, stop: int) -> Named:
    """Return the holidays of a name as most of those states have them that have it at all."""
    states = sorted(set(_places()[1].values()))
    every = [_of_name(key, "US", state, start, stop) for state in states]
    found: dict[date, str] = {}
    for year in range(start, stop):
        own = (tuple((day, name) for day, name in named.items() if day.year == year) for named in every)
        if counts := Counter(days for days in own if days):
            found |= dict(counts.most_common(1)[0][0])
    return found


def _of_utility(calendar: UtilityCalendar, start: int, stop: int) -> Named:
    # A day may be moved over the turn of the year.
    exact = _calendar("US", None, start - 1, stop + 1, observed=False)
    return {
        day + timedelta(calendar.moved.get(day.weekday(), 0)): name
        for day, name in exact.items()
        if name in calendar.names
    }
