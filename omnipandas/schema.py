"""The tables of omnipandas: each column's name, dtype, unit and meaning, defined once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from .errors import SchemaError

# Decided here for all tables: text that is missing as NaN, which pandas 2.3 does not mean by "str", and
# instants of one unit, which pandas chooses by where they come from.
TEXT = pd.StringDtype(na_value=np.nan)
UNIT: Final = "us"
STAMP = f"datetime64[{UNIT}]"
_INSTANT = f"datetime64[{UNIT}, zone]"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Its name; the unit of a quantity is the name's last word.
    dtype : str
        Its pandas dtype; ``datetime64[us, zone]`` stands for an instant in the frame's zone.
    unit : str
        Its unit, or ``-`` for text and labels.
    meaning : str
        What it says, in a sentence.
    """

    name: str
    dtype: str
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """A frame's index and columns.

    Parameters
    ----------
    name : str
        The table's name, in capitals as in the documents.
    meaning : str
        What a row is.
    index : Column
        The index.
    columns : tuple of Column
        The columns, in order.
    optional : tuple of Column
        Columns that a frame may have beside these.
    """

    name: str
    meaning: str
    index: Column
    columns: tuple[Column, ...]
    optional: tuple[Column, ...] = ()

    @property
    def names(self) -> list[str]:
        """Column names, in order."""
        return [column.name for column in self.columns]

    def empty(self, timezone: str = "UTC") -> pd.DataFrame:
        """Return a frame of no rows with all columns and dtypes, its instants in `timezone`."""
        columns = {column.name: pd.Series([], dtype=dtype_of(column, timezone)) for column in self.columns}
        index = pd.Index([], dtype=dtype_of(self.index, timezone), name=self.index.name)
        frame = pd.DataFrame({name: values.array for name, values in columns.items()}, index=index)
        return frame.rename_axis(index=self.index.name)

    def require(self, frame: pd.DataFrame, columns: Iterable[str] | None = None) -> None:
        """Raise unless `frame` has this table's index and the named `columns` (by default all).

        Raises
        ------
        SchemaError
            Naming what is missing or of another kind, and what makes it right.
        """
        if not isinstance(frame, pd.DataFrame):
            raise SchemaError(f"a {self.name} frame is needed, not {type(frame).__name__}.")
        self._require_index(frame)
        needed = [c for c in self.columns if columns is None or c.name in set(columns)]
        if missing := [c.name for c in needed if c.name not in frame.columns]:
            raise SchemaError(
                f"the {self.name} frame lacks the column(s) {', '.join(missing)}; it has "
                f"{', '.join(map(str, frame.columns))}. Rename yours, or add what is missing as NaN."
            )
        present = [c for c in self.optional if columns is None and c.name in frame.columns]
        for column in (*needed, *present):
            if column.dtype == "float64" and not pd.api.types.is_numeric_dtype(frame[column.name].dtype):
                raise SchemaError(
                    f"column {column.name} of the {self.name} frame must be numbers in {column.unit}, "
                    f"not {frame[column.name].dtype}."
                )

    def _require_index(self, frame: pd.DataFrame) -> None:
        if self.index.dtype == _INSTANT:
            checked_instants(frame.index, f"the {self.name} frame")
        elif self.index.dtype == STAMP:
            checked_stamps(frame.index, f"the {self.name} frame")


def checked_stamps(index: pd.Index, whose: str) -> pd.DatetimeIndex:
    """Return an index of dates.

    Raises
    ------
    SchemaError
        It holds something else, or misses some.
    """
    if not isinstance(index, pd.DatetimeIndex):
        raise SchemaError(
            f"{whose} needs a DatetimeIndex, not {type(index).__name__}: pd.to_datetime makes one of texts, "
            "op.read_intervals reads usage in other forms."
        )
    if index.hasnans:
        raise SchemaError(f"{whose}'s index holds NaT: drop those rows or date them.")
    return index


def checked_instants(index: pd.Index, whose: str) -> pd.DatetimeIndex:
    """Return an index of dates that are tz-aware.

    Raises
    ------
    SchemaError
        As `checked_stamps`, or where the index has no zone.
    """
    index = checked_stamps(index, whose)
    if index.tz is None:
        raise SchemaError(
            f"{whose}'s index has no time zone: give the premise's, for example "
            'tz_localize("America/New_York", ambiguous="infer").'
        )
    return index


def dtype_of(column: Column, timezone: str = "UTC") -> str | pd.StringDtype:
    """Return the column's pandas dtype with the frame's zone put in."""
    return TEXT if column.dtype == "str" else column.dtype.replace("zone", timezone)


