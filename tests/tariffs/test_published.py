"""Yearly bills that NREL publishes in the unit tests of SSC, the engine of the System Advisor Model.

Source: github.com/NREL/ssc, test/ssc_test/cmod_utilityrate5_test.cpp; prices and bounds re-keyed, windows
put in words. Its tests allow 0.1 USD a year. The bills of single months are worked out by hand.
"""

import pandas as pd
import pytest

import omnipandas as op
from omnipandas.tariffs.components import Demand, Energy, Fixed, Tier
from omnipandas.tariffs.hour_tables import from_windows

pytestmark = pytest.mark.shared

RESIDENTIAL_WINDOWS = {
    "summer peak": "jun-oct 16-21",
    "summer shoulder": ["jun-oct weekday 6-16", "jun-oct weekend 14-16", "jun-oct 21-24"],
    "summer off-peak": ["jun-oct weekday 0-6", "jun-oct weekend 0-14"],
    "winter peak": "nov-may 16-21",
    "winter shoulder": [
        "nov-feb weekday 6-16", "may weekday 6-16", "mar-apr weekday 6-10", "mar-apr weekday 14-16",
        "nov-may weekend 14-16", "nov-may 21-24",
    ],
    "winter off-peak": "otherwise",
}  # fmt: skip
RESIDENTIAL_PRICES = {  # baseline [kWh a day], price below it and above it [USD/kWh]
    "summer peak": (11.7, 0.31868, 0.50884),
    "summer shoulder": (11.7, 0.26425, 0.45441),
    "summer off-peak": (11.7, 0.21035, 0.40051),
    "winter peak": (11.96, 0.23241, 0.40853),
    "winter shoulder": (11.96, 0.22394, 0.40006),
    "winter off-peak": (11.96, 0.21454, 0.39066),
}
COMMERCIAL_WINDOWS = {
    "summer peak": "may-oct weekday 15-20",
    "summer off-peak": ["may-oct weekday 0-15 20-24", "may-oct weekend"],
    "winter peak": "nov-apr weekday 15-20",
    "winter off-peak": "otherwise",
}
COMMERCIAL_PRICES = {
    "summer peak": 0.05,
    "summer off-peak": 0.075,
    "winter peak": 0.06,
    "winter off-peak": 0.05,
}


@pytest.fixture(scope="module")
def loads(shared):
    frame = pd.read_csv(shared / "vectors" / "tariffs" / "loads.csv", index_col=0, parse_dates=True)
    # SAM's year knows no daylight saving time; nor does Phoenix.
    return frame.tz_localize("America/Phoenix")


@pytest.fixture(scope="module")
def residential():
    """Test_Residential_TOU_Rates_w_tiers: time of use over a daily baseline."""
    labels, weekday, weekend = from_windows(RESIDENTIAL_WINDOWS, where="residential")
    return op.read_tariff(
        {
            "name": "SSC residential TOU with tiers",
            "energyratestructure": [
                [{"rate": below, "max": baseline, "unit": "kWh daily"}, {"rate": above, "unit": "kWh daily"}]
                for baseline, below, above in (RESIDENTIAL_PRICES[label] for label in labels)
            ],
            "energyweekdayschedule": [list(row) for row in weekday],
            "energyweekendschedule": [list(row) for row in weekend],
        }
    )


@pytest.fixture(scope="module")
def commercial():
    """Test_Commercial_Demand_Charges: time of use, and tiered demand by time of use."""
    labels, weekday, weekend = from_windows(COMMERCIAL_WINDOWS, where="commercial")
    energy = Energy(tuple((Tier(COMMERCIAL_PRICES[label]),) for label in labels), weekday, weekend, labels)
    labels, weekday, weekend = from_windows(
        {"peak": "weekday 15-20", "off-peak": "otherwise"}, where="demand"
    )
    tiers = (Tier(20.0, 100.0), Tier(15.0)), (Tier(10.0, 100.0), Tier(5.0))
    return op.Tariff("SSC commercial demand", (Fixed(30.0), energy, Demand(tiers, weekday, weekend, labels)))


def month(ledger, number):
    return ledger.loc[ledger["period_start"].dt.month == number, "amount_usd"].sum()


def test_the_residential_year(loads, residential):
    year = op.charges(loads["res_sam"], residential)["amount_usd"].sum()
    assert round(year, 1) == 1839.7


def test_the_residential_year_needs_one_baseline_for_all_periods(loads, residential):
    year = op.charges(loads["res_sam"], residential, tiers="per_period")["amount_usd"].sum()
    assert year < 1839.7 - 100  # a baseline for each period would leave far less above it


@pytest.mark.parametrize(
    ("number", "baseline", "saved", "kwh_at_price_above"),
    [
        (1, 31 * 11.96, 0.17612, [(118.671493, 0.40853), (163.32641, 0.40006), (93.09264, 0.39066)]),
        (7, 31 * 11.7, 0.19016, [(268.289566, 0.50884), (368.558388, 0.45441), (205.383718, 0.40051)]),
    ],
)
def test_residential_months_by_hand(loads, residential, number, baseline, saved, kwh_at_price_above):
    # 375.09 kWh in January and 842.23 in July, by period: all at the price above the baseline, less what
    # a kWh below it saves, the same in every period of the season.
    bill = sum(kwh * price for kwh, price in kwh_at_price_above) - baseline * saved
    ledger = op.charges(loads["res_sam"], residential)
    assert month(ledger, number) == pytest.approx(bill, abs=1e-5)


def test_the_commercial_year(loads, commercial):
    assert loads["com_sam"].max().round() == 274  # kW, the peak that the source gives for this load
    year = op.charges(loads["com_sam"], commercial)["amount_usd"].sum()
    assert round(year, 1) == 104_614.5


def test_a_commercial_month_by_hand(loads, commercial):
    # January: 10,659.7704 kWh and 155.912 kW on peak, 46,679.7186 kWh and 234.676 kW off peak.
    energy = 10_659.7704 * 0.06 + 46_679.7186 * 0.05
    demand = 100 * 20 + 55.912 * 15 + 100 * 10 + 134.676 * 5
    ledger = op.charges(loads["com_sam"], commercial)
    assert month(ledger, 1) == pytest.approx(30 + energy + demand, abs=1e-5)
