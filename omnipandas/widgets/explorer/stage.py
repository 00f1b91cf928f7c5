"""The explorer's right side: the figure or a panel in its place, progress, code and downloads."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets
import pandas as pd
import plotly.graph_objects as go

from . import messages
from .chart import Chart
from .controls import Downloads


class Stage:
    """What is below the tabs; one figure for all of them.

    Parameters
    ----------
    retry : callable
        What "Try again" does.
    """

    def __init__(self, retry: Callable[[], None]) -> None:
        self.chart = Chart()
        self.downloads = Downloads()
        self._status = ipywidgets.HTML()
        self._bar = ipywidgets.IntProgress(layout={"width": "auto", "visibility": "hidden"})
        self._bar.add_class("omnipandas-progress")
        self.panel = ipywidgets.HTML()
        self.again = ipywidgets.Button(description="Try again")
        self.again.on_click(lambda _: retry())
        self._toggle = ipywidgets.ToggleButton(description="The code for this", layout={"width": "auto"})
        self._toggle.observe(lambda _: self._show_code(), "value")
        self._source = ipywidgets.HTML()
        self._code = ""
        self._tools = ipywidgets.HBox([self._toggle, self.downloads], layout={"flex_flow": "row wrap"})
        self.parts = (
            self._status,
            self._bar,
            self.panel,
            self.again,
            self.chart,
            self._tools,
            self._source,
        )
        self._reveal()

    def begin(self) -> None:
        """Say that something is under way; what was shown stays until it is there."""
        self._status.value = messages.status("Working …")

    def advance(self, done: int, total: int) -> None:
        """Show how many answers have come."""
        self._bar.max, self._bar.value = total, done
        self._bar.layout.visibility = "visible"
        self._status.value = messages.status(f"Fetching: {done} of {total}")

    def draw(self, frame: pd.DataFrame, figure: go.Figure, words: str, code: str, name: str) -> None:
        """Show a figure with words over it, its code, and what can be saved."""
        self._settle(words)
        self.chart.figure = figure
        self.downloads.frame, self.downloads.name = frame, name
        self._code = code
        self._show_code()
        self._reveal(self._tools, self._source, *([self.chart] if figure.data else []))

    def tell(self, panel: str) -> None:
        """Show a panel in the figure's place."""
        self._settle(panel)
        self.downloads.frame, self.downloads.name = None, ""
        self._reveal()

    def offer_again(self) -> None:
        """Show "Try again" below the panel."""
        self.again.layout.display = "block"

    def _settle(self, panel: str) -> None:
        self._status.value = ""
        self._bar.layout.visibility = "hidden"
        self.panel.value = panel

    def _show_code(self) -> None:
        self._source.value = messages.source(self._code) if self._toggle.value else ""

    def _reveal(self, *shown: ipywidgets.Widget) -> None:
        # The figure is not taken off the page: it keeps its width, and is there again at once.
        self.chart.layout.visibility = "visible" if self.chart in shown else "hidden"
        self.chart.layout.height = "auto" if self.chart in shown else "0"
        for part, display in ((self._tools, "flex"), (self._source, "block"), (self.again, "block")):
            part.layout.display = display if part in shown else "none"
