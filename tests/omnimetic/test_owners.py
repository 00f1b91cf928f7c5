"""Whose readings came: another account's are never taken, nor kept."""

import pytest

import omnipandas as op
from omnipandas import errors
from tests.vendor import OTHER, PREMISE, answer, months

RANGE = ("2023-03-01", "2023-05-01")


def hours(client, ids=PREMISE, **options):
    return op.get_intervals(client, ids, *RANGE, timezone="America/New_York", **options)


def swapped(vendor, word="interval-data", to=OTHER):
    """Answer for `to` whoever is asked for, while the rule stands."""

    def rule(request):
        if word not in request.path or PREMISE not in request.path:
            return None
        if word == "historical-data":
            return answer(months(to, int(request.query["year"])))
        return answer(vendor.hours(to, request.query["startDate"], request.query["endDate"]))

    vendor.rules.append(rule)
    return rule


def test_an_account_that_is_suddenly_another_is_an_error_and_nothing_of_it_is_kept(client, vendor):
    op.get_historical(client, PREMISE, 2022)
    rule = swapped(vendor)
    with pytest.raises(errors.PayloadError, match="always answered here"):
        hours(client)
    assert client.cache.entries == 1
    vendor.rules.remove(rule)
    assert (hours(client)["service_account_id"] == PREMISE).all()


def test_the_pin_outlives_the_client(connect, vendor):
    first = connect()
    op.get_historical(first, PREMISE, 2022)
    first.close()
    swapped(vendor)
    with pytest.raises(errors.PayloadError, match="always answered here"):
        hours(connect())


def test_two_accounts_that_are_one_are_an_error(client, vendor):
    hours(client, OTHER)
    swapped(vendor)
    with pytest.raises(errors.PayloadError, match="an account of its own"):
        hours(client)


def test_records_of_several_accounts_are_an_error(client, vendor):
    def mixed(request):
        if "interval-data" not in request.path:
            return None
        rows = vendor.hours(PREMISE, request.query["startDate"], request.query["endDate"])
        rows[700]["serviceAccount"]["_id"] = OTHER
        return answer(rows)

    vendor.rules.append(mixed)
    with pytest.raises(errors.PayloadError, match="found 2 accounts"):
        hours(client)
    assert client.cache.entries == 0


def test_an_id_of_another_kind_is_no_error_as_long_as_it_stays(client, vendor):
    def renamed(request):
        if "interval-data" not in request.path:
            return None
        rows = vendor.hours(PREMISE, request.query["startDate"], request.query["endDate"])
        for row in rows:
            row["serviceAccount"] = {"_id": f"internal-{request.path.split('/')[-2]}"}
        return answer(rows)

    vendor.rules.append(renamed)
    assert len(hours(client, [PREMISE, OTHER])) == 2 * len(hours(client))


@pytest.mark.parametrize("owner", [None, {}, {"_id": None}, "absent"])
def test_records_that_name_nobody_are_taken(client, vendor, owner):
    def nameless(request):
        if "interval-data" not in request.path:
            return None
        rows = vendor.hours(PREMISE, request.query["startDate"], request.query["endDate"])
        for row in rows:
            row["serviceAccount"] = owner
            if owner == "absent":
                del row["serviceAccount"]
        return answer(rows)

    vendor.rules.append(nameless)
    assert len(hours(client)) == len(op.get_intervals(client, OTHER, *RANGE, timezone="America/New_York"))


def test_the_account_that_bears_the_very_id_is_believed(client, vendor):
    rule = swapped(vendor)
    hours(client)  # seen for the first time: nothing is known yet
    vendor.rules.remove(rule)
    hours(client, OTHER)
    swapped(vendor)
    with pytest.raises(errors.PayloadError):
        hours(client, refresh=True)


def test_clearing_everything_forgets_whose_answers_they_were(client, vendor):
    hours(client)
    assert client.cache.clear(PREMISE) == 2
    swapped(vendor)
    with pytest.raises(errors.PayloadError):
        hours(client)
