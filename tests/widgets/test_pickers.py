from __future__ import annotations

import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError, SchemaError
from omnipandas.schema import INTERVALS, MONTHLY, SERVICE_ACCOUNTS

HOME, SHOP, SCHOOL = "64d4a4ba8061ed001f6159cf", "64d4a4ba8061ed001f6159d0", "64d4a4ba8061ed001f6159d1"


@pytest.fixture
def accounts():
    frame = SERVICE_ACCOUNTS.empty().reindex([HOME, SHOP, SCHOOL])
    frame["street"] = ["1 Maple St", "9 Corner", None]
    frame["city"] = ["Chicago", "Brooklyn", None]
    frame["timezone"] = ["America/Chicago", "America/New_York", None]
    return frame.rename_axis(index="service_account_id")


def told(picker):
    """The values that an observer is told."""
    seen = []
    picker.observe(lambda change: seen.append(change["new"]), "value")
    return seen


def controls(picker, kind):
    """The controls that a person touches, of one kind."""
    found = [child for child in picker.children if type(child).__name__ == kind]
    return found + [
        inner for child in picker.children if hasattr(child, "children") for inner in controls(child, kind)
    ]


def test_accounts_show_address_and_zone_and_give_ids(accounts):
    picker = op.widgets.AccountPicker(accounts, HOME)
    (menu,) = controls(picker, "SelectMultiple")
    assert [label for label, _ in menu.options] == [
        "1 Maple St · Chicago · America/Chicago",
        "9 Corner · Brooklyn · America/New_York",
        SCHOOL,
    ]
    assert picker.value == (HOME,)
    assert repr(picker) == f"<AccountPicker: ('{HOME}',)>"


def test_a_choice_in_the_list_is_told_once(accounts):
    picker = op.widgets.AccountPicker(accounts)
    seen = told(picker)
    (menu,) = controls(picker, "SelectMultiple")
    menu.index = (2, 0)  # as the browser sets it
    assert seen == [(HOME, SCHOOL)]
    picker.value = SHOP
    picker.value = [SHOP]
    assert seen[1:] == [(SHOP,)]
    assert menu.value == (SHOP,)


def test_words_narrow_the_list_and_never_drop_what_is_chosen(accounts):
    picker = op.widgets.AccountPicker(accounts, SHOP)
    seen = told(picker)
    (menu,), (search,) = controls(picker, "SelectMultiple"), controls(picker, "Text")
    search.value = "CHIC maple"
    assert [value for _, value in menu.options] == [HOME, SHOP]
    search.value = "no such place"
    assert [value for _, value in menu.options] == [SHOP]
    assert menu.value == picker.value == (SHOP,)
    search.value = SCHOOL[-4:]
    assert [value for _, value in menu.options] == [SHOP, SCHOOL]
    assert seen == []


def test_other_options_keep_what_they_still_hold(accounts):
    picker = op.widgets.AccountPicker([HOME, SHOP], [HOME, SHOP])
    seen = told(picker)
    picker.offer([("the shop", SHOP), ("the school", SCHOOL)])
    assert seen == [(SHOP,)]
    picker.offer([("Shop", SHOP)])
    (menu,) = controls(picker, "SelectMultiple")
    assert (menu.options, menu.value, len(seen)) == ((("Shop", SHOP),), (SHOP,), 1)


def test_accounts_from_any_frame_that_names_them(accounts):
    hourly = INTERVALS.empty("America/Chicago").reindex(
        pd.date_range("2023", periods=3, tz="America/Chicago")
    )
    hourly["service_account_id"] = pd.Categorical([HOME, SHOP, HOME])
    assert op.widgets.AccountPicker(hourly).known == [HOME, SHOP]
    with pytest.raises(SchemaError, match="no service accounts in this frame"):
        op.widgets.AccountPicker(accounts.reset_index(drop=True))


def test_an_unknown_choice_is_refused_and_changes_nothing(accounts):
    picker = op.widgets.AccountPicker(accounts, HOME)
    with pytest.raises(ArgumentError, match="'elsewhere' is not among the 3"):
        picker.value = "elsewhere"
    assert picker.value == (HOME,)
    with pytest.raises(ArgumentError):
        op.widgets.AccountPicker(accounts, "elsewhere")


def test_no_accounts_is_an_empty_list():
    picker = op.widgets.AccountPicker([])
    assert (picker.value, picker.known) == ((), [])


