"""The utility's own workbook as frames."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from omnipandas.atomic import file_path
from omnipandas.errors import ArgumentError, PayloadError

from .archives import require_workbook


def read_workbook(path: str | Path) -> dict[str, pd.DataFrame]:
    """Return every sheet of a workbook as a frame.

    Parameters
    ----------
    path : str or Path
        An xlsx file, for example from `download_workbook`.

    Returns
    -------
    dict of str to DataFrame
        By sheet name, in the workbook's order; the first row gives the columns. The vendor does not
        document the sheets, so columns, units and dtypes are as the workbook has them.

    Raises
    ------
    ArgumentError
        There is no such file.
    PayloadError
        The file is no xlsx workbook.

    Notes
    -----
    Read by calamine (package ``python-calamine``), many times faster than openpyxl.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo()
    >>> household = op.linked_accounts(client)[0]
    >>> path = op.download_workbook(client, household, getfixture("tmp_path") / "usage.xlsx")
    >>> all(len(sheet) > 0 for sheet in op.read_workbook(path).values())
    True
    """
    source = file_path(path)
    if not source.is_file():
        raise ArgumentError(f"there is no file {source}: download_workbook(client, id, path) writes one.")
    try:
        body = require_workbook(source.read_bytes(), source.name)
    except OSError as error:
        raise ArgumentError(f"{source} cannot be read ({error.strerror}).") from error
    try:
        return pd.read_excel(io.BytesIO(body), sheet_name=None, engine="calamine")
    except Exception as error:  # calamine has errors of many kinds, pandas adds its own
        found = "parts that contradict each other"
        raise PayloadError(
            f"workbook: expected an xlsx file, found {found} ({type(error).__name__}) in {source.name}. "
            "Download it again.",
            expected="an xlsx file",
            found=found,
        ) from error
