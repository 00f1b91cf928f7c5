"""Jupyter on loopback and Chromium in front of it, for tests that look at a notebook as a person does.

`serve` runs JupyterLab, Notebook or Voila with config folders of its own and a kernel that imports this
checkout; `chromium` runs one browser; a `Tab` opens a notebook in it, runs cells, asks the kernel and
takes screenshots. Whatever is not on loopback is refused, and listed.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import nbformat.v4

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHECKOUT = Path(__file__).resolve().parents[2]
ARTEFACTS = CHECKOUT / "artefacts"
App = Literal["lab", "notebook", "voila"]

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Routes do not see web sockets and workers' own requests: these find no other host either.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost",
]
_LOOPBACK = re.compile(r"(http|ws)://(127\.0\.0\.1|([a-z]+\.)?localhost):\d|data:|blob:|about:")
_MODULES = {"lab": "jupyterlab", "notebook": "notebook", "voila": "voila"}


def missing(app: App | None = "lab") -> str | None:
    """Say what the machine lacks for a browser (and an application behind it), None if nothing."""
    for module in ("playwright", *((_MODULES[app], "ipykernel") if app else ())):
        if importlib.util.find_spec(module) is None:
            return f"{module} is not installed: pip install -e '.[test]'"
    if chromium_path() is None:
        return "no Chromium: apt-get install chromium, or set CHROMIUM to its path"
    return None


def chromium_path() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


# ---- servers ----


@dataclass(frozen=True)
class Server:
    """A running Jupyter application; notebooks written to `root` can be opened in it."""

    app: App
    url: str
    root: Path

    def write(self, name: str, *cells: str) -> str:
        """Write a notebook of code cells and return its name."""
        book = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        )
        nbformat.write(book, self.root / name)
        return name

    def elsewhere(self) -> Server:
        """The same server by a name that a page does not know for loopback, as a hub's."""
        return replace(self, url=self.url.replace("127.0.0.1", "hub.localhost"))

    def address(self, notebook: str) -> str:
        page = {"lab": "lab/tree/", "notebook": "notebooks/", "voila": "voila/render/"}[self.app]
        return f"{self.url}/{page}{notebook}" + ("?reset" if self.app == "lab" else "")


@contextlib.contextmanager
def serve(folder: Path, app: App = "lab") -> Iterator[Server]:
    """Run a Jupyter application on a free port of loopback; it and its kernels end with the block."""
    root, private = folder / "notebooks", folder / "private"
    root.mkdir(parents=True)
    # The harsher setting: whatever a widget lets into its state is then found in the saved file.
    _set(private, "@jupyter-widgets/jupyterlab-manager/plugin", '{"saveState": true}')
    _set(private, "@jupyterlab/apputils-extension/notification", '{"fetchNews": "false"}')
    port = _free_port()
    log = private / "log.txt"
    with log.open("wb") as out:
        server = subprocess.Popen(
            _command(app, port, root), env=_environment(private), cwd=root, stdout=out, stderr=out
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _await_answer(server, f"{url}/" if app == "voila" else f"{url}/api", log)
        yield Server(app, url, root)
    finally:
        server.terminate()  # it ends its kernels first
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _set(private: Path, plugin: str, settings: str) -> None:
    path = private / "settings" / f"{plugin}.jupyterlab-settings"
    path.parent.mkdir(parents=True)
    path.write_text(settings)


def _command(app: App, port: int, root: Path) -> list[str]:
    # -P: a file of the folder must not stand in for the package of its name.
    command = [sys.executable, "-P", "-m", _MODULES[app], "--no-browser", f"--port={port}"]
    if app == "voila":
        return [*command, "--Voila.ip=127.0.0.1", "--show_tracebacks=True", str(root)]
    return [
        *command,
        "--allow-root",
        "--ip=127.0.0.1",
        "--ServerApp.port_retries=0",
        "--ServerApp.allow_remote_access=True",  # by loopback's other names, see Server.elsewhere
        f"--ServerApp.root_dir={root}",
        "--IdentityProvider.token=",
        # Notebook takes the page's settings from both.
        "--LabApp.expose_app_in_browser=True",
        "--JupyterNotebookApp.expose_app_in_browser=True",
    ]


def _environment(private: Path) -> dict[str, str]:
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "jupyter",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
        "XDG_CACHE_HOME": "cache",
    }
    return (
        os.environ
        | {name: str(private / folder) for name, folder in folders.items()}
        | {
            "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"],
            "PYTHONPATH": str(CHECKOUT),
        }
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_answer(server: subprocess.Popen[bytes], url: str, log: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=20):
            return
        time.sleep(0.1)
    raise RuntimeError(f"no answer from {url}:\n{log.read_text(errors='replace')[-3000:]}")