def test_years_begin_with_the_latest():
    monthly = MONTHLY.empty().reindex(
        pd.DatetimeIndex(["2022-12-01", "2023-01-01", "2021-05-01"], name="month")
    )
    picker = op.widgets.YearPicker(monthly)
    assert (picker.known, picker.value) == ([2021, 2022, 2023], (2023,))
    assert all(type(year) is int for year in picker.known)
    picker.value = [2023, 2021]
    assert picker.value == (2021, 2023)
    with pytest.raises(SchemaError, match="its index is not time"):
        op.widgets.YearPicker(pd.DataFrame({"x": [1]}))
    assert op.widgets.YearPicker([]).value == ()


def test_day_types_are_boxes():
    picker = op.widgets.DayTypePicker()
    seen = told(picker)
    weekday, weekend, _holiday = controls(picker, "Checkbox")
    weekend.value = False
    assert seen == [("weekday", "holiday")]
    picker.value = ["weekend"]
    assert (weekday.value, weekend.value) == (False, True)
    assert seen[1:] == [("weekend",)]
    with pytest.raises(ArgumentError, match="not 'sunday'"):
        picker.value = ["sunday"]


def test_day_types_of_a_frame_are_those_it_has():
    profile = pd.DataFrame({"day_type": ["weekend", "weekday", "weekend"]})
    picker = op.widgets.DayTypePicker(profile)
    assert picker.value == ("weekday", "weekend")
    with pytest.raises(ArgumentError, match="no holiday to choose"):
        picker.value = ["holiday"]


def test_tariffs_are_those_that_ship_or_those_of_a_frame():
    shipped = op.list_tariffs()
    picker = op.widgets.TariffPicker(value=shipped.index[2])
    assert picker.known == list(shipped.index)
    assert [op.read_tariff(one).name for one in picker.value] == [shipped["name"].iloc[2]]
    (menu,) = controls(picker, "SelectMultiple")
    assert menu.options[2][0] == f"{shipped['utility'].iloc[2]} · {shipped['name'].iloc[2]}"
    assert op.widgets.TariffPicker(shipped.head(3)).known == list(shipped.index[:3])
    with pytest.raises(SchemaError, match="no tariffs"):
        op.widgets.TariffPicker(shipped.reset_index())


def test_a_peak_schedule_is_words_or_the_utilitys_own():
    picker = op.widgets.PeakSchedulePicker()
    seen = told(picker)
    (menu,), (words,) = controls(picker, "Dropdown"), controls(picker, "Text")
    assert picker.value is None
    menu.value = "weekdays 16-21"
    menu.value = "own words"
    assert words.layout.display is None
    words.value = "daily 22-6, Nov-Feb"
    assert seen == ["weekdays 16-21", "daily 22-6, Nov-Feb"]
    assert op.PeakSchedule.parse(picker.value).windows[0].start == 22 * 60
    menu.value = "the utility's own"
    assert seen[2:] == [None]
    assert words.layout.display == "none"


def test_words_that_are_no_schedule_are_refused_with_the_reason():
    picker = op.widgets.PeakSchedulePicker("weekdays 16-21")
    seen = told(picker)
    (words,), (refusal,) = controls(picker, "Text"), controls(picker, "HTML")
    words.value = "fortnights <16-21>"
    assert seen == []
    assert picker.value == "weekdays 16-21"
    assert "&#x27;fortnights&#x27; in the schedule" in refusal.value
    words.value = "weekdays 17-21"
    assert (seen, refusal.value) == (["weekdays 17-21"], "")
    with pytest.raises(ArgumentError, match="not understood"):
        picker.value = "sometimes"


@pytest.mark.parametrize(
    "picker",
    [
        op.widgets.AccountPicker([HOME]),
        op.widgets.DateRangePicker("2023-01-01", "2024-01-01"),
        op.widgets.YearPicker([2023]),
        op.widgets.DayTypePicker(),
        op.widgets.TariffPicker(),
        op.widgets.PeakSchedulePicker(),
    ],
    ids=lambda picker: type(picker).__name__,
)
def test_every_control_has_a_label(picker):
    kinds = ("SelectMultiple", "Text", "Dropdown", "DatePicker", "Checkbox")
    found = [control for kind in kinds for control in controls(picker, kind)]
    assert found
    assert all(control.description for control in found)
