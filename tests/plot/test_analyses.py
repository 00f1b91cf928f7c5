"""Every plot: names, units, weight, the repeated hour, and what it refuses."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

import omnipandas as op
from omnipandas.plot import style
from omnipandas.plot.style import light
from tests.frames import bills, intervals, several

SCHEDULE = op.PeakSchedule.parse("weekdays 16-21, Jun-Sep")


def temperature(frame):
    return pd.Series(
        12 - 14 * np.cos(2 * np.pi * np.asarray(frame.index.day_of_year) / 365), index=frame.index
    )


def two(frame):
    return several(frame, frame.assign(service_account_id="b", total_kwh=frame["total_kwh"] * 2))


RESULTS = {
    "base_load": op.base_load,
    "check_usage": lambda f: op.check_usage(f.drop(f.index[5:9]), bills(f)),
    "coincident_peak": lambda f: op.coincident_peak(two(f), "day"),
    "compare_periods": lambda f: op.compare_periods(
        f, (str(f.index[0].date()), "2014-07-01"), ("2014-12-31", "2015-07-01")
    ),
    "cost_per_kwh": lambda f: op.cost_per_kwh(bills(f)),
    "degree_days": lambda f: op.degree_days(temperature(f), "day", unit="C"),
    "fill_gaps": lambda f: op.fill_gaps(f.drop(f.index[1000:1100]), "typical"),
    "implied_rates": lambda f: op.implied_rates(bills(f)),
    "infer_peak_schedule": op.infer_peak_schedule,
    "load_duration": op.load_duration,
    "load_factor": lambda f: op.load_factor(f, "day"),
    "load_heatmap": op.load_heatmap,
    "load_profile": lambda f: op.load_profile(f, ["season", "day_type"], quantiles=[0.1, 0.9]),
    "monthly": bills,
    "peak_demand": lambda f: op.peak_demand(f, "day"),
    "ramp": lambda f: op.ramp(f, "day"),
    "resample_usage": lambda f: op.resample_usage(f, "hour"),
    "split_peaks": op.split_peaks,
    "typical_week": lambda f: op.typical_week(f, "season"),
    "weather_fit": lambda f: op.weather_fit(f, temperature(f), unit="C"),
}


@pytest.fixture(scope="module")
def decade():
    return intervals("2014-01-01", "2024-01-01")


@pytest.mark.parametrize("name", RESULTS)
def test_ten_years_of_hours_stay_under_a_megabyte_and_hover_speaks_in_words(decade, name):
    figure = getattr(op.plot, name)(RESULTS[name](decade))
    assert isinstance(figure, go.Figure)
    assert len(figure.to_json()) < 1_000_000
    assert figure.data
    assert figure.layout.title.text
    for trace in figure.data:
        assert trace.hoverinfo == "skip" or trace.hovertemplate
        assert "trace 0" not in (trace.hovertemplate or "")
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        assert axis.title.text is not None


@pytest.mark.parametrize("name", RESULTS)
def test_a_plot_refuses_what_is_not_its_analysis(name):
    with pytest.raises(op.errors.SchemaError):
        getattr(op.plot, name)(pd.DataFrame({"x": [1]}))
    with pytest.raises(op.errors.SchemaError):
        getattr(op.plot, name)(None)


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe"])
def test_no_two_hours_lie_on_one_another_where_the_clocks_change(zone):
    frame = (
        intervals("2023-11-04", "2023-11-07", tz=zone)
        if zone.startswith("America")
        else intervals("2023-04-01", "2023-04-04", tz=zone)
    )
    for figure in (
        op.plot.resample_usage(op.resample_usage(frame, "hour")),
        op.plot.fill_gaps(op.fill_gaps(frame, "linear")),
    ):
        steps = np.diff(np.asarray(figure.data[0].x, dtype="datetime64[m]"))
        assert (steps > np.timedelta64(0, "m")).all()
        words = figure.data[0].customdata
        assert len({str(word) for word in words}) == len(words)  # the hover text tells them apart


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


def test_a_figure_of_one_account_or_few_lines_says_what_to_choose():
    frame = two(intervals("2023-01-01", "2023-02-01"))
    for draw, result in (
        (op.plot.load_heatmap, op.load_heatmap(frame)),
        (op.plot.split_peaks, op.split_peaks(frame, by="day")),
        (op.plot.fill_gaps, op.fill_gaps(frame, "linear")),
    ):
        with pytest.raises(op.errors.ArgumentError, match="choose one"):
            draw(result)
    crowd = several(*(intervals("2023-01-01", "2023-01-02", account=f"n{n:02}") for n in range(30)))
    with pytest.raises(op.errors.ArgumentError, match="too many"):
        op.plot.load_profile(op.load_profile(crowd))


def test_findings_are_drawn_from_start_to_end_with_their_meaning():
    frame = intervals("2023-01-01", "2023-03-01")
    report = op.check_usage(frame.drop(frame.index[100:110]))
    bar = op.plot.check_usage(report).data[0]
    assert bar.y[0] == "gap"
    assert "intervals are absent; 10 rows" in bar.text[0]
    assert np.asarray(bar.x, "datetime64[h]")[1] - np.asarray(bar.x, "datetime64[h]")[0] == np.timedelta64(
        10, "h"
    )


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
