"""A plotly figure that is changed in place, whatever kind of figure comes next."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import anywidget
import plotly.graph_objects as go
import traitlets

_HERE = Path(__file__).parent


class Chart(anywidget.AnyWidget):
    """One place on the page for one figure after the other.

    plotly's FigureWidget would do, but it costs a notebook 1.2 s at its first import and 5 MB of saved
    state for each figure, and exported HTML loses it. Here plotly.js comes in a message, once a page, and
    what is saved is the drawn figure: as plotly's JSON, and as a picture for readers without a kernel.

    Attributes
    ----------
    figure : plotly.graph_objects.Figure
        What is shown; assign to show another.
    """

    _esm = _HERE / "chart.js"
    spec = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    number = traitlets.Int().tag(sync=True)
    picture = traitlets.Unicode().tag(sync=True)

    def __init__(self) -> None:
        self._figure = go.Figure()
        super().__init__()
        self.on_msg(self._on_request)

    @property
    def figure(self) -> go.Figure:
        """What is shown."""
        return self._figure

    @figure.setter
    def figure(self, figure: go.Figure) -> None:
        self._figure = figure
        with self.hold_sync():
            self.number += 1
            self.title = figure.layout.title.text or "Figure"
            self.spec = figure.to_json()

    def _on_request(self, _: object, content: Any, __: object) -> None:
        if isinstance(content, dict) and content.get("kind") == "plotly":
            self.send({"kind": "plotly"}, [plotly_js()])


def plotly_js() -> bytes:
    """Return plotly.js as the installed plotly ships it."""
    return (resources.files("plotly") / "package_data" / "plotly.min.js").read_bytes()
