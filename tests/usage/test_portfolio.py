"""Many accounts in one frame give what each gives alone, whatever the order of rows and accounts."""

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.intervals.readings import readings
from tests.frames import ODD_ZONES, intervals, several

STUDIES = {
    "base_load": op.base_load,
    "load_duration": op.load_duration,
    "load_factor by day": lambda f: op.load_factor(f, "day"),
    "load_heatmap": op.load_heatmap,
    "load_heatmap by month": lambda f: op.load_heatmap(f, "month"),
    "load_profile": lambda f: op.load_profile(f, ["season", "day_type"], quantiles=[0.1, 0.9]),
    "peak_demand": op.peak_demand,
    "peak_demand of all": lambda f: op.peak_demand(f, "all"),
    "ramp": op.ramp,
    "ramp by day": lambda f: op.ramp(f, "day"),
    "split_peaks by month": lambda f: op.split_peaks(f, by="month"),
    "typical_week": op.typical_week,
}


def parts(zone, minutes):
    return [
        intervals("2023-10-20", "2023-12-03", tz=zone, minutes=minutes, account=name, seed=seed)
        for seed, name in enumerate(("c", "a", "b"))
    ]


def shuffled_columns(frame):
    """The accounts of each instant in an order that is not the category's, the same for all instants."""
    names = frame["service_account_id"].cat.reorder_categories(["b", "c", "a"])
    return frame.assign(service_account_id=names)


def spoilt(frame):
    """One reading gone: no block any more."""
    usage = frame.columns.get_indexer(["on_peak_kwh", "off_peak_kwh", "total_kwh"])
    frame = frame.copy()
    frame.iloc[31, usage] = np.nan
    return frame.drop(frame.index[77])


@pytest.mark.parametrize("study", STUDIES.values(), ids=STUDIES)
@pytest.mark.parametrize("zone", ODD_ZONES[:4])
@pytest.mark.parametrize("spoil", [False, True])
def test_a_frame_of_accounts_gives_what_each_gives_alone(study, zone, spoil):
    alone = [spoilt(part) if spoil else part for part in parts(zone, 30)]
    frame = shuffled_columns(several(*alone))
    assert (readings(frame).block is None) == spoil
    together = study(frame)
    for part in alone:
        own = together[together["service_account_id"] == part["service_account_id"].iloc[0]]
        expected = study(part)
        pd.testing.assert_frame_equal(
            pd.DataFrame(own).drop(columns="service_account_id"),
            pd.DataFrame(expected).drop(columns="service_account_id"),
            check_exact=False,
            rtol=1e-9,
        )
