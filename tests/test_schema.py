import pandas as pd
import pytest

import omnipandas as op
from omnipandas import errors, schema
from tests.frames import bills, intervals

TABLES = [value for value in vars(schema).values() if isinstance(value, schema.Table)]


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_an_empty_frame_has_all_columns_dtypes_and_the_index_name(table):
    empty = table.empty("America/St_Johns")
    assert list(empty.columns) == table.names
    assert empty.index.name == table.index.name
    assert len(empty) == 0
    for column in table.columns:
        assert str(empty[column.name].dtype) == schema.dtype_of(column, "America/St_Johns")
    assert str(empty.index.dtype) == schema.dtype_of(table.index, "America/St_Johns")


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_every_column_has_a_unit_and_a_meaning_and_its_unit_stands_in_its_name(table):
    for column in (table.index, *table.columns):
        assert column.unit
        assert column.meaning.endswith(".")
        if column.unit in {"kWh", "kW", "USD"}:
            assert column.unit.lower() in column.name.split("_")


def test_require_names_the_missing_column():
    frame = schema.INTERVALS.empty("America/Denver").drop(columns="total_kwh")
    with pytest.raises(errors.SchemaError, match="total_kwh"):
        schema.INTERVALS.require(frame)
    schema.INTERVALS.require(frame, ["on_peak_kwh"])


def test_require_refuses_a_naive_index_and_says_how_to_mend_it():
    frame = schema.INTERVALS.empty().tz_localize(None)
    with pytest.raises(errors.SchemaError, match="tz_localize"):
        schema.INTERVALS.require(frame)


def test_require_refuses_what_is_no_frame_or_has_no_dates():
    with pytest.raises(errors.SchemaError, match="Series"):
        schema.INTERVALS.require(pd.Series(dtype=float))
    with pytest.raises(errors.SchemaError, match="DatetimeIndex"):
        schema.INTERVALS.require(schema.INTERVALS.empty().reset_index(drop=True))


def test_require_refuses_text_where_numbers_belong():
    frame = schema.INTERVALS.empty().astype({"total_kwh": "str"})
    with pytest.raises(errors.SchemaError, match="total_kwh"):
        schema.INTERVALS.require(frame)


def test_one_text_dtype_and_one_unit_of_instants_are_decided_here():
    assert pd.Series(["a", None], dtype=schema.TEXT).isna().tolist() == [False, True]
    instants = [c.dtype for table in TABLES for c in (table.index, *table.columns) if "datetime" in c.dtype]
    assert all(dtype.startswith(f"datetime64[{schema.UNIT}") for dtype in instants)


def test_an_optional_column_may_be_absent_but_not_of_another_kind():
    frame = schema.INTERVALS.empty()
    schema.INTERVALS.require(frame)
    schema.INTERVALS.require(frame.assign(export_kwh=1.0, estimated=True))
    with pytest.raises(errors.SchemaError, match="export_kwh"):
        schema.INTERVALS.require(frame.assign(export_kwh="1.0").astype({"export_kwh": schema.TEXT}))


# ---- what comes back has its table's dtypes, under every pandas -----------------------------------------

HOURS = intervals("2023-01-01", "2023-07-01", tz="America/Denver")
MONTHS = bills(HOURS)
WARMTH = pd.Series(10.0, index=HOURS.index)
BASIC = op.Tariff.flat("Basic", 0.1, fixed=5.0)
LEDGER = op.charges(HOURS, BASIC)
RETURNED = {
    "base_load": (schema.BASE_LOAD, lambda: op.base_load(HOURS)),
    "charges": (schema.CHARGES, lambda: LEDGER),
    "check_usage": (schema.FINDINGS, lambda: op.check_usage(HOURS.drop(HOURS.index[9]), MONTHS)),
    "check_usage, coverage": (schema.COVERAGE, lambda: op.check_usage(HOURS, MONTHS).coverage),
    "check_usage, sufficiency": (schema.SUFFICIENCY, lambda: op.check_usage(HOURS, MONTHS).sufficiency),
    "coincident_peak": (schema.COINCIDENT_PEAK, lambda: op.coincident_peak(HOURS)),
    "compare_periods": (
        schema.PERIOD_COMPARISON,
        lambda: op.compare_periods(HOURS, ("2023-01-01", "2023-02-01"), ("2023-03-01", "2023-04-01")),
    ),
    "compare_tariffs": (schema.COMPARISON, lambda: op.compare_tariffs(HOURS, [BASIC])),
    "cost_per_kwh": (schema.COST_PER_KWH, lambda: op.cost_per_kwh(MONTHS)),
    "cost_per_kwh by period": (
        schema.COST_BY_PERIOD,
        lambda: op.cost_per_kwh(MONTHS, by="period", rates=op.implied_rates(MONTHS)),
    ),
    "degree_days": (schema.DEGREE_DAYS, lambda: op.degree_days(WARMTH, unit="C")),
    "fill_gaps": (schema.FILLED, lambda: op.fill_gaps(HOURS.drop(HOURS.index[9]), "linear")),
    "implied_rates": (schema.IMPLIED_RATES, lambda: op.implied_rates(MONTHS)),
    "infer_peak_schedule, fit": (schema.PEAK_FIT, lambda: op.infer_peak_schedule(HOURS).fit),
    "interval_costs": (schema.INTERVAL_COSTS, lambda: op.interval_costs(HOURS, BASIC)),
    "list_tariffs": (schema.TARIFFS, op.list_tariffs),
    "load_duration": (schema.LOAD_DURATION, lambda: op.load_duration(HOURS)),
    "load_factor": (schema.LOAD_FACTOR, lambda: op.load_factor(HOURS)),
    "load_heatmap": (schema.LOAD_HEATMAP, lambda: op.load_heatmap(HOURS)),
    "load_profile": (
        schema.LOAD_PROFILE,
        lambda: op.load_profile(HOURS, ["season", "month", "day_type", "weekday", "year"]),
    ),
    "peak_demand": (schema.PEAK_DEMAND, lambda: op.peak_demand(HOURS)),
    "ramp": (schema.RAMP, lambda: op.ramp(HOURS)),
    "reconcile": (schema.RECONCILIATION, lambda: op.reconcile(LEDGER, MONTHS)),
    "resample_usage": (schema.USAGE, lambda: op.resample_usage(HOURS, "day")),
    "split_peaks": (schema.PEAK_SPLIT, lambda: op.split_peaks(HOURS, by="day")),
    "typical_week": (schema.TYPICAL_WEEK, lambda: op.typical_week(HOURS, ["season", "month", "year"])),
    "weather_fit": (schema.WEATHER_FIT, lambda: op.weather_fit(HOURS, WARMTH, unit="C")),
}


@pytest.mark.parametrize(("table", "study"), RETURNED.values(), ids=RETURNED)
def test_what_a_study_returns_has_its_tables_dtypes_and_what_it_takes_stays_as_it_was(table, study):
    taken = (HOURS, MONTHS, WARMTH, LEDGER)
    before = [one.copy(deep=True) for one in taken]
    frame = study()
    assert len(frame)
    assert list(frame.columns)[: len(table.names)] == table.names
    expected = table.empty("America/Denver")
    assert frame.dtypes[table.names].astype(str).to_dict() == expected.dtypes.astype(str).to_dict()
    assert (frame.index.name, str(frame.index.dtype)) == (expected.index.name, str(expected.index.dtype))
    for one, other in zip(taken, before, strict=True):
        assert one.equals(other)
