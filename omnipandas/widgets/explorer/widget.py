"""The explorer: accounts and dates on the left, studies on the right."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from datetime import date, timedelta

import ipywidgets
import pandas as pd
import plotly.graph_objects as go

from omnipandas.errors import ArgumentError, IncompleteError, OmnipandasError
from omnipandas.omnimetic.client import Client
from omnipandas.omnimetic.fetch import get_historical, get_intervals, get_service_accounts
from omnipandas.omnimetic.gathering import listener
from omnipandas.omnimetic.ids import account_ids
from omnipandas.omnimetic.linked import linked_accounts
from omnipandas.tariffs.urdb.sources import list_tariffs
from omnipandas.widgets.pickers.accounts import AccountPicker, account_options
from omnipandas.widgets.pickers.dates import DateRangePicker
from omnipandas.widgets.pickers.lists import Keys, labelled
from omnipandas.widgets.pickers.peak_hours import PeakSchedulePicker
from omnipandas.widgets.pickers.tariff_lists import TariffPicker

from . import messages
from .chart import Chart
from .controls import Tabs
from .stage import Stage
from .views import VIEWS, Choice, View

_BY = [("nothing", None), ("season", "season"), ("day type", "day_type"), ("weekday", "weekday")]
_BY += [("month", "month"), ("year", "year")]
_SOME_TARIFFS = 4


class _SupersededError(Exception):
    """The next choice was made: what is under way is of no use any more."""


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
        self._lock, self._idle = threading.RLock(), threading.Event()
        self._generation = 0
        self._labelled = False
        self._threads: list[threading.Thread] = []
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
        deadline = time.monotonic() + timeout
        while work := self._work_under_way():
            work.join(max(0.0, deadline - time.monotonic()))
            if work.is_alive():
                raise TimeoutError(f"the explorer was still at work after {timeout:g} s.")
        return self

    def _work_under_way(self) -> threading.Thread | None:
        with self._lock:
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            return self._threads[-1] if self._threads else None

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
                known = list_tariffs()
                self.tariffs = TariffPicker(known, known.index[:_SOME_TARIFFS])
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
        with self._lock:
            self._generation += 1
            self._idle.clear()
            view = VIEWS[self.view]
            self._offer_options(view)
            choice = self._choice()
            self.error = None
            if missing := _missing(choice, view, self.accounts):
                self._conclude(messages.notice(*missing))
                return
            self._stage.begin()
            work = threading.Thread(
                target=self._work,
                args=(self._generation, view, choice),
                name="omnipandas-explorer",
                daemon=True,
            )
            self._threads.append(work)
            work.start()

    def _work(self, generation: int, view: View, choice: Choice) -> None:
        def tell(done: int, total: int) -> None:
            with self._lock:
                self._require_current(generation)
                self._stage.advance(done, total)

        listener.set(tell)  # of this thread alone
        try:
            frame, figure = view.run(self._client, choice)
            self._finish(generation, lambda: self._show(view, choice, frame, figure))
            listener.set(lambda *_: self._require_current(generation))
            self._acquaint(generation, choice.ids)
        except _SupersededError:
            return
        except Exception as error:  # noqa: BLE001 - a thread's end: whatever happened is told in the panel
            failure = error
            self._finish(generation, lambda: self._fail(failure))

    def _require_current(self, generation: int) -> None:
        if generation != self._generation:
            raise _SupersededError

    def _finish(self, generation: int, act: Callable[[], None]) -> None:
        with self._lock:
            if generation == self._generation:
                act()

    def _fail(self, error: Exception) -> None:
        self.error = error
        self._conclude(messages.failure(error), again=True)

    def _show(self, view: View, choice: Choice, frame: pd.DataFrame, figure: go.Figure) -> None:
        if view.is_empty(frame):
            self._conclude(messages.notice(*_absence(view, choice)))
            return
        self.frame, self.figure, self.error = frame, figure, None
        self._stage.draw(frame, figure, view.words(frame), view.code(choice), _file_name(view, choice))
        self._idle.set()

    def _conclude(self, panel: str, *, again: bool = False) -> None:
        """Put a panel in the figure's place."""
        self.frame = self.figure = None
        self._stage.tell(panel, again=again)
        self._idle.set()

    # ---- what exists ---------------------------------------------------------------------------------

    def _acquaint(self, generation: int, ids: list[str]) -> None:
        """Learn addresses, and since when there are readings, once the figure is there."""
        try:
            if not self._labelled:
                accounts = _all_that_came(get_service_accounts, self._client, self.accounts.known)
                self._finish(generation, lambda: self._label(accounts))
            for one in ids:
                if one not in self._begins:
                    self._begins[one] = self._beginning(one)
            self._finish(generation, lambda: self._limit(ids))
        except OmnipandasError:
            return  # ids for labels and the calendar for limits serve until the next choice asks again

    def _beginning(self, service_account_id: str) -> date:
        """Return the day from which there are readings or bills, within the years asked for."""
        this_year = self._client.now().year
        years = range(this_year - self._years + 1, this_year + 1)
        monthly = _all_that_came(get_historical, self._client, service_account_id, years)
        earliest = date(years[0], 1, 1)
        if monthly.empty or (first := pd.Timestamp(monthly.index.min()).date()) == earliest:
            return earliest
        # Readings may begin some weeks before the first whole month that is billed.
        before = (first - timedelta(days=1)).replace(day=1)
        hourly = get_intervals(self._client, service_account_id, before, first)
        return pd.Timestamp(hourly.index[0]).date() if len(hourly) else first

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


def _missing(choice: Choice, view: View, accounts: AccountPicker) -> tuple[str, str] | None:
    """Return title and advice where nothing can be asked for."""
    if not accounts.known:
        return (
            "No service account is linked yet",
            'Link one with op.OmniConnect(client), or give ids that you know: Explorer(client, "64d4...").',
        )
    if not choice.ids:
        return "No account is chosen", "Choose one at the left; with Ctrl or Shift, several."
    if "tariff_ids" in view.needs and not choice.tariff_ids:
        return "No tariff is chosen", "Choose one or more at the left, below the dates."
    return None


def _absence(view: View, choice: Choice) -> tuple[str, str]:
    return (
        f"There are {view.absent} from {choice.start} to {choice.end}",
        "Choose another range at the left, for example All there is. Utilities often send some days late.",
    )


def _file_name(view: View, choice: Choice) -> str:
    return f"{view.title.lower().replace(' ', '-')}-{choice.start}-{choice.end}"


def _all_that_came(get: Callable[..., pd.DataFrame], *arguments: object) -> pd.DataFrame:
    try:
        return get(*arguments)
    except IncompleteError as error:
        partial: pd.DataFrame = error.partial
        return partial
