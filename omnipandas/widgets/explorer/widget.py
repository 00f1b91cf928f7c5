"""The explorer: accounts and dates on the left, studies on the right."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import date

import ipywidgets
import pandas as pd
import plotly.graph_objects as go

from omnipandas.errors import ArgumentError, OmnipandasError
from omnipandas.omnimetic.client import Client
from omnipandas.omnimetic.ids import account_ids
from omnipandas.omnimetic.linked import linked_accounts
from omnipandas.widgets.pickers.accounts import AccountPicker, account_options
from omnipandas.widgets.pickers.dates import DateRangePicker
from omnipandas.widgets.pickers.lists import Keys, labelled
from omnipandas.widgets.pickers.peak_hours import PeakSchedulePicker
from omnipandas.widgets.pickers.tariff_lists import TariffPicker

from . import messages
from .chart import Chart
from .controls import Tabs
from .limits import beginning, known_accounts
from .stage import Stage
from .views import VIEWS, Choice, View
from .work import SupersededError, Turn, Work

_BY = [("nothing", None), ("season", "season"), ("day type", "day_type"), ("weekday", "weekday")]
_BY += [("month", "month"), ("year", "year")]
_SOME_TARIFFS = 4


class Explorer(ipywidgets.HBox):  # type: ignore[misc]  # ipywidgets has no types
    """Accounts and dates on the left; load profile, heatmap, bills, prices and tariffs on the right.

    Each choice is fetched in the background, from the cache where it is there, and drawn in place; the
    next choice cancels it. What goes wrong is told in a panel. "The code for this" is the very code that
    gave the frame and the figure.

    Parameters
    ----------
    client : Client
        As returned by `connect` or `demo`.
    ids : str or iterable of str, optional
        The service accounts to choose from; by default the `linked_accounts`.
    view : str, default "Load profile"
        The tab to begin with, by its title.
    years : int, default 4
        How many calendar years back dates may be chosen, this one counted; fewer where the utility has
        fewer.

    Attributes
    ----------
    view : str
        The tab's title; assign to choose one.
    accounts, dates : AccountPicker, DateRangePicker
        The pickers on the left; assign to their `value`.
    frame : DataFrame or None
        What is shown, as the analysis returned it; None where a panel stands in its place.
    figure : plotly.graph_objects.Figure or None
        What is drawn, as the plot returned it.
    code : str
        A cell that gives the same frame and figure.
    error : Exception or None
        Why there is none.

    Raises
    ------
    ArgumentError
        An id is none, there is no such view, or `years` is below 1.

    Notes
    -----
    The widget's saved state holds what is seen and no more: texts, the figure (aggregated) and a picture
    of it for readers without a kernel. Neither frames nor key nor token enter it.

    Examples
    --------
    >>> import omnipandas as op
    >>> explorer = op.widgets.Explorer(op.demo(today="2026-11-01"))
    >>> explorer.wait()
    <Explorer: Load profile of 1 account, 2025-11-01 to 2026-11-01>
    >>> float(explorer.frame["mean_kw"].max().round(2))
    3.04
    """

    def __init__(
        self,
        client: Client,
        ids: str | Iterable[str] | None = None,
        *,
        view: str = "Load profile",
        years: int = 4,
    ) -> None:
        if years < 1:
            raise ArgumentError(f"years is a whole number from 1, not {years!r}.")
        _view(view)
        self._client, self._years = client, years
        self._work, self._idle = Work(), threading.Event()
        self._labelled = False
        self._begins: dict[str, date] = {}
        self.frame: pd.DataFrame | None = None
        self.figure: go.Figure | None = None
        self.error: Exception | None = None
        known = linked_accounts(client) if ids is None else account_ids(ids)
        self._build(known, view)
        self._choose()

    def __repr__(self) -> str:
        start, end = self.dates.value
        count = len(self.accounts.value)
        return f"<Explorer: {self.view} of {count} account{'s' * (count != 1)}, {start} to {end}>"

    @property
    def view(self) -> str:
        """The tab's title."""
        return list(VIEWS)[self._tabs.selected]

    @view.setter
    def view(self, title: str) -> None:
        self._tabs.selected = list(VIEWS).index(_view(title).title)

    @property
    def code(self) -> str:
        """A cell that gives the same frame and figure."""
        return VIEWS[self.view].code(self._choice())

    def wait(self, timeout: float = 60.0) -> Explorer:
        """Wait until the latest choice is shown, as a cell does that goes on with `frame`.

        Parameters
        ----------
        timeout : float, default 60
            Longest wait [s].

        Returns
        -------
        Explorer
            Itself.

        Raises
        ------
        TimeoutError
            It is still not shown.
        """
        if not self._idle.wait(timeout):
            raise TimeoutError(f"the explorer was not ready within {timeout:g} s.")
        return self

    def settle(self, timeout: float = 60.0) -> Explorer:
        """Wait until nothing is under way any more: addresses and limits come after the figure.

        Parameters
        ----------
        timeout : float, default 60
            Longest wait [s].

        Returns
        -------
        Explorer
            Itself.

        Raises
        ------
        TimeoutError
            Something is still under way.
        """
        self._work.join(timeout)
        return self

    @property
    def chart(self) -> Chart:
        """The place where figures are drawn."""
        return self._stage.chart

    # ---- what is there to touch ----------------------------------------------------------------------

    def _build(self, known: list[str], view: str) -> None:
        today = self._client.now().date()
        self.accounts = AccountPicker(known, known[:1], rows=12)
        self.dates = DateRangePicker(date(today.year - self._years + 1, 1, 1), today)
        self.by = ipywidgets.Dropdown(options=_BY, value="season", description="Tell apart", **labelled())
        self.peak_hours = PeakSchedulePicker(none="not shown")
        self.tariffs: TariffPicker | None = None
        self._options = ipywidgets.VBox()
        self._tabs = Tabs(VIEWS, "Studies")
        self._stage = Stage(self._choose)
        left = ipywidgets.VBox([self.accounts, self.dates, self._options])
        left.add_class("omnipandas-left")
        right = ipywidgets.VBox([self._tabs, *self._stage.parts])
        right.add_class("omnipandas-right")
        super().__init__([left, right, Keys()], layout={"flex_flow": "row wrap", "grid_gap": "12px 24px"})
        self.add_class("omnipandas-explorer")
        self.add_class("omnipandas-keys")
        self.view = view
        for part, name in (
            (self.accounts, "value"),
            (self.dates, "value"),
            (self.by, "value"),
            (self.peak_hours, "value"),
            (self._tabs, "selected"),
        ):
            part.observe(self._choose, name)

    def _offer_options(self, view: View) -> None:
        """Show the controls that the view has need of beside accounts and dates."""
        shown: list[ipywidgets.Widget] = []
        if "by" in view.needs:
            shown += [self.by, self.peak_hours]
        if "tariff_ids" in view.needs:
            if self.tariffs is None:
                self.tariffs = TariffPicker()
                self.tariffs.value = self.tariffs.known[:_SOME_TARIFFS]
                self.tariffs.observe(self._choose, "value")
            shown.append(self.tariffs)
        if self._options.children != tuple(shown):
            self._options.children = tuple(shown)

    def _choice(self) -> Choice:
        start, end = self.dates.value
        tariffs = self.tariffs.value if self.tariffs else ()
        return Choice(
            list(self.accounts.value),
            start.isoformat(),
            end.isoformat(),
            self.by.value,
            self.peak_hours.value,
            list(tariffs),
        )

    # ---- from a choice to a figure -------------------------------------------------------------------

    def _choose(self, _: object = None) -> None:
        """Begin what the controls say now; whatever is under way is dropped."""
        with self._work.lock:
            turn = self._work.turn()
            self._idle.clear()
            view = VIEWS[self.view]
            self._offer_options(view)
            choice = self._choice()
            self.error = None
            if missing := view.missing(choice, self.accounts.known):
                self._tell(messages.notice(*missing))
                return
            self._stage.begin()
            self._work.begin(turn, lambda turn: self._follow(turn, view, choice))

    def _follow(self, turn: Turn, view: View, choice: Choice) -> None:
        def tell(done: int, total: int) -> None:
            turn.act(lambda: self._stage.advance(done, total))

        try:
            frames = view.fetch(self._client, choice, tell)
            turn.require()
            frame, figure = view.draw(frames, choice)
            turn.act(lambda: self._show(view, choice, frame, figure))
            self._acquaint(turn, choice.ids)
        except SupersededError:
            raise
        except Exception as error:  # noqa: BLE001 - a thread's end: whatever happened is told in the panel
            failure = error
            turn.act(lambda: self._fail(failure))

    def _fail(self, error: Exception) -> None:
        self.error = error
        self._tell(messages.failure(error))
        self._stage.offer_again()

    def _show(self, view: View, choice: Choice, frame: pd.DataFrame, figure: go.Figure) -> None:
        if view.is_empty(frame):
            self._tell(messages.notice(*view.absence(choice)))
            return
        self.frame, self.figure, self.error = frame, figure, None
        self._stage.draw(frame, figure, view.words(frame), view.code(choice), view.file_name(choice))
        self._idle.set()

    def _tell(self, panel: str) -> None:
        """Put a panel in the figure's place."""
        self.frame = self.figure = None
        self._stage.tell(panel)
        self._idle.set()

    # ---- what exists ---------------------------------------------------------------------------------

    def _acquaint(self, turn: Turn, ids: list[str]) -> None:
        """Learn addresses, and since when there are readings, once the figure is there."""
        this_year = self._client.now().year
        years = range(this_year - self._years + 1, this_year + 1)
        try:
            if not self._labelled:
                accounts = known_accounts(self._client, self.accounts.known, lambda *_: turn.require())
                turn.act(lambda: self._label(accounts))
            for one in ids:
                if one not in self._begins:
                    self._begins[one] = beginning(self._client, one, years, lambda *_: turn.require())
            turn.act(lambda: self._limit(ids))
        except OmnipandasError:
            return  # ids for labels and the calendar for limits serve until the next choice asks again

    def _label(self, accounts: pd.DataFrame) -> None:
        self._labelled = True
        words = {one: label for label, one in account_options(accounts)}
        self.accounts.offer([(words.get(one, one), one) for one in self.accounts.known])

    def _limit(self, ids: list[str]) -> None:
        self.dates.limit(min(self._begins[one] for one in ids), self._client.now().date())


def _view(title: str) -> View:
    if title not in VIEWS:
        raise ArgumentError(f"the views are {', '.join(VIEWS)}, not {title!r}.")
    return VIEWS[title]