_ACCOUNT = Column("service_account_id", "category", "-", "The utility service account that the row is of.")
_ON = Column("on_peak_kwh", "float64", "kWh", "Usage in the utility's on-peak hours; NaN where not reported.")
_OFF = Column("off_peak_kwh", "float64", "kWh", "Usage in all other hours; NaN where not reported.")
_TOTAL = Column("total_kwh", "float64", "kWh", "Usage as the utility totals it, kept as sent.")
_EXPORT = Column("export_kwh", "float64", "kWh", "Energy sent to the grid, not negative.")
_ESTIMATED = Column("estimated", "bool", "-", "Whether the utility estimated what it did not read.")

INTERVALS = Table(
    "INTERVALS",
    "One row per service account and interval, an hour unless the source is finer.",
    Column("interval_start", _INSTANT, "-", "The interval's left edge, in the premise's zone."),
    (
        _ACCOUNT,
        Column("interval_end", _INSTANT, "-", "The interval's right edge, not part of it."),
        _ON,
        _OFF,
        _TOTAL,
    ),
    (
        _EXPORT,
        _ESTIMATED,
        Column("timezone", "category", "-", "The premise's zone, where a frame has several."),
    ),
)

MONTHLY = Table(
    "MONTHLY",
    "One row per service account and month.",
    Column("month", STAMP, "-", "The month's first day, without a zone."),
    (
        _ACCOUNT,
        _ON,
        _OFF,
        _TOTAL,
        Column("cost_usd", "float64", "USD", "The month's bill; NaN where not reported, never 0."),
    ),
)

BILLS = Table(
    "BILLS",
    "One row per service account and bill, by its read dates.",
    Column("period_start", STAMP, "-", "The bill's first day, without a zone."),
    (
        _ACCOUNT,
        Column("period_end", STAMP, "-", "The day after the bill's last day, without a zone."),
        Column("days", "int64", "-", "Days from period_start to period_end."),
        _ON,
        _OFF,
        _TOTAL,
        Column("export_kwh", "float64", "kWh", "Energy sent to the grid; NaN where not reported."),
        Column("cost_usd", "float64", "USD", "The bill; NaN where not reported, never 0."),
        Column("estimated", "bool", "-", "Whether the utility estimated the reading behind the bill."),
    ),
)

SERVICE_ACCOUNTS = Table(
    "SERVICE_ACCOUNTS",
    "One row per service account.",
    Column("service_account_id", "str", "-", "The vendor's id, as OmniConnect returns it."),
    (
        Column("external_id", "str", "-", "The utility's own number for the account."),
        Column("street", "str", "-", "Street and number."),
        Column("city", "str", "-", "City."),
        Column("state", "str", "-", "State, as sent (two letters in the United States)."),
        Column("postal_code", "str", "-", "Postal code, as sent."),
        Column("timezone", "str", "-", "IANA zone of the ZIP code; missing where there is none."),
        Column("linked_at", f"datetime64[{UNIT}, UTC]", "-", "When the person linked the account."),
        Column("legal_names", "str", "-", "Names on the account, joined by '; '."),
    ),
)

CHARGES = Table(
    "CHARGES",
    "The ledger: one row per line item of a bill.",
    Column("line", "int64", "-", "Running number of the line item."),
    (
        _ACCOUNT,
        Column("period_start", _INSTANT, "-", "Start of the billing period."),
        Column("period_end", _INSTANT, "-", "End of the billing period, not part of it."),
        Column("charge", "str", "-", "The charge's name in the tariff."),
        Column("component", "str", "-", "fixed, energy, demand, minimum, credit, tax or rounding."),
        Column("tou_period", "str", "-", "Time-of-use period, where the charge has one."),
        Column("tier", "Int64", "-", "Tier, counted from 1, where the charge has tiers."),
        Column("quantity", "float64", "unit", "How much was charged for, in `unit`."),
        Column("unit", "str", "-", "kWh, kW, day, month, USD and the like."),
        Column("price", "float64", "USD/unit", "Price of one `unit`."),
        Column("amount_usd", "float64", "USD", "quantity x price; negative for a credit."),
    ),
)

# ---- usage studies -------------------------------------------------------------------------------
_HOURS = Column("hours", "float64", "h", "Time whose usage is known and lies behind the figure.")
_MISSING = Column(
    "missing_hours", "float64", "h", "Time that should have readings and has none, or none that is a number."
)

