"""The layouts that are read, in the order in which they are asked whether a file is theirs."""

from __future__ import annotations

from types import ModuleType

from omnipandas.errors import SchemaError

from . import greenbutton, nem12, plain, sce, usage_sheets, wide
from .document import Document
from .rows import Question, Rows
from .sheets import sheets_of

# A layout is a module with two functions: recognises(document) and rows_of(document, question).
LAYOUTS: tuple[ModuleType, ...] = (greenbutton, nem12, sce, usage_sheets, wide, plain)


def rows_of(document: Document, question: Question) -> list[Rows]:
    """Return a document's readings by the first layout that recognises it.

    Raises
    ------
    SchemaError
        Where none does, or what it finds cannot be read.
    """
    if document.kind == "xlsx":
        return _of_sheets(document, question)
    for layout in LAYOUTS:
        if layout.recognises(document):
            found: list[Rows] = layout.rows_of(document, question)
            return found
    raise SchemaError(f"{document.name} is of no layout that is known: give a CSV with a header.")


def _of_sheets(document: Document, question: Question) -> list[Rows]:
    """Return the readings of the first sheet that holds some."""
    refusals: list[SchemaError] = []
    for sheet in sheets_of(document):
        try:
            return rows_of(sheet, question)
        except SchemaError as error:
            refusals.append(error)
    if len(refusals) == 1:
        raise refusals[0]
    raise SchemaError(
        f"{document.name} is a workbook without a sheet of usage by interval: read its sheets by "
        "op.read_workbook(path), or its bills by op.read_bills(path)."
    )
