import json
import os
import stat

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas import errors
from omnipandas.omnimetic.ids import account_ids
from tests.vendor import OTHER, PREMISE


def test_ids_are_remembered_per_key_and_address(connect, vendor):
    client = connect()
    assert op.linked_accounts(client) == []
    assert op.remember_accounts(client, PREMISE) == [PREMISE]
    assert op.remember_accounts(client, [OTHER, PREMISE]) == [PREMISE, OTHER]
    assert op.linked_accounts(connect()) == [PREMISE, OTHER]
    assert op.linked_accounts(connect(client_id="another")) == []
    assert op.linked_accounts(connect(base_url=vendor.url + "/v2")) == []
    assert vendor.requests == []


def test_forgetting_takes_the_answers_along(client):
    op.remember_accounts(client, [PREMISE, OTHER])
    op.get_historical(client, [PREMISE, OTHER], 2022)
    assert op.forget_accounts(client, PREMISE) == [OTHER]
    assert op.linked_accounts(client) == [OTHER]
    assert client.cache.entries == 1
    assert op.forget_accounts(client, "unknown") == [OTHER]


def test_the_file_is_small_json_of_its_owners_alone_and_no_draft_is_left(client):
    op.remember_accounts(client, PREMISE)
    (path,) = client.cache.path.parent.glob("*.json")
    assert json.loads(path.read_text()) == {"service_account_ids": [PREMISE]}
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not [p for p in path.parent.iterdir() if p.name.startswith(".")]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"service_account_ids": ["../x"]}', '{"service_account_ids": 5}', "null"]
)
def test_a_damaged_list_is_an_error_that_says_what_to_do(client, content):
    op.remember_accounts(client, PREMISE)
    (path,) = client.cache.path.parent.glob("*.json")
    path.write_text(content)
    with pytest.raises(errors.ArgumentError, match="remember_accounts"):
        op.linked_accounts(client)


def test_nothing_is_written_where_an_id_is_none(client):
    with pytest.raises(errors.ArgumentError):
        op.remember_accounts(client, [PREMISE, "../x"])
    assert op.linked_accounts(client) == []


@pytest.mark.parametrize(
    "ids",
    [
        [PREMISE, OTHER],
        (PREMISE, OTHER),
        pd.Index([PREMISE, OTHER]),
        pd.Series([PREMISE, OTHER]),
        pd.Series([PREMISE, OTHER], dtype="category"),
        np.array([PREMISE, OTHER]),
        iter([PREMISE, OTHER]),
        {PREMISE: 1, OTHER: 2}.keys(),
        [PREMISE, OTHER, PREMISE],
    ],
)
def test_any_iterable_of_ids_is_taken(ids):
    assert account_ids(ids) == [PREMISE, OTHER]


@pytest.mark.parametrize(
    "ids",
    ["", "  ", "../x", "a/b", "a b", "a?b=c", "a#b", "%2e%2e", "..", ".", "-x", "a..b", "é", "x" * 129, "a\n",
     None, 5, b"a", [["a"]], [None], [5], [PREMISE, ""], [float("nan")], "a'b", 'a"b', ["a\x00"]],
)  # fmt: skip
def test_what_is_no_id_is_refused(ids):
    with pytest.raises(errors.ArgumentError, match="service account id"):
        account_ids(ids)
