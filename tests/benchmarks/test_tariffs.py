"""Pricing against NREL's engine and against a hand-written numpy bound, side by side in one process.

python -m pytest tests/benchmarks/test_tariffs.py -s
"""

import json
import time

import numpy as np
import pandas as pd
import pytest
from PySAM import Utilityrate5
from PySAM.UtilityRateTools import URDBv8_to_ElectricityRates

import omnipandas as op
from omnipandas.tariffs.components import Demand, Energy
from omnipandas.tariffs.pricing import compiled, timeline

INDEX = pd.date_range("2018-01-01", periods=8760, freq="h", tz="America/Phoenix")


def best_of(rounds, **contenders):
    """Return each contender's best time, a few runs of each in turn: a busy moment hits all alike."""
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for name, run in contenders.items():
            for _ in range(4):
                start = time.perf_counter()
                run()
                best[name] = min(best[name], time.perf_counter() - start)
    print({name: f"{seconds * 1e3:.3f} ms" for name, seconds in best.items()})  # noqa: T201  # its purpose
    return best


def document():
    """A tariff of the shape of pge_e19_tou_demand: five energy and four demand periods."""
    summer = [2] * 8 + [3] * 4 + [4] * 6 + [3] * 4 + [2] * 2
    winter = [0] * 8 + [1] * 13 + [0] * 3
    energy = [winter] * 4 + [summer] * 6 + [winter] * 2
    peaks = [[max(0, n - 1) for n in row] for row in energy]
    found = {
        "name": "large",
        "energyratestructure": [[{"rate": r, "unit": "kWh"}] for r in (0.096, 0.113, 0.088, 0.119, 0.165)],
        "energyweekdayschedule": energy,
        "energyweekendschedule": [[0] * 24] * 4 + [[2] * 24] * 6 + [[0] * 24] * 2,
        "demandratestructure": [[{"rate": r}] for r in (0, 0.13, 5.4, 19.65)],
        "demandweekdayschedule": peaks,
        "demandweekendschedule": [[0] * 24] * 12,
        "flatdemandstructure": [[{"rate": 17.8}], [{"rate": 19.5}]],
        "flatdemandmonths": [0] * 4 + [1] * 6 + [0] * 2,
        "demandrateunit": "kW",
        "flatdemandunit": "kW",
        "fixedchargefirstmeter": 19.71,
        "fixedchargeunits": "$/day",
    }
    return json.loads(json.dumps(found))  # PySAM's helper counts up each row in place: none may be shared


@pytest.fixture(scope="module")
def tariff():
    return op.read_tariff(document())


@pytest.fixture(scope="module")
def load():
    return pd.Series(np.random.default_rng(0).gamma(3.0, 30.0, 8760), index=INDEX, name="shop")


def sam_model(usage):
    model = Utilityrate5.new()
    for name, value in URDBv8_to_ElectricityRates(document()).items():
        model.value(name, value)
    for name in (
        "ur_monthly_min_charge",
        "ur_annual_min_charge",
        "ur_nm_yearend_sell_rate",
        "ur_en_ts_sell_rate",
    ):
        model.value(name, 0)
    for name in ("ur_sell_eq_buy", "ur_nm_credit_rollover", "system_use_lifetime_output", "inflation_rate"):
        model.value(name, 0)
    for name in ("degradation", "load_escalation", "rate_escalation", "ur_ts_buy_rate", "ur_ts_sell_rate"):
        model.value(name, [0])
    model.value("ur_nm_credit_month", 11)
    model.value("analysis_period", 1)
    model.value("gen", [0.0] * 8760)
    model.value("load", usage)
    model.execute(0)
    return model


def hand_written(values, tariff, lo, hi, codes, peak_codes):
    """The bound: month by month, a sum for each period, a maximum for each peak."""
    energy, flat, tou = (charge for charge in tariff.charges if isinstance(charge, Energy | Demand))
    lines = []
    for start, stop in zip(lo, hi, strict=True):
        block, code, peak = values[start:stop], codes[start:stop], peak_codes[start:stop]
        kinds = np.unique(code)
        used = np.vstack([block[code == k].sum(axis=0) for k in kinds])
        lines.append(used * np.array([energy.periods[k][0].total for k in kinds])[:, None])
        lines.append(block.max(axis=0) * flat.periods[1][0].total)
        lines += [block[peak == k].max(axis=0) * tou.periods[k][0].total for k in np.unique(peak) if k]
    return np.vstack(lines)


def test_a_year_from_a_series_is_ten_times_as_fast_as_pysam_warm_and_twice_cold(load, tariff):
    usage = load.tolist()
    model = sam_model(usage)

    def warm_sam():
        model.value("load", usage)
        model.execute(0)
        return model.Outputs.utility_bill_wo_sys_ym

    def cold():
        compiled.plan_of.cache_clear()
        timeline.timeline_of.cache_clear()
        return op.charges(load, tariff)

    theirs = sum(warm_sam()[1])
    assert op.charges(load, tariff, daily_fixed="twelfths")["amount_usd"].sum() == pytest.approx(
        theirs, abs=1e-3
    )
    best = best_of(80, warm=lambda: op.charges(load, tariff), warm_sam=warm_sam)
    assert best["warm_sam"] / best["warm"] > 10
    best = best_of(40, cold=cold, cold_sam=lambda: sam_model(usage))
    assert best["cold_sam"] / best["cold"] > 2


def test_a_thousand_accounts_are_near_the_bound_and_far_from_a_loop_over_pysam(tariff, load):
    values = np.random.default_rng(1).gamma(3.0, 30.0, (8760, 1000))
    wide = pd.DataFrame(values, index=INDEX)
    model = sam_model(load.tolist())
    months = INDEX.month.to_numpy()
    lo = np.searchsorted(months, np.arange(1, 13))
    hi = np.append(lo[1:], 8760)
    work = (INDEX.day_of_week < 5).astype(int)
    tables = [
        np.array(c.tables) for c in tariff.charges if isinstance(c, Energy) or getattr(c, "by_time", False)
    ]
    codes, peaks = (table[1 - work, months - 1, INDEX.hour] for table in tables)
    best = best_of(
        6,
        ours=lambda: op.charges(wide, tariff),
        bound=lambda: hand_written(wide.to_numpy(), tariff, lo, hi, codes, peaks),
        one_by_sam=lambda: model.execute(0),
    )
    assert best["ours"] / best["bound"] < 2
    assert 1000 * best["one_by_sam"] / best["ours"] > 20


def test_cost_is_linear_in_accounts_and_in_tariffs(tariff):
    values = np.random.default_rng(1).gamma(3.0, 30.0, (8760, 400))
    few, many = (pd.DataFrame(values[:, :count], index=INDEX) for count in (100, 400))
    best = best_of(6, few=lambda: op.charges(few, tariff), many=lambda: op.charges(many, tariff))
    assert best["many"] / best["few"] < 6
    tariffs = [op.read_tariff(document() | {"name": str(n)}) for n in range(8)]
    best = best_of(
        4, two=lambda: op.compare_tariffs(few, tariffs[:2]), eight=lambda: op.compare_tariffs(few, tariffs)
    )
    assert best["eight"] / best["two"] < 6
