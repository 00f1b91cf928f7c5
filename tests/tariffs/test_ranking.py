from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError
from omnipandas.tariffs.components import Limits

INDEX = pd.date_range("2023-01-01", "2024-01-01", freq="h", tz="America/Denver", inclusive="left")


@pytest.fixture(scope="module")
def home():
    rng = np.random.default_rng(5)
    return pd.Series(rng.gamma(2.0, 0.4, len(INDEX)), index=INDEX, name="home")


def test_the_break_even_is_where_the_two_cost_the_same(home):
    basic, club = op.Tariff.flat("Basic", 0.12), op.Tariff.flat("Club", 0.10, fixed=8.0)
    ranking = op.compare_tariffs(home, [club, basic])
    usage = ranking.loc[2, "break_even_kwh"]
    assert usage == pytest.approx(8.0 / 0.02)
    scaled = home * usage * 12 / home.sum()
    costs = op.compare_tariffs(scaled, [club, basic])["amount_usd"]
    assert costs.iloc[0] == pytest.approx(costs.iloc[1])


def test_the_reason_names_component_season_and_hours(home):
    summer = op.Tariff.tou(
        "Summer", {"peak": 0.5, "rest": 0.1}, {"peak": "jun-sep 16-20", "rest": "otherwise"}
    )
    ranking = op.compare_tariffs(home, [summer, op.Tariff.flat("Flat", 0.1)])
    why = ranking.loc[ranking["tariff"] == "Summer", "why"].iloc[0]
    assert why.startswith("energy ")
    assert "more (mostly Jun to Sep, 16:00 to 20:00)" in why


def test_a_tariff_that_the_load_may_not_take_comes_last(home):
    cheap = op.Tariff.flat("Large", 0.01, limits=Limits(min_kw=500.0))
    small = op.Tariff.flat("Small", 0.5, limits=Limits(max_kwh=10_000.0))
    ranking = op.compare_tariffs(home, [cheap, small])
    assert ranking["tariff"].tolist() == ["Small", "Large"]
    assert ranking["eligible"].tolist() == [True, False]
    assert "below its least of 500" in ranking["why"].iloc[1]
    tight = replace(small, limits=Limits(max_kw=1.0))
    assert "above its most of 1" in op.compare_tariffs(home, tight)["why"].iloc[0]


def test_a_portfolio_costs_what_its_accounts_do(home):
    wide = pd.DataFrame({"a": home, "b": 2 * home})
    tariffs = {"one": op.read_tariff("pge-e-1-t"), "two": op.read_tariff("sdge-ev-tou-5")}
    each = op.compare_tariffs(wide, tariffs, current="one")
    assert each["service_account_id"].tolist() == ["a", "a", "b", "b"]
    assert each.loc[each["tariff"] == "one", "difference_usd"].tolist() == [0.0, 0.0]
    whole = op.compare_tariffs(wide, tariffs, by="portfolio").set_index("tariff")["amount_usd"]
    pd.testing.assert_series_equal(
        whole.sort_index(), each.groupby("tariff")["amount_usd"].sum().sort_index(), check_dtype=False
    )


def test_the_parts_of_a_ranking_add_up_and_equal_the_ledgers(home):
    tariffs = [op.read_tariff(name) for name in op.list_tariffs().index]
    ranking = op.compare_tariffs(home, tariffs)
    parts = ranking.filter(regex="^(fixed|energy|demand|minimum|credit|tax)_usd$").sum(axis=1)
    np.testing.assert_allclose(parts, ranking["amount_usd"])
    for tariff in tariffs:
        ours = ranking.loc[ranking["tariff"] == tariff.name, "amount_usd"].iloc[0]
        assert ours == pytest.approx(op.charges(home, tariff)["amount_usd"].sum())


def test_rankings_that_cannot_be_are_refused(home):
    basic = op.Tariff.flat("Basic", 0.12)
    for arguments, words in (
        (([],), "no tariff"),
        (([basic, basic],), "two tariffs are named 'Basic'"),
    ):
        with pytest.raises(ArgumentError, match=words):
            op.compare_tariffs(home, *arguments)
    with pytest.raises(ArgumentError, match="current"):
        op.compare_tariffs(home, [basic], current="Other")
    with pytest.raises(ArgumentError, match="by must be"):
        op.compare_tariffs(home, [basic], by="street")
    assert list(op.compare_tariffs(home.iloc[:0], [basic]).columns) == op.schema.COMPARISON.names
