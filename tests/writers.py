"""INTERVALS written in the layouts that utilities use, by plain loops; and rows of a layout as a table.

The package reads these layouts and writes none: a writer here is a second reading of each layout.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from omnipandas.files.document import Document
from omnipandas.files.rows import Question

BRISBANE = ZoneInfo("Etc/GMT-10")


def usage(start, days, *, tz, minutes, accounts=("a",), export=False, seed=0, unknown=0.0) -> pd.DataFrame:
    """INTERVALS of whole local days in thousandths of a kWh, sorted by account, then time."""
    rng = np.random.default_rng(seed)
    first, last = (
        pd.Timestamp(day).tz_localize(tz, ambiguous=True, nonexistent="shift_forward")
        for day in (start, pd.Timestamp(start) + pd.Timedelta(days=days))
    )
    index = pd.date_range(first, last, freq=f"{minutes}min", inclusive="left", unit="us")
    parts = []
    for account in accounts:
        part = pd.DataFrame(
            {
                "service_account_id": account,
                "interval_end": index + pd.Timedelta(minutes=minutes),
                "total_kwh": rng.integers(1, 4_000, len(index)) / 1000,
                "estimated": rng.random(len(index)) < 0.1,
            },
            index=index.rename("interval_start"),
        )
        if export:
            part["export_kwh"] = rng.integers(0, 3_000, len(index)) / 1000
        part.loc[rng.random(len(index)) < unknown, "total_kwh"] = np.nan
        parts.append(part)
    return pd.concat(parts)


def registers(own: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    """The registers of one account: delivered, and received where there is export."""
    found = [("total", own["total_kwh"])]
    return [*found, ("export", own["export_kwh"])] if "export_kwh" in own else found


def text_of(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.3f}"


# ---- Green Button -----------------------------------------------------------------------------------


def espi(frame, *, multiplier=-3, prefix="espi", power=False, block="D") -> bytes:
    """An Atom feed of ESPI: a usage point an account, a meter reading a register, a block a day."""
    p = f"{prefix}:" if prefix else ""
    xmlns = f"xmlns:{prefix}" if prefix else "xmlns"
    entries = []

    def entry(own, content, **links):
        rels = "".join(f'<a:link rel="{rel}" href="{href}"/>' for rel, href in links.items())
        opened = f'<{p}{content[0]} {xmlns}="http://naesb.org/espi">' if not prefix else f"<{p}{content[0]}>"
        body = f"<a:content>{opened}{content[1]}</{p}{content[0]}></a:content>"
        entries.append(f'<a:entry><a:link rel="self" href="{own}"/>{rels}{body}</a:entry>')

    for account, own in frame.groupby("service_account_id", sort=False):
        point = f"https://example.com/RetailCustomer/9/UsagePoint/{account}"
        kind = f"<{p}ServiceCategory><{p}kind>0</{p}kind></{p}ServiceCategory>"
        entry(point, ("UsagePoint", kind), related=f"{point}/MeterReading")
        for number, (role, kwh) in enumerate(registers(own)):
            meter, rtype = f"{point}/MeterReading/{number}", f"https://example.com/ReadingType/{role}"
            entry(meter, ("MeterReading", ""), up=f"{point}/MeterReading", related=rtype)
            flow = 1 if role == "total" else 19
            codes = {"flowDirection": flow, "powerOfTenMultiplier": multiplier, "uom": 38 if power else 72}
            entry(rtype, ("ReadingType", "".join(f"<{p}{k}>{v}</{p}{k}>" for k, v in codes.items())))
            for day, part in kwh.groupby(kwh.index.floor(block, ambiguous=True, nonexistent="shift_forward")):
                readings = "".join(
                    _reading(p, own, at, value, multiplier, power) for at, value in part.items()
                )
                entry(
                    f"{meter}/IntervalBlock/{day:%Y%m%d}",
                    ("IntervalBlock", readings),
                    up=f"{meter}/IntervalBlock",
                )
    outer = f'<a:feed xmlns:a="http://www.w3.org/2005/Atom" {xmlns if prefix else "xmlns:espi"}="http://naesb.org/espi">'
    return f'<?xml version="1.0" encoding="UTF-8"?>{outer}{"".join(entries)}</a:feed>'.encode()


def _reading(p, own, at, value, multiplier, power) -> str:
    row = own.loc[at]
    length = int((row["interval_end"] - at).total_seconds())
    amount = value * 1000 / 10.0**multiplier * (3600 / length if power else 1)
    said = "" if np.isnan(value) else f"<{p}value>{round(amount)}</{p}value>"
    quality = 8 if row["estimated"] else 17
    return (
        f"<{p}IntervalReading><{p}cost>12</{p}cost>"
        f"<{p}ReadingQuality><{p}quality>{quality}</{p}quality></{p}ReadingQuality>"
        f"<{p}timePeriod><{p}duration>{length}</{p}duration><{p}start>{int(at.timestamp())}</{p}start></{p}timePeriod>"
        f"{said}</{p}IntervalReading>"
    )


# ---- NEM12 ------------------------------------------------------------------------------------------


def nem12(frame) -> bytes:
    """Whole days of the market's time: a 200 record a register, a 300 a day, 400s where quality varies."""
    lines = ["100,NEM12,202501010000,MDP,RETAILER"]
    for account, own in frame.groupby("service_account_id", sort=False):
        market = own.tz_convert(BRISBANE)
        minutes = int((own["interval_end"].iloc[0] - own.index[0]).total_seconds() // 60)
        for role, kwh in registers(market):
            suffix = "E1" if role == "total" else "B1"
            lines.append(f"200,{account},E1B1,1,{suffix},N1,METER1,kWh,{minutes},")
            for day, part in kwh.groupby(kwh.index.date):
                cells = ",".join("0" if np.isnan(value) else text_of(value) for value in part)
                flags = _flags(market.loc[part.index, "estimated"], part.isna())
                method = flags[0] if len(set(flags)) == 1 else "V"
                lines.append(f"300,{day:%Y%m%d},{cells},{method},,,20250101000000,")
                if method == "V":
                    lines += [f"400,{at},{at},{flag},," for at, flag in enumerate(flags, start=1)]
    return "\r\n".join([*lines, "900"]).encode()


def _flags(estimated, unknown) -> list[str]:
    return [
        "N" if none else "S14" if marked else "A" for marked, none in zip(estimated, unknown, strict=True)
    ]


# ---- Southern California Edison ---------------------------------------------------------------------


def sce(frame) -> bytes:
    """Blocks of a day and register, periods "A to B" with non-breaking spaces."""
    lines = [
        "Energy Usage Information,,",
        "For location: Somewhere,,",
        ",,",
        "Type of readings: Electricity,,",
    ]
    for day, own in frame.groupby(frame.index.date):
        for role, kwh in registers(own):
            word = "Delivered" if role == "total" else "Received"
            lines.append(f"Data for period starting: {day} 00:00:00  for 24 hours,,")
            unit = "(Real energy in kilowatt-hours)"
            lines.append(f"Energy\xa0 {word} time period,Usage\xa0 {word}{unit},Reading quality")
            for at, value in kwh.items():
                period = f"{at:%Y-%m-%d %H:%M:%S}\xa0to\xa0{own.loc[at, 'interval_end']:%Y-%m-%d %H:%M:%S}"
                quality = "Estimated" if own.loc[at, "estimated"] else ""
                lines.append(f"{period},{text_of(value)},{quality}")
            lines.append(",,")
    return "\n".join(lines).encode("utf-8-sig")


# ---- wide days --------------------------------------------------------------------------------------


def wide(frame, *, label="start", numbered="", date="%Y-%m-%d", separator=",") -> bytes:
    """A row a day and register. By the clock, or numbered: then cells follow each other, an hour to spare."""
    minutes = int((frame["interval_end"].iloc[0] - frame.index[0]).total_seconds() // 60)
    count = 1440 // minutes
    if numbered:
        heads = [f"{numbered}{place}" for place in range(1, count + 60 // minutes + 1)]
    else:
        shift = minutes if label == "end" else 0
        heads = [f"{m // 60:02d}:{m % 60:02d}" for m in range(shift, 1440 + shift, minutes)]
    lines = [separator.join(["Meter", "Register", "Date", *heads])]
    for account, own in frame.groupby("service_account_id", sort=False):
        for day, part in own.groupby(own.index.date):
            for role, kwh in registers(part):
                if numbered:
                    cells = [text_of(value) for value in kwh]
                    cells += [""] * (len(heads) - len(cells))
                else:
                    by_clock = {at.hour * 60 + at.minute: value for at, value in kwh.items()}
                    cells = [text_of(by_clock.get(m, np.nan)) for m in range(0, 1440, minutes)]
                register = "Consumption" if role == "total" else "Feed-in"
                lines.append(separator.join([str(account), register, f"{day:{date}}", *cells]))
    return "\n".join(lines).encode()


# ---- rows as a table --------------------------------------------------------------------------------


def read(layout, content: bytes, timezone: str, **question) -> pd.DataFrame:
    """What a layout reads: a row a reading, sorted by account and instant."""
    document = Document("file", content)
    assert layout.recognises(document)
    found = []
    for rows in layout.rows_of(document, Question(timezone, **question)):
        size = len(rows.start)
        blank = np.full(size, np.nan)
        found.append(
            pd.DataFrame(
                {
                    "account": rows.account,
                    "start": instants(rows.start, timezone),
                    "total": rows.total,
                    "export": blank if rows.export is None else rows.export,
                    "estimated": np.zeros(size, bool) if rows.estimated is None else rows.estimated,
                }
            )
        )
    return pd.concat(found).sort_values(["account", "start"], ignore_index=True)


def instants(stamps: pd.DatetimeIndex, timezone: str) -> list[datetime]:
    """Stamps as instants: of a wall time that comes twice the second is the later one."""
    if stamps.tz is not None:
        return list(stamps.tz_convert("UTC").to_pydatetime())
    zone, seen, found = ZoneInfo(timezone), {}, []
    for wall in stamps.to_pydatetime():
        seen[wall] = seen.get(wall, -1) + 1
        found.append(wall.replace(tzinfo=zone, fold=seen[wall] % 2).astimezone(UTC))
    return found


def expected(frame: pd.DataFrame) -> pd.DataFrame:
    """What a layout must read of the frame that was written in it."""
    return pd.DataFrame(
        {
            "account": frame["service_account_id"].astype(object).to_numpy(),
            "start": list(frame.index.tz_convert("UTC").to_pydatetime()),
            "total": frame["total_kwh"].to_numpy(),
            "export": frame["export_kwh"].to_numpy() if "export_kwh" in frame else np.nan,
            "estimated": frame["estimated"].to_numpy(),
        }
    ).sort_values(["account", "start"], ignore_index=True)


def days_around(moment: str, days: int) -> tuple[str, int]:
    """The day before a date, and how many days from there."""
    first = datetime.fromisoformat(moment) - timedelta(days=1)
    return f"{first:%Y-%m-%d}", days