# ---- browser ----


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Run one Chromium; while it lives an event loop runs in this thread, and ends with the block."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), headless=True, args=_FLAGS, timeout=60_000
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Tab:
    """A browser window of its own on one notebook.

    Attributes
    ----------
    page : playwright Page
        For whatever is not offered here.
    errors : list of str
        Uncaught exceptions and console errors of the page, save those of refused addresses.
    refused : list of str
        Addresses that were asked for and are not on loopback.
    """

    page: Page
    server: Server
    errors: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def open(self, notebook: str) -> None:
        """Open a notebook; in Lab and Notebook wait until its kernel has answered once."""
        self.page.goto(self.server.address(notebook), wait_until="domcontentloaded", timeout=90_000)
        if self.server.app == "voila":
            self.page.wait_for_selector("body[data-base-url], .jp-Notebook, #rendered_cells", timeout=90_000)
            return
        self.page.wait_for_function("() => window.jupyterapp?.shell", timeout=60_000)
        # The idle badge alone shows before there is a session, and run-all would then be lost.
        self._await(_KERNEL_READY, 60)

    def run_all(self, timeout: float = 90) -> None:
        """Run all cells; AssertionError with the errors that the cells ended in."""
        # Braces: the command's promise must not be awaited, evaluate() has no timeout.
        self.page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells') }")
        self._finish(timeout)

    def run_cell(self, index: int, timeout: float = 60) -> None:
        """Run one cell (anew)."""
        self.page.evaluate(
            """index => { const book = jupyterapp.shell.currentWidget.content; book.activeCellIndex = index;
            book.widgets[index].model.executionCount = null;
            jupyterapp.commands.execute('notebook:run-cell') }""",
            index,
        )
        self._finish(timeout, index)

    def _finish(self, timeout: float, index: int | None = None) -> None:
        self.page.wait_for_function(
            f"""index => {{ const cells = {_CODE_CELLS};
            const asked = index === null ? cells : [jupyterapp.shell.currentWidget.content.widgets[index]];
            return asked.every(cell => cell.model.executionCount > 0) || {_CELL_ERRORS}.length }}""",
            arg=index,
            timeout=timeout * 1000,
        )
        errors = self.page.evaluate(f"() => {_CELL_ERRORS}")
        assert not errors, errors
        idle = '.jp-Notebook-ExecutionIndicator[data-status="idle"], .jp-NotebookKernelStatus'
        self.page.wait_for_selector(idle, state="attached", timeout=timeout * 1000)

    def ask(self, code: str, timeout: float = 30) -> str:
        """Run code in the notebook's kernel, beside the cells, and return what it prints."""
        answer = self._await(_ASK_KERNEL, timeout, code)
        assert "error" not in answer, answer["error"]
        return str(answer["printed"]).strip()

    def restart_kernel(self, timeout: float = 30) -> None:
        """Restart the notebook's kernel, as its menu does, and wait for it."""
        self._await("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()", timeout)

    def save(self, timeout: float = 30) -> bytes:
        """Save the notebook as its menu does and return the file's bytes."""
        self._await("() => jupyterapp.shell.currentWidget.context.save()", timeout)
        name = self.page.evaluate("() => jupyterapp.shell.currentWidget.context.path")
        return (self.server.root / name).read_bytes()

    def screenshot(self, name: str) -> Path:
        """Keep a picture of the window in the artefacts folder."""
        ARTEFACTS.mkdir(exist_ok=True)
        path = ARTEFACTS / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def end_kernels(self) -> None:
        """End what the notebook runs, so that the next test has the machine to itself."""
        if self.server.app != "voila" and self.page.evaluate("() => !!window.jupyterapp"):
            self._await("() => jupyterapp.serviceManager.sessions.shutdownAll()", 15)

    def _await(self, function: str, seconds: float, argument: object = None) -> Any:
        """Evaluate an asynchronous function, with the timeout that evaluate() lacks."""
        return self.page.evaluate(
            f"""argument => Promise.race([({function})(argument), new Promise((_, reject) =>
            setTimeout(() => reject(new Error('no end after {seconds} s')), {seconds * 1000}))])""",
            argument,
        )


_CODE_CELLS = "jupyterapp.shell.currentWidget.content.widgets.filter(cell => cell.model.type === 'code')"
_CELL_ERRORS = (
    f"{_CODE_CELLS}.flatMap(cell => cell.model.toJSON().outputs.filter(output => "
    "output.output_type === 'error').map(output => `${output.ename}: ${output.evalue}`))"
)
_KERNEL_READY = """async () => {
    const until = async look => { for (;;) { const found = look(); if (found) return found;
        await new Promise(again => setTimeout(again, 50)) } };
    await jupyterapp.restored;
    const panel = await until(() => jupyterapp.shell.currentWidget?.sessionContext
        && jupyterapp.shell.currentWidget);
    await panel.context.ready; await panel.sessionContext.ready;
    const kernel = await until(() => { const found = panel.sessionContext.session?.kernel;
        return found?.connectionStatus === 'connected' && found });
    await kernel.info;
    await kernel.requestExecute({ code: '0', silent: true, store_history: false }).done }"""
_ASK_KERNEL = """async code => {
    const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel, answer = { printed: '' };
    const asked = kernel.requestExecute({ code, store_history: false });
    asked.onIOPub = ({ header, content }) => {
        if (header.msg_type === 'stream') answer.printed += content.text;
        if (header.msg_type === 'error') answer.error = `${content.ename}: ${content.evalue}` };
    await asked.done; return answer }"""


@contextlib.contextmanager
def tab(browser: Browser, server: Server, **options: Any) -> Iterator[Tab]:
    """Open a window with storage of its own; `options` are those of Playwright's new_context."""
    context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}} | options)
    context.set_default_timeout(20_000)
    try:
        window = Tab(context.new_page(), server)
        _watch(context, window)
        try:
            yield window
        finally:
            window.end_kernels()
    finally:
        context.close()


def _watch(context: BrowserContext, window: Tab) -> None:
    def gate(route: Any) -> None:
        if _LOOPBACK.match(route.request.url):
            route.fallback()
        else:
            window.refused.append(route.request.url)
            route.abort()

    def note(message: Any) -> None:
        if message.type == "error" and "net::ERR_FAILED" not in message.text:
            window.errors.append(message.text)

    context.route("**/*", gate)
    window.page.on("pageerror", lambda error: window.errors.append(str(error)))
    window.page.on("console", note)
