"""Every dirt of every premise of the sandbox is found, and nothing else is reported."""

from datetime import date, timedelta

import pytest

import omnipandas as op

CODES = {
    "gap": "gap",
    "outage": "zero_run",
    "differing_doubles": "differing_double",
    "total_mismatch": "split_mismatch",
    "estimated": "repeated_days",
    "split_missing": "month_split_missing",
    "late_month": "month_missing",
    "linked_midway": "starts_late",
}


@pytest.fixture(scope="module", params=["2024-09-20", "2022-12-30"])
def client(request):
    with op.demo(today=request.param) as client:
        yield client


def seen(dirt, today):
    """Whether a dirt is in what a client gets: exact doubles it drops, what is settled has been mended."""
    return dirt.kind != "exact_doubles" and (dirt.settled is None or today < dirt.settled)


@pytest.mark.parametrize("place", range(12))
def test_all_dirt_of_a_premise_is_found_and_nothing_else(client, place):
    today = client.sandbox.today
    facts = client.sandbox.premises[place]
    ids = facts.service_account_id
    years = range(today.year - 2, today.year + 1)
    hourly = op.get_intervals(client, ids, f"{years[0]}-01-01", str(today))
    monthly = op.get_historical(client, ids, years)
    report = op.check_usage(hourly, monthly)
    found = {
        (
            row.code,
            row.start,
            None if row.code == "starts_late" else row.end,
            0 if "month" in row.code else row.rows,
        )
        for row in report.itertuples()
        if row.code not in {"month_mismatch", "starts_late"}
    }
    listed = {
        (CODES[dirt.kind], dirt.start, dirt.end, dirt.rows)
        for dirt in facts.dirt
        if seen(dirt, today) and dirt.kind != "linked_midway" and dirt.start.year >= years[0]
    }
    assert found == listed
    begun = [row.end for row in report.itertuples() if row.code == "starts_late"]
    assert begun == [
        d.start for d in facts.dirt if d.kind == "linked_midway" and d.start.date() < billed(today)
    ]
    mismatched = {f"{row.start:%Y-%m}" for row in report.itertuples() if row.code == "month_mismatch"}
    assert mismatched == {
        month
        for dirt in facts.dirt
        if seen(dirt, today)
        for month in dirt.months
        if int(month[:4]) >= years[0]
    }


def billed(today: date) -> date:
    """Readings that begin later than this have no bill yet to show that nothing came before them."""
    return (today.replace(day=1) - timedelta(days=40)).replace(day=1)


def test_a_correction_shows_as_a_revision():
    with op.demo(today="2023-10-30") as client:
        facts = next(p for p in client.sandbox.premises if any(d.kind == "estimated" for d in p.dirt))
        dirt = next(d for d in facts.dirt if d.kind == "estimated" and d.start.year == 2023)
        before = op.get_intervals(client, facts.service_account_id, "2023-09-01", "2023-10-30")
        client.sandbox.today = date(2023, 11, 20)
        after = op.get_intervals(client, facts.service_account_id, "2023-09-01", "2023-10-30", refresh=True)
    report = op.check_usage(after, previous=before)
    assert set(report["code"]) == {"revised"}
    assert report["start"].min() >= dirt.start
    assert report["end"].max() <= dirt.end
    assert report["rows"].sum() > 0.9 * dirt.rows


def test_wall_time_read_as_utc_is_told_by_its_missing_and_doubled_hour():
    with op.demo(today="2024-03-20", clock="wall") as client:
        ids = op.linked_accounts(client)[0]
        right = op.get_intervals(client, ids, "2023-01-01", "2024-01-01")
        wrong = op.get_intervals(client, ids, "2023-01-01", "2024-01-01", clock="utc")
    assert len(op.check_usage(right)) == 0
    report = op.check_usage(wrong)
    assert list(report["code"]) == ["clock_wall"]
    assert report["rows"].iloc[0] == 2  # one change in spring, one in autumn