_BUCKET = Column(
    "interval_start",
    _INSTANT,
    "-",
    "Start of the local day, month or year; of the range for all.",
)

BASE_LOAD = Table(
    "BASE_LOAD",
    "Base load: one row per service account and day, month or year.",
    _BUCKET,
    (
        _ACCOUNT,
        Column("base_kw", "float64", "kW", "Median of the days' 2.5th percentiles of load."),
        Column("base_share", "float64", "-", "Base load by mean load."),
        Column("days", "int64", "-", "Days that count: those with 80 % of their hours or more."),
        _HOURS,
        _MISSING,
    ),
)

COINCIDENT_PEAK = Table(
    "COINCIDENT_PEAK",
    "Demand at the peak of all accounts: one row per service account and day, month or year.",
    _BUCKET,
    (
        _ACCOUNT,
        Column("coincident_at", _INSTANT, "-", "Start of the interval of the common peak."),
        Column("system_peak_kw", "float64", "kW", "Demand of all accounts then."),
        Column("coincident_kw", "float64", "kW", "Demand of this account then."),
        Column("own_peak_kw", "float64", "kW", "Highest demand of this account."),
        Column("coincidence_factor", "float64", "-", "Coincident by own peak."),
        _HOURS,
        _MISSING,
    ),
)

PERIOD_COMPARISON = Table(
    "PERIOD_COMPARISON",
    "Days of one period beside their like in another: one row per service account and day.",
    Column("date", STAMP, "-", "Day of the later period, without a zone."),
    (
        _ACCOUNT,
        Column("matched_date", STAMP, "-", "Its like in the earlier period; missing for none."),
        Column("matched_by", "str", "-", "weekday, or holiday and its name."),
        Column("before_kwh", "float64", "kWh", "Usage of the matched day; NaN where it lacks readings."),
        Column("after_kwh", "float64", "kWh", "Usage of the day; NaN where it lacks readings."),
        Column("change_kwh", "float64", "kWh", "after less before."),
        Column("change", "float64", "-", "change_kwh by before_kwh."),
    ),
)

COST_BY_PERIOD = Table(
    "COST_BY_PERIOD",
    "Price by time-of-use period: two rows, on-peak and off-peak, per service account.",
    Column("period", "str", "-", "on_peak or off_peak."),
    (
        _ACCOUNT,
        Column("usage_kwh", "float64", "kWh", "Usage in that period."),
        Column("marginal_usd_per_kwh", "float64", "USD/kWh", "Price of one more kilowatt-hour."),
        Column("all_in_usd_per_kwh", "float64", "USD/kWh", "The same with its share of the fixed charge."),
    ),
)

COST_PER_KWH = Table(
    "COST_PER_KWH",
    "All-in price: one row per service account and month (or longer span, by its first month).",
    Column("month", STAMP, "-", "First day of the month or span, without a zone."),
    (
        _ACCOUNT,
        Column("total_kwh", "float64", "kWh", "Usage of the months whose bill and usage are both known."),
        Column("cost_usd", "float64", "USD", "Cost of those months."),
        Column(
            "all_in_usd_per_kwh", "float64", "USD/kWh", "Cost by usage, fixed charges and taxes included."
        ),
        Column("marginal_usd_per_kwh", "float64", "USD/kWh", "Mean price of one more kilowatt-hour."),
    ),
)

DEGREE_DAYS = Table(
    "DEGREE_DAYS",
    "Degree days: one row per local day, month or year.",
    _BUCKET,
    (
        Column("mean_temperature", "float64", "degree", "Mean of the days' mean temperatures."),
        Column("heating_degree_days", "float64", "degree day", "Sum of the degrees below the heating base."),
        Column("cooling_degree_days", "float64", "degree day", "Sum of the degrees above the cooling base."),
        Column("days", "int64", "-", "Days that count: those with 80 % of their hours or more."),
        _HOURS,
        _MISSING,
    ),
)

COVERAGE = Table(
    "COVERAGE",
    "Readings against the calendar: one row per service account and local month.",
    Column("month", STAMP, "-", "First day of the local month, without a zone."),
    (
        _ACCOUNT,
        Column("expected", "int64", "-", "Intervals of the month within the range that was checked."),
        Column("received", "int64", "-", "Those that came with a number, each counted once."),
        Column("missing", "int64", "-", "Those that are absent or without a number."),
        Column("doubles", "int64", "-", "Rows beyond the first of an interval."),
        Column("coverage", "float64", "-", "received by expected."),
    ),
)

