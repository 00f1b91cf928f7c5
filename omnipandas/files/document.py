"""One file as it was found: its bytes, and its text where it has any."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Document:
    """A file, a member of an archive, or a sheet.

    Parameters
    ----------
    name : str
        The file's name.
    content : bytes
        Its bytes.
    kind : {"text", "xml", "xlsx", "frame"}
        What it is.
    """

    name: str
    content: bytes
    kind: str = "text"

    @cached_property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode("utf-8-sig")

    @cached_property
    def lines(self) -> list[str]:
        """The text's lines, without their ends."""
        return self.text.splitlines()
