"""One file as it was found: its bytes, its text, or the frame that it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from omnipandas.errors import SchemaError

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class Document:
    """A file, a member of an archive, a sheet, or a frame.

    Parameters
    ----------
    name : str
        The file's name, or ``"frame"``.
    content : bytes
        Its bytes; none where it is a frame.
    frame : DataFrame, optional
        The frame, which is never changed.
    """

    name: str
    content: bytes = b""
    frame: pd.DataFrame | None = None

    @cached_property
    def kind(self) -> str:
        """What it is: text, xml, xlsx or frame."""
        if self.frame is not None:
            return "frame"
        if self.content.startswith(b"PK") and b"xl/" in self.content:
            return "xlsx"
        # An XML in UTF-16 has a NUL beside its first mark.
        head = self.content[:256].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
        return "xml" if head.startswith((b"<?xml", b"<", b"<\x00")) else "text"

    @cached_property
    def text(self) -> str:
        """The content as text.

        Raises
        ------
        SchemaError
            Where it is none.
        """
        try:
            decoded = self.content.decode(self._encoding)
        except UnicodeDecodeError:
            decoded = self.content.decode("cp1252", errors="replace")
        head = decoded[:8192]
        odd = sum(head.count(mark) for mark in map(chr, (*range(9), *range(14, 32), 127, 0xFFFD)))
        if odd > len(head) / 100 or "\x00" in decoded:
            raise SchemaError(
                f"{self.name} is no text (a picture, a PDF, an old .xls workbook?): no CSV with a header can be "
                "found in it. Save the usage as CSV or xlsx and give that."
            )
        return decoded

    @cached_property
    def utf8(self) -> bytes:
        """The text in UTF-8, without a mark at its start."""
        content = self.content.removeprefix(_BOMS[0][0])
        if len(content) == len(self.text) and self.text.isascii():
            return content
        return self.text.removeprefix("\ufeff").encode("utf-8", "replace")

    @property
    def _encoding(self) -> str:
        for mark, encoding in _BOMS:
            if self.content.startswith(mark):
                return encoding
        # UTF-16 without a mark: every second byte of plain text is NUL.
        head = self.content[:400]
        for encoding, first in (("utf-16-le", 1), ("utf-16-be", 0)):
            if len(head) > 1 and head[first::2].count(0) > len(head) / 4:
                return encoding
        return "utf-8"

    @cached_property
    def lines(self) -> list[str]:
        """The text's lines, without their ends."""
        return self.text.splitlines()
