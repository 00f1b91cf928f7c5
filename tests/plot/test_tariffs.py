import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError, SchemaError

INDEX = pd.date_range("2023-01-01", "2024-01-01", freq="h", tz="America/Los_Angeles", inclusive="left")
LOAD = pd.Series(0.5 + (INDEX.hour >= 18), index=INDEX, name="home", dtype=float)
TARIFF = op.read_tariff("aps-saver-choice-plus")


@pytest.fixture(scope="module")
def ranking():
    return op.compare_tariffs(LOAD, [TARIFF, op.read_tariff("jea-residential"), op.read_tariff("sce-gs-2-b")])


@pytest.fixture(scope="module")
def costs():
    return op.interval_costs(LOAD, TARIFF)


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


def test_bills_are_stacked_by_component_and_add_up():
    ledger = op.charges(LOAD, TARIFF)
    figure = op.plot.charges(ledger)
    assert [bar.name for bar in figure.data] == ["fixed", "energy", "demand"]
    assert sum(sum(bar.y) for bar in figure.data) == pytest.approx(ledger["amount_usd"].sum())
    with pytest.raises(SchemaError):
        op.plot.charges(ledger.drop(columns="component"))


def test_a_ranking_has_the_cheapest_on_top_and_pales_what_may_not_be_taken(ranking):
    figure = op.plot.compare_tariffs(ranking)
    energy = next(bar for bar in figure.data if bar.name == "energy")
    assert energy.y[-1].startswith("RS Residential")
    assert energy.marker.opacity.tolist() == [0.35, 1.0, 1.0]
    with pytest.raises(ArgumentError, match="no account"):
        op.plot.compare_tariffs(ranking, "elsewhere")
    two = op.compare_tariffs(pd.DataFrame({"a": LOAD, "b": LOAD}), [TARIFF])
    with pytest.raises(ArgumentError, match="2 accounts"):
        op.plot.compare_tariffs(two)
    assert op.plot.compare_tariffs(two, "b").data


def test_a_waterfall_leads_from_one_total_to_the_other(ranking):
    bars = op.plot.tariff_difference(ranking, TARIFF.name).data[0]
    steps = [y for y, kind in zip(bars.y, bars.measure, strict=True) if kind == "relative"]
    assert bars.y[0] + sum(steps) == pytest.approx(bars.y[-1])
    with pytest.raises(ArgumentError, match="not in the ranking"):
        op.plot.tariff_difference(ranking, "elsewhere")


def test_load_over_price_keeps_every_hour_of_the_autumn_change_apart(costs):
    figure = op.plot.interval_costs(costs.loc["2023-11-04":"2023-11-06"])
    assert (np.diff(figure.data[0].x) == np.timedelta64(1, "h")).all()
    assert sum(text.endswith("5 Nov 2023 01:00") for text in figure.data[0].customdata) == 2
    both = op.interval_costs(pd.DataFrame({"a": LOAD, "b": LOAD}), TARIFF)
    with pytest.raises(ArgumentError, match="one account"):
        op.plot.interval_costs(both)


def test_the_cost_of_an_hour_is_its_dollars_by_its_usage(costs):
    figure = op.plot.cost_by_hour(costs)
    total = sum(np.asarray(bar.y) for bar in figure.data)
    evening = costs[costs.index.hour == 19]
    assert total[19] == pytest.approx(evening["amount_usd"].sum() / evening["usage_kwh"].sum())


def test_modelled_beside_billed_and_the_residual_with_its_verdict():
    ledger = op.charges(LOAD, TARIFF)
    bills = op.bill_totals(ledger)
    months = pd.DatetimeIndex(bills["period_start"].dt.tz_localize(None), name="month")
    monthly = pd.DataFrame(
        {
            "service_account_id": "home",
            "total_kwh": bills["usage_kwh"].to_numpy(),
            "cost_usd": bills["amount_usd"].to_numpy() + 4,
        },
        index=months,
    )
    figure = op.plot.reconcile(op.reconcile(ledger, monthly))
    assert figure.data[2].y.tolist() == pytest.approx([4.0] * 12)
    assert "4.00 USD above" in figure.data[2].customdata[0]


@pytest.mark.parametrize("name", ["tariff", "charges", "compare_tariffs", "interval_costs", "cost_by_hour"])
def test_every_figure_has_titles_with_units_and_no_background(name, ranking, costs):
    results = {"tariff": TARIFF, "charges": op.charges(LOAD, TARIFF), "compare_tariffs": ranking}
    figure = getattr(op.plot, name)(results.get(name, costs))
    assert isinstance(figure, go.Figure)
    assert figure.layout.title.text
    assert "[" in figure.to_json()
    assert figure.layout.template.layout.paper_bgcolor == "rgba(0,0,0,0)"