FINDINGS = Table(
    "FINDINGS",
    "What check_usage found: one row per code, service account and unbroken range.",
    Column("finding", "int64", "-", "Running number."),
    (
        Column("code", "str", "-", "What kind of finding it is."),
        _ACCOUNT,
        Column("start", _INSTANT, "-", "Start of the range that it is about."),
        Column("end", _INSTANT, "-", "End of that range, not part of it."),
        Column("rows", "int64", "-", "Rows (or absent intervals, or months) that it is about."),
        Column("meaning", "str", "-", "What was found."),
        Column("suggestion", "str", "-", "What to do about it."),
    ),
)

IMPLIED_RATES = Table(
    "IMPLIED_RATES",
    "Charge and prices that best explain the bills: one row per service account.",
    Column("service_account_id", "str", "-", "The utility service account."),
    (
        Column("fixed_usd", "float64", "USD", "Charge of a month without usage; NaN where refused."),
        Column("fixed_usd_low", "float64", "USD", "Lower end of its interval."),
        Column("fixed_usd_high", "float64", "USD", "Upper end of its interval."),
        Column("on_peak_usd_per_kwh", "float64", "USD/kWh", "Price on-peak; NaN where refused."),
        Column("on_peak_low", "float64", "USD/kWh", "Lower end of its interval."),
        Column("on_peak_high", "float64", "USD/kWh", "Upper end of its interval."),
        Column("off_peak_usd_per_kwh", "float64", "USD/kWh", "Price off-peak; NaN where refused."),
        Column("off_peak_low", "float64", "USD/kWh", "Lower end of its interval."),
        Column("off_peak_high", "float64", "USD/kWh", "Upper end of its interval."),
        Column("months", "int64", "-", "Bills that were explained."),
        Column("rmse_usd", "float64", "USD", "Root of the mean squared difference to those bills."),
        Column("told_apart", "bool", "-", "Whether the bills tell charge and prices apart."),
        Column("words", "str", "-", "The verdict and its reason."),
    ),
)

LOAD_DURATION = Table(
    "LOAD_DURATION",
    "Load duration curve: one row per service account and known interval, highest load first.",
    Column("rank", "int64", "-", "Rank of the interval's load, from 1."),
    (
        _ACCOUNT,
        Column("load_kw", "float64", "kW", "Load."),
        Column("hours", "float64", "h", "Time at or above that load."),
        Column("share", "float64", "-", "That time by all known time."),
    ),
)

LOAD_FACTOR = Table(
    "LOAD_FACTOR",
    "Load factor: one row per service account and day, month or year.",
    _BUCKET,
    (
        _ACCOUNT,
        Column("mean_kw", "float64", "kW", "Mean load of the known intervals."),
        Column("peak_kw", "float64", "kW", "Highest load of the known intervals."),
        Column("load_factor", "float64", "-", "Mean by peak."),
        _HOURS,
        _MISSING,
    ),
)

LOAD_HEATMAP = Table(
    "LOAD_HEATMAP",
    "Mean load: 24 rows per service account and local date (or month of the year).",
    Column("date", STAMP, "-", "Local date, without a zone; of a month its first day."),
    (
        _ACCOUNT,
        Column("hour", "int64", "-", "Local hour of the day, 0 to 23."),
        Column("mean_kw", "float64", "kW", "Mean load of that hour; NaN where nothing is known."),
        _HOURS,
    ),
)

LOAD_PROFILE = Table(
    "LOAD_PROFILE",
    "Mean load: 24 rows per service account and group; of season to year only what `by` names.",
    Column("hour", "int64", "-", "Local hour of the day, 0 to 23."),
    (
        _ACCOUNT,
        Column("season", "str", "-", "Season of the interval's month."),
        Column("month", "int64", "-", "Month of the year, 1 to 12."),
        Column("day_type", "str", "-", "weekday, weekend, or holiday where holidays were asked for."),
        Column("weekday", "str", "-", "Day of the week, Mon to Sun."),
        Column("year", "int64", "-", "Local year."),
        Column("mean_kw", "float64", "kW", "Mean load of that hour; NaN where nothing is known."),
        _HOURS,
        _MISSING,
    ),
)

PEAK_DEMAND = Table(
    "PEAK_DEMAND",
    "Peak demand: one row per service account and day, month or year.",
    _BUCKET,
    (
        _ACCOUNT,
        Column("peak_kw", "float64", "kW", "Highest demand of an interval; NaN where none is known."),
        Column("peak_at", _INSTANT, "-", "Start of the first interval that has it."),
        Column("minutes", "float64", "min", "Length of that interval."),
        _HOURS,
        _MISSING,
    ),
)

