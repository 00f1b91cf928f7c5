"""Studies of usage against the shortest pandas idiom for the same figures, as ratios of times.

python -m pytest tests/benchmarks/test_usage.py -s
"""

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from tests.benchmarks.test_main_job import best_of
from tests.frames import bills, intervals

ACCOUNT = "service_account_id"


@pytest.fixture(scope="module")
def year():
    return intervals()


@pytest.fixture(scope="module")
def portfolio(year):
    """A year of 1,000 accounts in one frame, sorted by time as `get_intervals` returns it."""
    count = 1_000
    index = year.index.repeat(count)
    names = pd.Index([f"account {n:04}" for n in range(count)])
    usage = np.random.default_rng(0).gamma(2.0, 0.4, len(index))
    return pd.DataFrame(
        {
            ACCOUNT: pd.Categorical.from_codes(np.tile(np.arange(count), len(year)), categories=names),
            "interval_end": index + pd.Timedelta("1h"),
            "on_peak_kwh": 0.0,
            "off_peak_kwh": usage,
            "total_kwh": usage,
        },
        index=index,
    )


def keys(frame, *more):
    return [frame[ACCOUNT], *more]


def season(index):
    return index.month % 12 // 3


def sums(frame, unit):
    return frame.groupby(keys(frame, frame.index.tz_localize(None).to_period(unit)), observed=True)[
        "total_kwh"
    ]


# Each study and the shortest way to its main figure in pandas, accounts told apart.
IDIOMS = {
    "load_profile": (
        op.load_profile,
        lambda f: f.groupby(keys(f, f.index.hour), observed=True)["total_kwh"].mean(),
    ),
    "load_profile by season": (
        lambda f: op.load_profile(f, "season"),
        lambda f: f.groupby(keys(f, season(f.index), f.index.hour), observed=True)["total_kwh"].mean(),
    ),
    "typical_week": (
        op.typical_week,
        lambda f: f.groupby(keys(f, f.index.day_of_week, f.index.hour), observed=True)["total_kwh"].mean(),
    ),
    "load_heatmap": (
        op.load_heatmap,
        lambda f: f.groupby(keys(f, f.index.normalize(), f.index.hour), observed=True)["total_kwh"].mean(),
    ),
    "load_duration": (
        op.load_duration,
        lambda f: (
            f.sort_values([ACCOUNT, "total_kwh"], ascending=[True, False])
            .groupby(ACCOUNT, observed=True)["total_kwh"]
            .rank(pct=True, ascending=False)
        ),
    ),
    "peak_demand": (op.peak_demand, lambda f: sums(f, "M").agg(["max", "idxmax"])),
    "load_factor": (
        op.load_factor,
        lambda f: (lambda groups: groups.mean() / groups.max())(sums(f, "M")),
    ),
    "base_load": (
        op.base_load,
        lambda f: sums(f, "D").quantile(0.025).groupby(level=0, observed=True).median(),
    ),
    "ramp": (
        op.ramp,
        lambda f: (
            f.groupby(ACCOUNT, observed=True)["total_kwh"]
            .diff()
            .groupby(keys(f, f.index.tz_localize(None).to_period("M")), observed=True)
            .agg(["max", "min"])
        ),
    ),
    "resample_usage": (
        op.resample_usage,
        lambda f: f.groupby(keys(f, f.index.normalize()), observed=True)[
            ["on_peak_kwh", "off_peak_kwh", "total_kwh"]
        ].sum(),
    ),
    "split_peaks by month": (
        lambda f: op.split_peaks(f, by="month"),
        lambda f: f.groupby(keys(f, f.index.tz_localize(None).to_period("M")), observed=True)[
            ["on_peak_kwh", "off_peak_kwh"]
        ].sum(),
    ),
}
# The plain idioms for one account, which need no account: harder to beat, and not asked for many accounts.
ALONE = {
    "load_profile": (op.load_profile, lambda f: f["total_kwh"].groupby(f.index.hour).mean()),
    "load_heatmap": (
        op.load_heatmap,
        lambda f: f["total_kwh"].groupby([f.index.date, f.index.hour]).mean(),
    ),
    "typical_week": (
        op.typical_week,
        lambda f: f["total_kwh"].groupby([f.index.day_of_week, f.index.hour]).mean(),
    ),
    "resample_usage": (
        op.resample_usage,
        lambda f: f.resample("D")[["on_peak_kwh", "off_peak_kwh", "total_kwh"]].sum(),
    ),
}


@pytest.mark.parametrize("name", IDIOMS)
def test_an_account_year_is_at_least_as_fast_as_the_pandas_idiom(year, name):
    study, idiom = IDIOMS[name]
    best = best_of(25, study=lambda: study(year), idiom=lambda: idiom(year))
    assert best["study"] <= best["idiom"]


@pytest.mark.parametrize("name", IDIOMS)
def test_a_thousand_account_years_are_three_times_as_fast(portfolio, name):
    study, idiom = IDIOMS[name]
    # The first rounds pay for memory that the system has yet to hand out.
    best = best_of(5, study=lambda: study(portfolio), idiom=lambda: idiom(portfolio))
    assert best["study"] * 3 <= best["idiom"]


@pytest.mark.parametrize("name", ALONE)
def test_an_account_year_keeps_up_with_the_idiom_that_knows_no_accounts(year, name):
    study, idiom = ALONE[name]
    best = best_of(25, study=lambda: study(year), idiom=lambda: idiom(year))
    assert best["study"] <= best["idiom"] * 1.5


@pytest.mark.parametrize("with_bills", [False, True])
def test_check_usage_of_a_year_takes_less_than_five_passes_of_a_monthly_sum(year, with_bills):
    monthly = bills(year) if with_bills else None
    best = best_of(
        25,
        study=lambda: op.check_usage(year, monthly),
        idiom=lambda: year.groupby(year.index.month)["total_kwh"].sum(),
    )
    assert best["study"] < 5 * best["idiom"]
