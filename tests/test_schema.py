import pandas as pd
import pytest

from omnipandas import errors, schema

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
