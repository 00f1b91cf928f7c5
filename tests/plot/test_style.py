import numpy as np
import pandas as pd
import pytest

from omnipandas.intervals.zones import standard_time
from omnipandas.plot import style
from omnipandas.plot.style import light

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


def test_light_keeps_the_extremes_the_ends_and_the_order():
    values = np.random.default_rng(0).normal(size=100_003)
    values[[50, 77_777]] = 99.0, -99.0
    values[60_000:70_000] = np.nan
    places = light(values)
    assert len(places) <= 4_003
    assert {0, 50, 77_777, 100_002} <= set(places.tolist())
    assert (np.diff(places) > 0).all()
    assert np.isnan(values[places]).any()  # a gap still breaks the line
    assert light(values[:10]).tolist() == list(range(10))


def test_ink_and_colours_are_readable_on_white_and_on_dark():
    def luminance(colour):
        parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    def contrast(one, other):
        high, low = sorted((luminance(one), luminance(other)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    ink = style.TEMPLATE.layout.font.color
    for page in ("#ffffff", "#111111"):
        assert contrast(ink, page) >= 3.9
        for colour in style.COLOURS:
            assert contrast(colour, page) >= 2.0