PEAK_FIT = Table(
    "PEAK_FIT",
    "How well an inferred schedule agrees with the vendor's split: one row per service account.",
    Column("service_account_id", "str", "-", "The utility service account."),
    (
        Column("intervals", "int64", "-", "Intervals with usage and a reported split."),
        Column(
            "agreement", "float64", "-", "Share of those intervals that the schedule puts in their period."
        ),
        Column("energy_agreement", "float64", "-", "Share of their usage that it puts in its period."),
    ),
)

PEAK_SPLIT = Table(
    "PEAK_SPLIT",
    "Two rows, on-peak and off-peak, per service account and interval (or day, month, year).",
    Column("interval_start", _INSTANT, "-", "Start of the interval, day, month or year."),
    (
        _ACCOUNT,
        Column("period", "category", "-", "on_peak or off_peak."),
        Column("usage_kwh", "float64", "kWh", "Known usage in that period; NaN where none is known."),
        Column("share", "float64", "-", "Its part of both periods' usage; NaN where that is 0 or unknown."),
        _MISSING,
    ),
)

RAMP = Table(
    "RAMP",
    "Fastest changes of demand: one row per service account and day, month or year.",
    _BUCKET,
    (
        _ACCOUNT,
        Column("ramp_up_kw_per_h", "float64", "kW/h", "Fastest rise."),
        Column("ramp_up_at", _INSTANT, "-", "Start of the interval that it leads to."),
        Column("ramp_down_kw_per_h", "float64", "kW/h", "Fastest fall, positive."),
        Column("ramp_down_at", _INSTANT, "-", "Start of the interval that it leads to."),
        _HOURS,
        _MISSING,
    ),
)

SUFFICIENCY = Table(
    "SUFFICIENCY",
    "Whether readings suffice for a CalTRACK baseline: one row per service account.",
    Column("service_account_id", "str", "-", "The utility service account."),
    (
        Column("days", "int64", "-", "Local days of the baseline: the last 365, or as many as there are."),
        Column("valid_days", "int64", "-", "Those of which at least half of the intervals are known."),
        Column("coverage", "float64", "-", "valid_days by days."),
        Column("sufficient", "bool", "-", "Whether there are 329 days or more, of which 90 % are valid."),
        Column("words", "str", "-", "The verdict and its reason."),
    ),
)

TYPICAL_WEEK = Table(
    "TYPICAL_WEEK",
    "Mean load: 168 rows per service account and group; of season to year only what `by` names.",
    Column("hour_of_week", "int64", "-", "Local hour of the week, 0 (Monday 0:00) to 167."),
    (
        _ACCOUNT,
        Column("season", "str", "-", "Season of the interval's month."),
        Column("month", "int64", "-", "Month of the year, 1 to 12."),
        Column("year", "int64", "-", "Local year."),
        Column("weekday", "str", "-", "Day of the week, Mon to Sun."),
        Column("hour", "int64", "-", "Local hour of the day, 0 to 23."),
        Column("mean_kw", "float64", "kW", "Mean load of that hour; NaN where nothing is known."),
        _HOURS,
        _MISSING,
    ),
)

USAGE = Table(
    "USAGE",
    "Usage by longer intervals: one row per service account and interval, as INTERVALS.",
    INTERVALS.index,
    (*INTERVALS.columns, _HOURS, _MISSING),
    INTERVALS.optional,
)

FILLED = Table(
    "FILLED",
    "INTERVALS without gaps: what was made up is marked.",
    INTERVALS.index,
    (
        *INTERVALS.columns,
        Column("filled", "bool", "-", "Whether the total was made up."),
        Column("fill_method", "str", "-", "How; blank for readings and for what stays unknown."),
    ),
    INTERVALS.optional,
)

WEATHER_FIT = Table(
    "WEATHER_FIT",
    "Change-point model of daily usage by outdoor temperature: one row per service account.",
    Column("service_account_id", "str", "-", "The utility service account."),
    (
        Column("model", "str", "-", "flat, heating, cooling, or both."),
        Column("base_kwh_per_day", "float64", "kWh/day", "Usage of a day that needs neither."),
        Column("heating_kwh_per_degree", "float64", "kWh/(degree day)", "Usage per degree day of heating."),
        Column("heating_base", "float64", "degree", "Temperature below which heating begins."),
        Column("cooling_kwh_per_degree", "float64", "kWh/(degree day)", "Usage per degree day of cooling."),
        Column("cooling_base", "float64", "degree", "Temperature above which cooling begins."),
        Column("r_squared", "float64", "-", "Share of the days' variance that the model explains, adjusted."),
        Column("cv_rmse", "float64", "-", "Root mean squared error by mean usage."),
        Column("days", "int64", "-", "Days that were fitted."),
        Column("words", "str", "-", "What the model says, or why there is none."),
    ),
)

