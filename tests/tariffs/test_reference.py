"""All reference bills of ../shared/vectors/tariffs, priced by an independent engine (NREL PySAM)."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.tariffs.components import Energy

pytestmark = pytest.mark.shared

TOLERANCE = 0.0005  # USD
RULES = {
    "nem_kwh": "net_metering_kwh",
    "nem_usd": "net_metering_usd",
    "net_billing": "net_billing",
    "net_billing_usd": "net_billing_carried",
    "buy_all_sell_all": "buy_all_sell_all",
}
REFUSED = {  # what the reference engine drops without a word
    "peco_gsht": "coincidentratestructure",
    "sce_tou8d": "demandreactivepowercharge",
}


@pytest.fixture(scope="module")
def vectors(shared):
    return shared / "vectors" / "tariffs"


@pytest.fixture(scope="module")
def loads(vectors):
    frame = pd.read_csv(vectors / "loads.csv", index_col=0, parse_dates=True)
    # The reference knows no daylight saving time; nor does Phoenix.
    return frame.tz_localize("America/Phoenix")


@pytest.fixture(scope="module")
def bills(vectors):
    return pd.read_csv(vectors / "reference_bills.csv")


def the_references_sell_price(tariff):
    """`sell` where a tier has one (other than 0), else 4 cents."""

    def priced(tier):
        return replace(tier, sell=tier.sell or 0.04)

    return replace(
        tariff,
        charges=tuple(
            replace(c, periods=tuple(tuple(map(priced, tiers)) for tiers in c.periods))
            if isinstance(c, Energy)
            else c
            for c in tariff.charges
        ),
    )


def monthly_totals(ledger):
    month = ledger["period_start"].dt.month
    return ledger.groupby([month, "service_account_id"], observed=True)["amount_usd"].sum().unstack()


def test_every_tariff_of_the_reference_is_here(vectors, bills):
    assert len(bills) == 1848
    assert set(bills["rate"]) == {path.stem for path in (vectors / "rates").glob("*.json")}


def test_bills_without_export(vectors, loads, bills):
    part = bills[bills["case"] == "no_export"]
    for rate, expected in part.groupby("rate"):
        tariff = op.read_tariff(vectors / "rates" / f"{rate}.json", strict=rate not in REFUSED)
        ledger = op.charges(loads[["res_sam", "com_sam"]], tariff, daily_fixed="twelfths")
        ours = monthly_totals(ledger)
        theirs = expected.pivot_table(index="month", columns="load", values="total")
        assert np.abs(ours[theirs.columns].to_numpy() - theirs.to_numpy()).max() < TOLERANCE, rate


@pytest.mark.parametrize("component", ["energy", "demand", "fixed", "minimum"])
def test_components_without_export(vectors, loads, bills, component):
    column = {"minimum": "min_charge_adder"}.get(component, f"{component}_charge")
    part = bills[(bills["case"] == "no_export") & (bills["load"] == "com_sam")]
    for rate, expected in part.groupby("rate"):
        tariff = op.read_tariff(vectors / "rates" / f"{rate}.json", strict=False)
        ledger = op.charges(loads["com_sam"], tariff, daily_fixed="twelfths")
        month = ledger["period_start"].dt.month
        ours = ledger["amount_usd"].where(ledger["component"] == component, 0.0).groupby(month).sum()
        theirs = expected.sort_values("month")[column].to_numpy()
        assert np.abs(ours.to_numpy() - theirs).max() < TOLERANCE, rate


@pytest.mark.parametrize("case", RULES)
def test_bills_with_export(vectors, loads, bills, case):
    generation = 0.6 * loads["pv_gen"]
    net = loads["res_sam"] - generation
    usage, export = (
        (loads["res_sam"], generation)
        if case == "buy_all_sell_all"
        else (net.clip(lower=0), (-net).clip(lower=0))
    )
    tiers = "pro_rata" if case.startswith("nem") else "chronological"
    for rate, expected in bills[bills["case"] == case].groupby("rate"):
        tariff = the_references_sell_price(op.read_tariff(vectors / "rates" / f"{rate}.json", strict=False))
        ledger = op.charges(
            usage, tariff.with_export(RULES[case]), tiers=tiers, daily_fixed="twelfths", export=export
        )
        ours = ledger.groupby(ledger["period_start"].dt.month)["amount_usd"].sum().to_numpy()
        theirs = expected.sort_values("month")["total"].to_numpy()
        assert np.abs(ours - theirs).max() < TOLERANCE, rate


@pytest.mark.parametrize(("rate", "field"), REFUSED.items())
def test_what_the_reference_drops_is_refused_by_name(vectors, rate, field):
    with pytest.raises(op.errors.TariffError, match=field):
        op.read_tariff(vectors / "rates" / f"{rate}.json")
    notes = op.read_tariff(vectors / "rates" / f"{rate}.json", strict=False).notes
    assert any(note.startswith(f"not priced: {field}") for note in notes)


@pytest.mark.parametrize(
    ("file", "words"), [("seward_d28", "energyweekdayschedule.*period 1"), ("dixie_nm", "tier 1, rate")]
)
def test_malformed_documents_are_refused_with_the_field(vectors, file, words):
    with pytest.raises(op.errors.TariffError, match=words):
        op.read_tariff(vectors / "rates" / "malformed" / f"{file}.json")
    lenient = op.read_tariff(vectors / "rates" / "malformed" / f"{file}.json", strict=False)
    assert any("not priced" in note for note in lenient.notes)


def test_a_history_of_revisions_is_one_dated_tariff_and_bills_split_at_each_change(vectors, loads):
    history = op.read_tariff(vectors / "rates" / "history" / "pge_e19_secondary_revisions.json")
    assert len(history.revisions) == 17
    ledger = op.charges(loads["com_sam"], history)
    september = ledger[ledger["period_start"].dt.month == 9]
    assert set(september.loc[september["charge"] == "flat demand", "price"]) == {18.26}
    with pytest.raises(op.errors.TariffError, match="startdate"):
        op.charges(loads["com_sam"].set_axis(loads.index - pd.Timedelta(days=365 * 5)), history)


def test_tiers_that_apply_inside_each_period_give_another_bill(vectors, loads):
    # README of the vectors: "the same tariff and load then gives 1,604 instead of 1,785 dollars".
    # The figure is of another tariff; the direction is what holds for all rising tiers.
    tariff = op.Tariff.tou("Two", {"a": 0.1, "b": 0.1}, {"a": "0-12", "b": "12-24"})
    energy = next(tariff.of(Energy))
    tier = energy.periods[0][0]
    rising = (replace(tier, up_to=200.0), replace(tier, price=0.3))
    tariff = replace(tariff, charges=(replace(energy, periods=(rising, rising)),))
    load = loads["res_sam"]
    whole, inside = (
        op.charges(load, tariff, tiers=rule)["amount_usd"].sum() for rule in ("pro_rata", "per_period")
    )
    assert inside < whole
