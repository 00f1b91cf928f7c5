"""A call's parts: how far it is, and how it is ended."""

import threading

import pytest

import omnipandas as op
from omnipandas import errors
from tests.vendor import OTHER, PREMISE, answer


class Told(list):
    """Keeps what it was told, and in which thread."""

    def __call__(self, done, total):
        assert threading.current_thread() is threading.main_thread()
        self.append((done, total))


def counted(total):
    return [(done, total) for done in range(total + 1)]


def a_year(client, **options):
    return op.get_intervals(client, PREMISE, "2022-01-01", "2023-01-01", **options)


GETS = {
    "accounts": lambda c, **options: op.get_service_accounts(c, [PREMISE, OTHER], **options),
    "months": lambda c, **options: op.get_historical(c, [PREMISE, OTHER], range(2020, 2023), **options),
    "hours": lambda c, **options: a_year(c, timezone="America/New_York", **options),
}


@pytest.mark.parametrize(("get", "total"), [("accounts", 2), ("months", 6), ("hours", 12)])
def test_a_call_tells_how_many_of_its_answers_have_come(client, get, total):
    told = Told()
    GETS[get](client, progress=told)
    assert told == counted(total)
    told.clear()
    GETS[get](client, progress=told)
    assert told == []  # the cache has them all: nothing is waited for


def test_addresses_are_told_of_first_and_one_answer_too(client):
    told = Told()
    op.get_intervals(client, PREMISE, "2022-01-01", "2022-02-01", progress=told)
    assert told == counted(1) + counted(1)


def test_answers_that_fail_are_answers_and_the_rest_is_told_of_when_resumed(client, vendor):
    told = Told()
    vendor.rules.append(lambda r: answer({}, 500) if "2022-03-31" in str(r.query) else None)
    with pytest.raises(errors.IncompleteError) as caught:
        a_year(client, timezone="America/New_York", progress=told)
    assert told == counted(12)
    vendor.rules.clear()
    told.clear()
    assert len(caught.value.resume()) == 8760
    assert told == counted(1)


@pytest.mark.parametrize("get", GETS)
def test_what_progress_raises_ends_the_call(connect, vendor, get):
    def enough(done, _total):
        if done == 1:
            raise KeyboardInterrupt

    client = connect(max_workers=1)
    with pytest.raises(KeyboardInterrupt):
        GETS[get](client, progress=enough)
    kept, asked = client.cache.entries, len(vendor.requests)
    assert 1 <= kept <= 3  # the first answer, and what was under way when it came
    expected = GETS[get](client)
    assert len(vendor.requests) - asked == {"accounts": 2, "months": 6, "hours": 12}[get] - kept
    assert GETS[get](client, refresh=True).equals(expected)


@pytest.mark.parametrize("get", GETS)
@pytest.mark.parametrize("progress", [True, False, "bar", 3])
def test_progress_is_a_callable(client, vendor, get, progress):
    with pytest.raises(errors.ArgumentError, match="progress is a callable"):
        GETS[get](client, progress=progress)
    assert vendor.requests == []
