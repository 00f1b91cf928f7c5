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
