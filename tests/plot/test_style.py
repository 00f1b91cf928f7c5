import numpy as np
import pandas as pd
import pytest

from omnipandas.intervals.zones import standard_time
from omnipandas.plot import style

ZONES = ["America/New_York", "America/Phoenix", "Australia/Lord_Howe", "America/St_Johns", "Europe/Dublin"]


@pytest.mark.parametrize("zone", ZONES)
def test_standard_time_keeps_every_hour_apart_and_in_order_through_a_year_of_changes(zone):
    index = pd.date_range("2023-01-01", "2024-01-01", freq="h", tz=zone, inclusive="left")
    steps = np.diff(standard_time(index))
    assert (steps == np.timedelta64(1, "h")).all()


def test_standard_time_is_wall_time_in_winter_and_one_hour_less_in_summer():
    index = pd.DatetimeIndex(["2023-01-10 12:00", "2023-07-10 12:00"], tz="America/Denver")
    assert list(standard_time(index)) == list(np.array(["2023-01-10T12", "2023-07-10T11"], "datetime64[us]"))


def test_standard_time_takes_naive_and_empty_indexes():
    naive = pd.DatetimeIndex(["2023-01-01"])
    assert (standard_time(naive) == naive.to_numpy()).all()
    assert len(standard_time(naive[:0].tz_localize("UTC"))) == 0


def test_a_figure_has_title_axis_titles_and_no_background_of_its_own():
    figure = style.figure("Load", "hour", "mean load [kW]")
    assert figure.layout.title.text == "Load"
    assert figure.layout.yaxis.title.text == "mean load [kW]"
    assert figure.layout.template.layout.paper_bgcolor == "rgba(0,0,0,0)"
