"""Choose tariffs from a list."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from omnipandas.errors import SchemaError
from omnipandas.tariffs.urdb.sources import list_tariffs

from .lists import ListPicker


class TariffPicker(ListPicker):
    """A searchable list of tariffs.

    Parameters
    ----------
    tariffs : DataFrame, optional
        As `list_tariffs` returns it: index `tariff_id`, columns `utility` and `name`; by default that.
    value : str or iterable of str, optional
        The ids chosen at first.
    rows : int, default 6
        The list's height in lines.

    Attributes
    ----------
    value : tuple of str
        The chosen ids, each for `read_tariff`.

    Raises
    ------
    SchemaError
        The frame is no list of tariffs.
    ArgumentError
        A chosen id is not in the list.

    Examples
    --------
    >>> import omnipandas as op
    >>> op.widgets.TariffPicker(value="jea-residential")
    <TariffPicker: ('jea-residential',)>
    """

    def __init__(
        self, tariffs: pd.DataFrame | None = None, value: str | Iterable[str] = (), *, rows: int = 6
    ) -> None:
        known = list_tariffs() if tariffs is None else tariffs
        if known.index.name != "tariff_id" or not {"utility", "name"} <= set(known):
            raise SchemaError("no tariffs in this frame: give what list_tariffs returns.")
        options = [(f"{row['utility']} · {row['name']}", str(one)) for one, row in known.iterrows()]
        super().__init__(options, value, description="Tariffs", rows=rows, search=True)
