"""Random URDB documents, priced here and by NREL's engine."""

import copy

import numpy as np
import pandas as pd
import pytest
from PySAM import Utilityrate5
from PySAM.UtilityRateTools import URDBv8_to_ElectricityRates

import omnipandas as op

INDEX = pd.date_range("2018-01-01", periods=8760, freq="h", tz="America/Phoenix")
BASES = {"kWh": 300.0, "kWh daily": 10.0, "kWh/kW": 150.0, "kWh/kW daily": 5.0}


def structure(rng, periods, unit):
    """Random prices; PySAM wants the same bounds in all periods."""
    depth = int(rng.integers(1, 4))
    bounds = np.sort(rng.uniform(0.2, 2.0, depth)).round(3) * BASES.get(unit, 1.0)
    rows = []
    for _ in range(periods):
        row = []
        for number in range(depth):
            tier = {"rate": round(rng.uniform(0.02, 0.5), 4)}
            if rng.random() < 0.3:
                tier["adj"] = round(rng.uniform(-0.01, 0.05), 4)
            if number < depth - 1:
                tier["max"] = float(bounds[number])
            elif rng.random() < 0.5:
                tier["max"] = 1e38
            if unit:
                tier["unit"] = unit
            row.append(tier)
        rows.append(row)
    return rows


def document(rng):
    energy, flat, tou = (int(n) for n in rng.integers(1, 5, 3))
    found = {
        "name": "random",
        "energyratestructure": structure(rng, energy, str(rng.choice(list(BASES)))),
        "energyweekdayschedule": rng.integers(0, energy, (12, 24)).tolist(),
        "energyweekendschedule": rng.integers(0, energy, (12, 24)).tolist(),
        "fixedchargefirstmeter": round(rng.uniform(0, 30), 2),
        "fixedchargeunits": str(rng.choice(["$/month", "$/day", "$/year"])),
    }
    if rng.random() < 0.5:
        found |= {
            "mincharge": round(rng.uniform(0, 100), 2),
            "minchargeunits": str(rng.choice(["$/month", "$/day", "$/year"])),
        }
    if rng.random() < 0.6:
        found |= {
            "flatdemandstructure": structure(rng, flat, None),
            "flatdemandmonths": rng.integers(0, flat, 12).tolist(),
        }
    if rng.random() < 0.6:
        found |= {
            "demandratestructure": structure(rng, tou, None),
            "demandweekdayschedule": rng.integers(0, tou, (12, 24)).tolist(),
            "demandweekendschedule": rng.integers(0, tou, (12, 24)).tolist(),
        }
    return found


def sam_bills(doc, load):
    model = Utilityrate5.new()
    zeros = """ur_monthly_fixed_charge ur_monthly_min_charge ur_annual_min_charge ur_nm_yearend_sell_rate
        ur_en_ts_sell_rate ur_en_ts_buy_rate ur_sell_eq_buy ur_nm_credit_rollover
        system_use_lifetime_output inflation_rate"""
    for name in zeros.split():
        model.value(name, 0)
    for name in ("degradation", "load_escalation", "rate_escalation", "ur_ts_buy_rate", "ur_ts_sell_rate"):
        model.value(name, [0])
    # The helper changes the document it is given.
    for name, value in URDBv8_to_ElectricityRates(copy.deepcopy(doc)).items():
        model.value(name, value)
    model.value("ur_nm_credit_month", 11)
    model.value("analysis_period", 1)
    model.value("gen", [0.0] * 8760)
    model.value("load", load.tolist())
    model.execute(0)
    return np.array(model.Outputs.utility_bill_wo_sys_ym[1])


@pytest.mark.parametrize("seed", range(40))
def test_a_random_document_costs_the_same(seed):
    rng = np.random.default_rng(seed)
    doc = document(rng)
    load = rng.gamma(2.0, 0.5, 8760) * rng.uniform(0.5, 3)
    ledger = op.charges(pd.Series(load, index=INDEX), op.read_tariff(doc), daily_fixed="twelfths")
    ours = ledger.groupby(ledger["period_start"].dt.month)["amount_usd"].sum().to_numpy()
    assert np.abs(ours - sam_bills(doc, load)).max() < 0.0005
