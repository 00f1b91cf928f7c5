"""A workbook's sheets as documents of their own."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, load_workbook

from omnipandas.errors import SchemaError

from .document import Document

_LARGEST = 256 * 1024 * 1024  # of all sheets unpacked [bytes]: ten years of 15 minutes are a tenth of that
_DETAILS = "Service Account"  # in OmniMetic's workbook the sheet that says whose the others are


def sheets_of(document: Document) -> list[Document]:
    """Return a workbook's sheets as text with commas, so that every layout of text is found in them too.

    Dates are written as ISO 8601. In OmniMetic's workbook the account's id stands above the other sheets.

    Raises
    ------
    SchemaError
        A workbook that cannot be opened, or that unpacks to more than 256 MB.
    """
    _refuse_large(document)
    try:
        book = load_workbook(io.BytesIO(document.content))
        sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    except (CalamineError, OSError, ValueError) as error:
        raise SchemaError(
            f"{document.name} cannot be opened as a workbook: it may have broken off, or have a password. "
            "Download it again, or save the sheet as CSV."
        ) from error
    above = [row[:2] for row in sheets.get(_DETAILS, []) if row[:1] == ["Service Account Id"]]
    return [_sheet(name, [*above, *rows]) for name, rows in sheets.items() if rows and name != _DETAILS]


def _refuse_large(document: Document) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(document.content)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise SchemaError(f"{document.name} is a damaged workbook: download it again.") from error
    if size > _LARGEST:
        raise SchemaError(
            f"{document.name} unpacks to {size >> 20} MB, more than any workbook of usage: it is not opened."
        )


def _sheet(name: str, rows: Sequence[Sequence[object]]) -> Document:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_cell(value) for value in row] for row in rows)
    return Document(name, text.getvalue().encode())


def _cell(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        # A workbook keeps times as fractions of a day: the last microseconds are not meant.
        return (value + timedelta(microseconds=500)).replace(microsecond=0).isoformat(" ")
    if isinstance(value, time):
        return value.isoformat("seconds")
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
