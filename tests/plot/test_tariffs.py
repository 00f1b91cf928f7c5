from typing import ClassVar

import numpy as np

import omnipandas as op
from tests.plot.figures import TARIFF, Manners


class TestManners(Manners):
    titled = ("xaxis", "xaxis2")
    refusal = op.errors.ArgumentError
    results: ClassVar = {"tariff": lambda f: TARIFF}


def test_a_tariff_is_two_maps_of_twelve_by_24():
    figure = op.plot.tariff(op.read_tariff("sdge-ev-tou-5"))
    weekday, weekend = figure.data
    assert np.shape(weekday.z) == np.shape(weekend.z) == (12, 24)
    assert weekday.z[6][17] == 0.71106
    assert weekday.z[2][11] == 0.11381
    assert weekend.customdata[0][3].tolist() == ["winter super off-peak", 3]


def test_a_demand_charge_and_a_tiered_one_can_be_shown_too():
    figure = op.plot.tariff(op.read_tariff("sce-gs-2-b"), "time-of-use demand")
    assert figure.data[0].z[7][13] == 18.11
    assert "USD/kW" in figure.layout.coloraxis.colorbar.title.text
    assert "(first tier)" in op.plot.tariff(op.read_tariff("pge-e-1-t")).layout.title.text


def test_days_that_differ_and_half_hours_are_shown():
    windows = {"peak": "Mon-Thu 16:30-21", "night": "weekday 22-6", "rest": "otherwise"}
    tariff = op.Tariff.tou("T", {"peak": 0.4, "night": 0.1, "rest": 0.2}, windows)
    figure = op.plot.tariff(tariff)
    assert [title.text for title in figure.layout.annotations] == ["Mon", "Tue-Thu", "Fri", "Sat", "Sun"]
    assert [heat.z[0][0] for heat in figure.data] == [0.2, 0.1, 0.1, 0.1, 0.2]
    assert figure.data[0].z[0][32:34].tolist() == [0.2, 0.4]
    assert figure.data[0].customdata[0][33].tolist() == ["peak", "16:30"]
    assert figure.data[0].x[33] == 16.75