# ---- tariff studies ------------------------------------------------------------------------------

TARIFFS = Table(
    "TARIFFS",
    "One row per tariff that ships with the package.",
    Column("tariff_id", "str", "-", "What `read_tariff` takes."),
    (
        Column("name", "str", "-", "The tariff's name on its sheet."),
        Column("utility", "str", "-", "The utility."),
        Column("sector", "str", "-", "Residential, Commercial or Industrial."),
        Column(
            "kind", "str", "-", "flat, tiered, time-of-use, and with demand where it has a demand charge."
        ),
        Column("start", STAMP, "-", "The day from which its prices were in force."),
        Column("label", "str", "-", "The label of its page in the Utility Rate Database."),
        Column("source", "str", "-", "Where its figures were published."),
    ),
)

INTERVAL_COSTS = Table(
    "INTERVAL_COSTS",
    "One row per service account and interval: what it cost.",
    Column("interval_start", _INSTANT, "-", "The interval's left edge, in the premise's zone."),
    (
        _ACCOUNT,
        Column("tou_period", "str", "-", "Time-of-use period of the first energy charge."),
        Column("usage_kwh", "float64", "kWh", "Usage in the interval."),
        Column("energy_usd", "float64", "USD", "Energy charges, laid on their period by usage."),
        Column("demand_usd", "float64", "USD", "Demand charges, laid on the interval that sets the peak."),
        Column("fixed_usd", "float64", "USD", "Fixed charges, laid evenly on the billing period."),
        Column("other_usd", "float64", "USD", "Minimum, credits, taxes, laid evenly on the billing period."),
        Column("amount_usd", "float64", "USD", "All of these; they add up to the bill."),
        Column("marginal_usd_per_kwh", "float64", "USD/kWh", "What one more kWh in the interval would cost."),
    ),
)

COMPARISON = Table(
    "COMPARISON",
    "One row per service account and tariff, the cheapest first.",
    Column(
        "rank", "int64", "-", "Place in the account's ranking, from 1; tariffs it may not take come last."
    ),
    (
        _ACCOUNT,
        Column("tariff", "str", "-", "The tariff's name."),
        Column("eligible", "bool", "-", "Whether the load is within the tariff's limits."),
        Column("amount_usd", "float64", "USD", "What the load costs under it."),
        Column("difference_usd", "float64", "USD", "More (less) than the tariff compared with."),
        Column("usd_per_kwh", "float64", "USD/kWh", "Cost divided by usage."),
        Column("fixed_usd", "float64", "USD", "Of it, fixed charges."),
        Column("energy_usd", "float64", "USD", "Of it, energy charges."),
        Column("demand_usd", "float64", "USD", "Of it, demand charges."),
        Column("minimum_usd", "float64", "USD", "Of it, what minimum bills add."),
        Column("credit_usd", "float64", "USD", "Of it, export credits, not positive."),
        Column("tax_usd", "float64", "USD", "Of it, percentage riders and taxes, and rounding."),
        Column(
            "break_even_kwh",
            "float64",
            "kWh",
            "Usage a month at which it costs as much as the one compared with.",
        ),
        Column("why", "str", "-", "Where the difference comes from, or why the load may not take it."),
    ),
)

RECONCILIATION = Table(
    "RECONCILIATION",
    "One row per service account and month: modelled against billed.",
    Column("month", STAMP, "-", "The month's first day, without a zone."),
    (
        _ACCOUNT,
        Column("modelled_kwh", "float64", "kWh", "Usage in the ledger."),
        Column("billed_kwh", "float64", "kWh", "Usage on the bill; NaN where not reported."),
        Column("modelled_usd", "float64", "USD", "The bill by the ledger."),
        Column("billed_usd", "float64", "USD", "The bill; NaN where not reported."),
        Column("residual_usd", "float64", "USD", "Billed less modelled."),
        Column("residual_share", "float64", "-", "The residual, divided by what was billed."),
        Column("verdict", "str", "-", "What the residual says, in words."),
    ),
)
