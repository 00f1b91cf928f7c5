"""The utility's own workbook: saved as a file, read as frames."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from omnipandas.atomic import file_path, require_writable, write_whole
from omnipandas.errors import ArgumentError, PayloadError

from .archives import require_workbook
from .client import Client
from .ids import checked_id
from .payloads import workbook


def download_workbook(client: Client, service_account_id: str, path: str | Path) -> Path:
    """Save the utility's own workbook of a service account and return where it lies.

    Parameters
    ----------
    client : Client
        As returned by `connect` or `demo`.
    service_account_id : str
        One service account.
    path : str or Path
        The file to write, whole or not at all, readable by its owner alone (mode 0600); its folder must be
        there.

    Returns
    -------
    Path
        `path`, for `read_workbook`.

    Raises
    ------
    ArgumentError
        The id is none, or the path is no place for a file; nothing was sent.
    PayloadError
        What came is no xlsx file; nothing was written.
    ResponseError, ConnectionFailedError
        As the server or the network had it.

    Notes
    -----
    Source: vendor's API reference, "Utility Data". A workbook is not cached.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo()
    >>> household = op.linked_accounts(client)[0]
    >>> path = op.download_workbook(client, household, getfixture("tmp_path") / "usage.xlsx")
    >>> len(op.read_workbook(path)) > 0
    True
    """
    service_account_id = checked_id(service_account_id)
    target = require_writable(file_path(path))
    reply = client.get(service_account_id, "download-data", {}, subject=f"workbook of {service_account_id}")
    return write_whole(target, workbook(reply), mode=0o600)


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
