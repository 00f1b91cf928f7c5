"""An xlsx file looked at before it is read: whole, of a bearable size, a workbook."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from omnipandas.errors import PayloadError

_MOST_BYTES = 256 * 2**20  # unpacked; a year of hours is 3 MB
_MOST_CELLS = 20_000_000  # of the rectangle that a sheet's cells span, which a reader lays out whole
_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
# What zipfile raises on files that lie about themselves: NotImplementedError for a method or a version that
# it does not know, RuntimeError where encrypted, the others for bytes that do not fit.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError, ValueError)


def require_workbook(body: bytes, source: str, status: int | None = None) -> bytes:
    """Return `body` if it is an xlsx file: a sound ZIP archive of bearable size that holds a workbook part.

    Raises
    ------
    PayloadError
        It is something else, was cut short, or would not fit into memory.
    """
    found = _fault(body)
    if found is None:
        return body
    raise PayloadError(
        f"workbook: expected an xlsx file, found {found} in {source}. Download it again.",
        expected="an xlsx file",
        found=found,
        status_code=status,
    )


def _fault(body: bytes) -> str | None:
    """Return what is wrong with a workbook, in words; None where nothing is."""
    if not zipfile.is_zipfile(io.BytesIO(body)):
        return "no ZIP archive"
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > _MOST_BYTES:
                return f"an archive of more than {_MOST_BYTES // 2**20} MiB unpacked"
            if any(member.flag_bits & 1 for member in members):
                return "an encrypted archive"
            names = {member.filename for member in members}
            if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
                return "a ZIP archive without a workbook"
            # The declared sizes hold: zipfile stops at them, and compares the checksum at the end.
            if archive.testzip() is not None:
                return "a damaged archive"
            spans = (_span(archive.read(member)) for member in members if _SHEET.fullmatch(member.filename))
            if max(spans, default=0) > _MOST_CELLS:
                return f"a sheet whose cells span more than {_MOST_CELLS:,} places"
    except _BROKEN:
        return "a damaged archive"
    return None


def _span(sheet: bytes) -> int:
    """Return the size of the rectangle from A1 to the farthest row and column of a sheet's cells."""
    cells = _CELL.findall(sheet)
    if not cells:
        return 0
    row = max(int(number) for _, number in cells)
    column = 0
    for letters in {letters for letters, _ in cells}:
        place = 0
        for letter in letters:
            place = place * 26 + letter - 64
        column = max(column, place)
    return row * column
