"""What a peak schedule reads out of tariffs and of URDB documents in every state."""

import json

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import TariffError

EVENING = [[0] * 16 + [1] * 5 + [0] * 3] * 12


def document(**fields):
    return {
        "energyweekdayschedule": EVENING,
        "energyweekendschedule": [[0] * 24] * 12,
        "energyratestructure": [[{"rate": 0.1}], [{"rate": 0.1, "adj": 0.05}]],
    } | fields


@pytest.mark.parametrize(
    "source",
    [
        document(energyratestructure=[[{"rate": "0.1"}], [{"rate": "0.1", "adj": "0.05"}]]),
        {key.title(): value for key, value in document().items()},
        {key.upper(): value for key, value in document().items()},
        document(energyratestructure=[[{"Rate": 0.1}], [{"RATE": 0.15}]]),
        document(energyweekdayschedule=[[float(n) for n in row] for row in EVENING]),
        document(energyweekdayschedule=tuple(map(tuple, EVENING))),
        [document()],
        {"items": [document()]},
        {"items": [json.dumps(document())]},
        {"items": json.dumps([document()])},
        json.dumps(document()),
        json.dumps(json.dumps(document())),
        json.dumps(document()).encode(),
        [document(startdate="2023-01-01"), document(startdate="2020-01-01") | {"energyweekdayschedule": 0}],
    ],
)
def test_a_document_is_read_in_every_state_in_which_it_comes(source):
    before = json.dumps(source) if not isinstance(source, bytes) else source
    assert str(op.PeakSchedule.from_tariff(source)) == "weekdays 16-21"
    assert str(op.PeakSchedule.from_tariff(source, peak=[1])) == "weekdays 16-21"
    assert before == (json.dumps(source) if not isinstance(source, bytes) else source)


def test_a_file_and_a_shipped_tariff_are_read_by_name(tmp_path):
    path = tmp_path / "rate.json"
    path.write_text(json.dumps(document()), "utf-8")
    assert str(op.PeakSchedule.from_tariff(path)) == "weekdays 16-21"
    shipped = op.PeakSchedule.from_tariff("sdge-ev-tou-5")
    assert shipped == op.PeakSchedule.from_tariff(op.read_tariff("sdge-ev-tou-5"))


@pytest.mark.parametrize(
    "source",
    [
        3,
        None,
        [],
        {"items": []},
        [3],
        "{",
        b"\xff\xfe\x00",
        {1: 2},
        {},
        document(energyratestructure=[[{"rate": "dear"}], [{"rate": 0.2}]]),
        document(energyratestructure=[[{"rate": [1]}], [{"rate": 0.2}]]),
        document(energyratestructure=[{"rate": 1}]),
        document(energyratestructure=[[{"rate": 0.1}]]),
        document(energyratestructure=[[{"rate": 0.1, "max": "far"}, {"rate": 1}], [{"rate": 0.2}]]),
        document(energyratestructure=3),
        document(energyweekdayschedule=[[float("nan")] * 24] * 12),
        document(energyweekdayschedule=[[float("inf")] * 24] * 12),
        document(energyweekdayschedule=[["1"] * 24] * 12),
        document(energyweekdayschedule=[[-1] * 24] * 12),
        document(energyweekdayschedule=[[10**9] * 24] * 12),
        document(energyweekdayschedule=[[0.5] * 24] * 12),
        document(energyweekdayschedule=[[0] * 23] * 12),
        document(energyweekdayschedule=3),
        document(energyweekdayschedule=None),
        document(energyweekdayschedule=[[0] * 24] * 12),
        [document(), document(startdate="2023-01-01")],
        op.Tariff.flat("F", 0.1),
        op.Tariff("D", (op.Tariff.flat("F", 0.1, fixed=3).charges[1],)),
    ],
)
def test_what_has_no_peak_hours_is_a_tariff_error(source):
    with pytest.raises(TariffError):
        op.PeakSchedule.from_tariff(source)


def test_periods_that_the_tariff_has_not_are_refused_by_name():
    tariff = op.Tariff.tou("T", {"day": 0.2, "night": 0.1}, {"day": "7-23", "night": "otherwise"})
    with pytest.raises(TariffError, match="no energy period 'evening'; it has 'day', 'night'"):
        op.PeakSchedule.from_tariff(tariff, peak=["evening"])
    with pytest.raises(TariffError, match="no energy period 'day'; it has 0, 1"):
        op.PeakSchedule.from_tariff(document(), peak=["day"])


@pytest.mark.parametrize(
    "words", ["weekdays 6:30-9", "Sat 8-20", "Mon-Thu 16-21, Jun-Sep", "weekdays 22-6", "Fri 0-24; Fri 22-6"]
)
def test_half_hours_saturdays_and_nights_become_windows(words):
    tariff = op.Tariff.tou("T", {"on": 0.3, "off": 0.1}, {"on": words, "off": "otherwise"})
    schedule = op.PeakSchedule.from_tariff(tariff)
    index = pd.date_range("2023-12-01", "2025-02-01", freq="30min", tz="America/New_York")
    np.testing.assert_array_equal(schedule.on_peak(index), op.PeakSchedule.parse(words).on_peak(index))
    if ";" not in words:
        assert str(schedule) == words


def test_the_dearest_period_is_that_of_hours_which_are():
    # What is left over never comes: nights and days take all.
    windows = {"night": "22-6:30", "day": "6:30-22", "rest": "otherwise"}
    tariff = op.Tariff.tou("T", {"night": 0.1, "day": 0.2, "rest": 9.0}, windows)
    assert str(op.PeakSchedule.from_tariff(tariff)) == "daily 6:30-22"
