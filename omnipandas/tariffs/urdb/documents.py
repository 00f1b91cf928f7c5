"""One URDB record: its fields, whatever way they are spelt, and what was normalised in reading them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from math import inf, isfinite
from typing import Any, cast

from omnipandas.errors import TariffError

# Written by others for the same field, seen in real documents.
_OTHER_NAMES = {
    "demandrateunits": "demandrateunit",
    "flatdemandunits": "flatdemandunit",
    "coincidentrateunits": "coincidentrateunit",
    "supercedes": "supersedes",
    "sourcereference": "source",
    "mindemand": "peakkwcapacitymin",
    "maxdemand": "peakkwcapacitymax",
}
# What says nothing of a bill: who, where, from where, or text for people.
_NOT_PRICES = frozenset(
    [
        "label",
        "uri",
        "sector",
        "utility",
        "eiaid",
        "name",
        "revisions",
        "approved",
        "is_default",
        "description",
        "source",
        "sourceparent",
        "supersedes",
        "servicetype",
        "country",
        "voltagecategory",
        "voltageminimum",
        "voltagemaximum",
        "phasewiring",
        "energycomments",
        "demandcomments",
        "basicinformationcomments",
        "peakkwcapacityhistory",
        "peakkwhusagehistory",
        "latest_update",
        "servicemax",
        "servicemin",
        "demandunits",
        "zipcodes",
        "version",
    ]
)


class Document:
    """One URDB rate: its fields by lower-case name, what was normalised, and which fields were looked at."""

    def __init__(self, record: Mapping[str, Any], *, strict: bool) -> None:
        self.strict = strict
        self.notes: list[str] = []
        self.fields: dict[str, Any] = {}
        self._seen: set[str] = set()
        for key, value in record.items():
            if not isinstance(key, str):
                raise TariffError(f"a URDB record has fields by name; {key!r} is none.")
            name = _OTHER_NAMES.get(key.lower(), key.lower())
            if name != key:
                self.notes.append(f"field {key} was read as {name}")
            self.fields.setdefault(name, value)
        self.name = str(self.fields.get("name") or self.fields.get("label") or "unnamed")
        label = self.fields.get("label")
        self.where = f"tariff {self.name!r}" + (f" ({label})" if label and label != self.name else "")

    def take(self, name: str) -> Any:
        """Return a field's value, or None, and mark it as looked at."""
        self._seen.add(name)
        return self.fields.get(name)

    def number(self, name: str) -> float | None:
        """Return a field as a finite number, or None where it is not there."""
        value = self.take(name)
        return None if value is None else self.as_number(value, name)

    def as_number(self, value: Any, name: str) -> float:
        """Return `value` as a finite number, read from text where it stands as text."""
        try:
            found = float(value)
        except (TypeError, ValueError):
            found = inf
        if isinstance(value, bool) or not isfinite(found):
            raise TariffError(f"{self.where}, {name}: {value!r} is not a number.")
        if isinstance(value, str):
            self.notes.append(f"{name}: the text {value!r} was read as a number")
        return found

    def refuse(self, name: str, reason: str) -> None:
        """Raise where reading is strict; otherwise note that the field is not priced."""
        if self.strict:
            raise TariffError(
                f"{self.where}, {name}: {reason} Read it with strict=False to price the tariff without it."
            )
        self.notes.append(f"not priced: {name}: {reason}")

    def unread(self) -> list[str]:
        """Return the names of the fields that nothing has looked at."""
        return [name for name in self.fields if name not in self._seen and name not in _NOT_PRICES]

    def day(self, name: str) -> date | None:
        """Return a field as a day, from seconds since 1970 or from text."""
        value = self.take(name)
        if isinstance(value, Mapping):
            value = value.get("$date")
        if value is None or value == "":
            return None
        try:
            if isinstance(value, int | float) and not isinstance(value, bool):
                # Midnight of the utility's clock in seconds since 1970: in the Americas the same UTC day.
                return datetime.fromtimestamp(value, UTC).date()
            return datetime.fromisoformat(cast("str", value).strip()).date()
        except (ValueError, TypeError, AttributeError, OverflowError, OSError) as error:
            raise TariffError(f"{self.where}, {name}: {value!r} is not a date.") from error
