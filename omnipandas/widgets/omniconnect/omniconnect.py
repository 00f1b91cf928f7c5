"""Link utility accounts from a notebook: the vendor's OmniConnect behind a button."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import anywidget
import ipywidgets
import traitlets

from omnipandas.demo_client import DemoClient
from omnipandas.errors import ArgumentError, LinkingError, OmnipandasError
from omnipandas.omnimetic.client import Client
from omnipandas.omnimetic.ids import account_ids
from omnipandas.omnimetic.linked import remember_accounts
from omnipandas.omnimetic.payloads import linked_accounts

from .outcomes import MESSAGES, NOT_REMEMBERED, REASONS, UNREADABLE
from .script import require_own_key, script_of

_Callback = TypeVar("_Callback", bound=Callable[[tuple[str, ...]], object])


class OmniConnect(anywidget.AnyWidget):
    """A button that links utility accounts with the vendor's OmniConnect, and then has their ids.

    Click, choose a utility, log in there, choose accounts; then **run the next cell**.

    Parameters
    ----------
    client : Client
        As returned by `connect` or `demo`; the accounts are linked to its key.
    sdk_url : str, optional
        Address of the vendor's script; by default the vendor's own, or, where the client's API is on this
        machine, as a sandbox is, the one beside it.
    integrity : str, optional
        Subresource-integrity value, ``sha384-...``: a script of other bytes is not run. The vendor's address
        without a version serves whatever is newest; see Notes for one that stands still.
    timeout : float, default 900
        Longest time from the click to an outcome [s].
    own_key : bool, default False
        That the key is yours to show to this page; needed where it may be someone else's. On JupyterHub and
        Binder that is a key that the notebook did not itself give to ``connect(client_id=..., secret=...)``,
        but found in the environment, a file or a keyring; in a Voila dashboard, whose visitors are not its
        author, it is any key. Never needed for `demo`.

    Attributes
    ----------
    status : str
        ``idle``, ``loading``, ``open``, or an outcome: ``OM200`` linked, ``OM400`` window closed, ``OM410``
        wrong key, ``OM500`` server error, ``blocked`` script kept out, ``timeout``, ``cancelled``.
    message : str
        The same in words, with what to do.

    Raises
    ------
    CredentialsError
        The key may be someone else's, and `own_key` does not say otherwise.
    ArgumentError
        An address without HTTPS (save on loopback), no integrity value, or no time.

    Notes
    -----
    **What the page sees.** The vendor's design needs client id *and secret* in the browser: after the click
    they go there in one message over the kernel's channel, to every page that has this notebook open, and
    into the vendor's script, which keeps them until the page is reloaded; for PG&E a build of it was seen
    to put both into a popup's address. Whoever can run code in that page can read them: a shared notebook
    server is no place for this. They are in no trait, in no DOM attribute, and not in the saved notebook; the
    ids go to the kernel alone and are saved in no notebook either. The utility's user name and
    password are typed into the vendor's script and never reach the kernel.

    A script that stands still is the production build of 2023, ``sdk_url=``
    https://cdn.jsdelivr.net/gh/omnimetic/sdk@fe3e111c188675e048d3d07181434093c2e715ff/production/bundle.min.js
    with ``integrity=``
    ``sha384-X3ZGMEMoimyp1eh6mQfUTLRb7bLrBfLDVbbK3xXsk88ypMME2honuN0BcOIFh/DF``.
    A page's policy must allow it, api.omnimetic.com and the third party that takes the log-ins.

    Tried in JupyterLab, Notebook and Voila under Chromium. VS Code and Colab are untested; where no widget
    can be shown, pass the ids to `remember_accounts`.

    Source: the vendor's OmniConnect guide; outcomes as in "Initialize OmniConnect".

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo()
    >>> link = op.OmniConnect(client)
    >>> link
    <OmniConnect: idle>
    >>> link.service_account_ids
    ()
    """

    _esm = Path(__file__).with_name("omniconnect.js")
    _css = Path(__file__).with_name("omniconnect.css")
    status = traitlets.Enum(list(MESSAGES), "idle").tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        client: Client,
        *,
        sdk_url: str | None = None,
        integrity: str | None = None,
        timeout: float = 900.0,
        own_key: bool = False,
    ) -> None:
        if not 0 < timeout <= 86_400:
            raise ArgumentError(f"timeout is a time in seconds up to a day, not {timeout!r}.")
        if not own_key:
            require_own_key(client)
        self._client, self._timeout = client, timeout
        self._script = script_of(client, sdk_url, integrity)
        self._run = ""
        self._ids: tuple[str, ...] = ()
        self._account_id: str | None = None
        self._unreadable: OmnipandasError | None = None
        self._callbacks = ipywidgets.CallbackDispatcher()
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        super().__init__()
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        linked = f", {len(self._ids)} service accounts" if self._ids else ""
        return f"<OmniConnect: {self.status}{linked}>"

    @property
    def service_account_ids(self) -> tuple[str, ...]:
        """The ids of the accounts that were linked last; PayloadError where they came in no known form."""
        if self._unreadable is not None:
            raise self._unreadable
        return self._ids

    @property
    def account_id(self) -> str | None:
        """The id of the account that they belong to, where the vendor's script tells it."""
        return self._account_id

    def on_linked(self, callback: _Callback) -> _Callback:
        """Call a function with the tuple of ids after each link, at once if there was one; return it."""
        self._callbacks.register_callback(callback)
        if self._ids:
            callback(self._ids)
        return callback

    async def result(self, timeout: float = 600.0) -> tuple[str, ...]:  # noqa: ASYNC109 (a notebook's word)
        """Wait for an outcome and return the ids; needs ipykernel 7.4, "run the next cell" does not.

        Raises
        ------
        LinkingError
            Another outcome than OM200, or none within `timeout` [s].
        PayloadError
            Linked, but the ids came in no known form.
        """
        waiter = asyncio.get_running_loop(), asyncio.Event()
        self._waiting.append(waiter)
        try:
            if self.status in ("idle", "loading", "open"):
                await asyncio.wait_for(waiter[1].wait(), timeout)
        except TimeoutError as error:
            said = f"nobody has linked an account in {timeout:g} s: click the button, then ask again."
            raise LinkingError(said, outcome=self.status) from error
        finally:
            self._waiting.remove(waiter)
        if self.status != "OM200":
            raise LinkingError(self.message, outcome=self.status)
        return self.service_account_ids

    def close(self) -> None:
        """Take the button away; a window that is open is closed, and the run cancelled."""
        if self.status in ("loading", "open"):
            self._end("cancelled", {})
        super().close()

    def _receive(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        kind, run, status = (content.get(name) for name in ("kind", "run", "status"))
        if kind == "start":
            self._run = str(run)
            self._say("loading", MESSAGES["loading"])
            settings = {
                "url": self._script.url,
                "integrity": self._script.integrity,
                "timeout": self._timeout,
            }
            self.send({"kind": "settings", "run": run, "source": self._script.text, **settings})
        elif kind == "end" and status in MESSAGES and (run == self._run or status == "OM200"):
            self._end(status, content)  # of a run that another page took over, only ids matter
        elif run == self._run and kind == "keys" and self.status == "loading":
            client_id, secret = self._client.secret_for_linking()
            self.send({"kind": "keys", "run": run, "clientId": client_id, "secret": secret})
        elif run == self._run and kind == "opened":
            self._say("open", MESSAGES["open"])

    def _end(self, status: str, content: dict[str, Any]) -> None:
        linked = status == "OM200"
        text = self._link(content.get("accounts")) if linked else REASONS.get(content.get("reason", ""))
        self._say(status, text or MESSAGES[status])
        for loop, event in self._waiting:
            loop.call_soon_threadsafe(event.set)
        if linked and self._ids:
            self._callbacks(self._ids)

    def _link(self, accounts: object) -> str | None:
        """Take the ids in and remember them; return what went wrong, in words."""
        self._unreadable = None
        try:
            self._account_id, ids = linked_accounts(accounts)
            self._ids = tuple(account_ids(ids))
        except OmnipandasError as error:
            self._ids, self._unreadable = (), error
            return UNREADABLE
        if isinstance(self._client, DemoClient):
            self._client.link(self._ids)
        try:
            remember_accounts(self._client, self._ids)
        except (OmnipandasError, OSError):
            return NOT_REMEMBERED
        return None

    def _say(self, status: str, text: str) -> None:
        with self.hold_sync():
            self.message = text.format(host=urlsplit(self._script.url).netloc, timeout=self._timeout)
            self.status = status
