"""Which service accounts a call is about, from whatever names them; nothing else is ever sent."""

from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError
from omnipandas.omnimetic.ids import account_ids
from tests.vendor import OTHER, PREMISE

BOTH = [OTHER, PREMISE]
ACCOUNTS = pd.DataFrame({"city": ["Phoenix", "Albany"]}, index=pd.Index(BOTH, name="service_account_id"))
LONG = pd.DataFrame({"service_account_id": pd.Categorical([OTHER, PREMISE, OTHER]), "total_kwh": 1.0})

NAMED = {
    "a list": BOTH,
    "a tuple": tuple(BOTH),
    "a generator": (one for one in BOTH),
    "an index": ACCOUNTS.index,
    "a Series": pd.Series(BOTH, index=["x", "y"], name="city"),
    "a Series of a category": LONG["service_account_id"],
    "a Categorical": pd.Categorical(BOTH, categories=sorted(BOTH)),
    "an array": np.array(BOTH),
    "keys": dict.fromkeys(BOTH, 1).keys(),
    "doubles": [OTHER, PREMISE, OTHER],
    "the accounts' frame": ACCOUNTS,
    "the accounts' frame, reset": ACCOUNTS.reset_index(),
    "readings": LONG,
}
GETS = {
    "accounts": op.get_service_accounts,
    "months": lambda client, ids: op.get_historical(client, ids, 2022),
    "hours": lambda client, ids: op.get_intervals(client, ids, "2023-01-01", "2023-01-02"),
}


@pytest.mark.parametrize("ids", NAMED.values(), ids=NAMED)
def test_whatever_names_accounts_is_taken(ids):
    assert account_ids(ids) == BOTH


@pytest.mark.parametrize("one", [PREMISE, np.str_(PREMISE), [PREMISE]])
def test_one_account_is_taken(one):
    assert account_ids(one) == [PREMISE]


@pytest.mark.parametrize("get", GETS.values(), ids=GETS)
def test_the_accounts_frame_asks_for_its_accounts(client, vendor, get):
    get(client, ACCOUNTS)
    assert vendor.requests
    assert not [r for r in vendor.requests if "city" in str(r.query) or "city" in r.path]


REFUSED = {
    "a frame without ids": (ACCOUNTS.reset_index(drop=True), "service_account_id, neither as index"),
    "a wide frame": (pd.DataFrame({PREMISE: [1.0]}), "neither as index"),
    "a dict of ids": ({PREMISE: "home"}, "a mapping"),
    "a dict of lists": ({"ids": BOTH}, "a mapping"),
    "another mapping": (MappingProxyType({PREMISE: 1}), "a mapping"),
    "a missing id": (pd.Series([PREMISE, None]), "no service account id"),
    "a missing category": (pd.Categorical([PREMISE, None]), "no service account id"),
    "numbers": (pd.Series([1, 2]), "no service account id"),
    "an index of pairs": (pd.MultiIndex.from_tuples([(PREMISE, 1)]), "no service account id"),
    "an array of two axes": (np.array([BOTH]), "no service account id"),
    "an array of none": (np.array(PREMISE), "no service account id"),
    "bytes": (PREMISE.encode(), "no service account id"),
    "nothing": (None, "no service account id"),
    "a blank": ([""], "no service account id"),
}


@pytest.mark.parametrize(("ids", "words"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("get", GETS.values(), ids=GETS)
def test_what_does_not_name_accounts_is_refused_before_anything_is_sent(client, vendor, get, ids, words):
    with pytest.raises(ArgumentError, match=words):
        get(client, ids)
    assert vendor.requests == []
