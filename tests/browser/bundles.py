"""Scripts that stand in for the vendor's, each with a habit of its own, and a server of them on loopback."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FIRST, SECOND, ACCOUNT = "64d4a4ba8061ed001f6159cf", "64d4a4ba8061ed001f6159d0", "61717f9aa817d400165cc85a"


def sdk(opening: str, constructing: str = "", name: str = "window.Omnimetic") -> str:
    """A script whose `open()` runs statements that may use `resolve`, `reject`, and `say` for the event."""
    return f"""
    {name} = class {{
      constructor(container, keys) {{
        if (!document.getElementById(container.id)) throw new Error("the container is not in the document");
        if (!keys.secret || !keys.clientId) throw new Error("keys are missing");
        window.__built = (window.__built || 0) + 1;
        this.container = container;
        {constructing}
      }}
      open() {{
        const container = this.container;
        const say = (detail) => window.dispatchEvent(new CustomEvent("widgetResponse", {{ detail }}));
        container.innerHTML = '<p id="vendor-screen">Of the vendor</p><button id="vendor-x">X</button>';
        return new Promise((resolve, reject) => {{ {opening} }});
      }}
      close() {{ this.container.innerHTML = ""; }}
    }};"""


def linked(accounts: str) -> str:
    return sdk(f'resolve({{ status: "OM200", message: "ok", serviceAccounts: {accounts} }});')


LINKED_ONE = linked(f'["{FIRST}"]')
SCRIPTS = {
    "pending": sdk(""),
    "linked": linked(f'[{{ id: "{FIRST}" }}, {{ id: "{SECOND}" }}]'),
    "list-of-ids": linked(f'["{FIRST}", "{SECOND}", "{FIRST}"]'),
    "object-with-both": linked(f'{{ accountId: "{ACCOUNT}", serviceAccountIds: ["{FIRST}", "{SECOND}"] }}'),
    "pair": linked(f'["{ACCOUNT}", ["{FIRST}", "{SECOND}"]]'),
    "garbage": linked("[1, null]"),
    "none": linked("[]"),
    "missing": linked("undefined"),
    "circular": sdk(
        'const ring = {}; ring.ring = ring; resolve({ status: "OM200", serviceAccounts: ring });'
    ),
    # "Try again" opens anew: the first promise never settles, and the window's event alone tells.
    "event-only": sdk(f'say({{ status: "OM200", serviceAccounts: [{{ id: "{FIRST}" }}] }});'),
    "event-bare": sdk(
        'window.dispatchEvent(Object.assign(new Event("widgetResponse"), '
        f'{{ status: "OM200", serviceAccounts: ["{FIRST}"] }}));'
    ),
    "other-event": sdk('say({ note: "no outcome" }); say(null);'),
    "wrong-keys": sdk(
        'const no = { status: "OM410", message: "Rejected: Incorrect Secret or client id" };'
        "say(no); reject(no);"
        'document.getElementById("vendor-x").onclick = () => {'
        ' container.innerHTML = ""; say({ status: "OM400", message: "Rejected: User closes the widget" }); };'
    ),
    "wrong-keys-then-linked": sdk(
        'reject({ status: "OM410" }); document.getElementById("vendor-x").onclick = () =>'
        f' say({{ status: "OM200", serviceAccounts: ["{FIRST}"] }});'
    ),
    "rejects-an-error": sdk('reject(new TypeError("Failed to fetch " + Math.random()));'),
    "no-promise": f"""window.Omnimetic = class {{
      open() {{
        const detail = {{ status: "OM200", serviceAccounts: ["{FIRST}"] }};
        setTimeout(() => window.dispatchEvent(new CustomEvent("widgetResponse", {{ detail }})), 50);
      }} }};""",
    "empties": sdk('setTimeout(() => { container.innerHTML = ""; }, 50);'),
    "throws": sdk("", 'throw new Error("cannot start with " + JSON.stringify(keys));'),
    "open-throws": sdk("").replace("const container = this.container;", 'throw new RangeError("no end");'),
    "nothing": "window.Something = 1;",
    "broken": "window.Omnimetic = class {",
    "both": sdk("", 'window.__chosen = "guide";', "window.Omniconnect")
    + sdk("", 'window.__chosen = "bundle";'),
    "guide-name": LINKED_ONE.replace("window.Omnimetic", "window.Omniconnect"),
    "class-statement": LINKED_ONE.replace("window.Omnimetic = class", "class Omniconnect"),
    "amd": "(function (make) { if (window.define && window.define.amd) define([], make); else make(); })"
    f"(function () {{ {LINKED_ONE} }});",
    "styles": "document.head.append(Object.assign(document.createElement('style'),"
    " { textContent: ':root { --theirs: 1 } body, .jp-Toolbar { background: rgb(255, 0, 0) !important }"
    " #vendor-screen { color: rgb(0, 128, 0) } @keyframes turn { to { rotate: 1turn } }"
    " #vendor-x { animation: turn 1s infinite }' }));"
    + sdk(
        "container.insertAdjacentHTML('beforeend', '<style>.jp-Toolbar { opacity: .5 !important }"
        " #vendor-x { color: rgb(0, 0, 255) }</style>');"
    ),
    "close-throws": sdk("").replace('close() { this.container.innerHTML = ""; }', "close() { null.x; }"),
}


class Bundles:
    """Serves `SCRIPTS` at ``/<name>.js``, for pages of any origin; counts what is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        bundles = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                name = self.path.strip("/").removesuffix(".js")
                bundles.asked.append(name)
                body = SCRIPTS.get(name, "").encode()
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/javascript")
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/{name}.js"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
