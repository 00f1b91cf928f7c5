"""The explorer's own two controls: a list of tabs, and buttons that save what is shown."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import anywidget
import pandas as pd
import traitlets

_HERE = Path(__file__).parent


class Tabs(anywidget.AnyWidget):
    """A list of tabs, for the keyboard as for the mouse.

    Parameters
    ----------
    titles : iterable of str
        The tabs' words.
    label : str
        What the tabs are of, for those who cannot see them.
    """

    _esm = _HERE / "tabs.js"
    _css = _HERE / "explorer.css"
    titles = traitlets.List(traitlets.Unicode()).tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    selected = traitlets.Int().tag(sync=True)

    def __init__(self, titles: Iterable[str], label: str) -> None:
        super().__init__(titles=list(titles), label=label)


class Downloads(anywidget.AnyWidget):
    """Buttons that save the frame as CSV or Parquet and the figure as PNG or SVG.

    Attributes
    ----------
    name : str
        The files' name without its ending; empty where there is nothing to save.
    frame : DataFrame or None
        What the tables are made of, when they are asked for. It is not synced.
    """

    _esm = _HERE / "downloads.js"
    formats = traitlets.List(traitlets.Unicode()).tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)

    def __init__(self) -> None:
        self.frame: pd.DataFrame | None = None
        parquet = ["Parquet"] if importlib.util.find_spec("pyarrow") else []
        super().__init__(formats=["CSV", *parquet, "PNG", "SVG"])
        self.on_msg(self._on_request)

    def _on_request(self, _: object, content: Any, __: object) -> None:
        wanted = content.get("format") if isinstance(content, dict) else None
        if self.frame is None or wanted not in ("CSV", "Parquet"):
            return
        file, kind, body = table(self.frame, self.name, wanted)
        self.send({"file": file, "type": kind}, [body])


def table(frame: pd.DataFrame, name: str, wanted: str) -> tuple[str, str, bytes]:
    """Return a frame as a file: its name, its media type and its bytes.

    Parameters
    ----------
    frame : DataFrame
        What to write; its index is kept.
    name : str
        The file's name without its ending.
    wanted : {"CSV", "Parquet"}
        The format. Parquet needs pyarrow.
    """
    plain = pd.DataFrame(frame)
    plain.attrs = {}  # provenance may hold what Parquet cannot
    if wanted == "CSV":
        return f"{name}.csv", "text/csv", plain.to_csv().encode()
    content = io.BytesIO()
    plain.to_parquet(content)
    return f"{name}.parquet", "application/vnd.apache.parquet", content.getvalue()
