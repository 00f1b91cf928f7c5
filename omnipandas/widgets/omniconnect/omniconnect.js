/* OmniConnect in a notebook's page. The kernel hears how a run ended; client id and secret come from it in one message,
   once the vendor's script is there, go straight into its constructor, and stay nowhere here. */
const GLOBALS = ["Omniconnect", "Omnimetic"]; // the guide's name, and the one that the bundles define
const OUTCOMES = ["OM200", "OM400", "OM410", "OM500"];
const DIALOG = "omnipandas-omniconnect-dialog";
const SCOPE = `@scope (.${DIALOG})`; // a style sheet's rules then hold inside our dialog alone
const LOAD_MS = 30_000, KERNEL_MS = 8_000, GRACE_MS = 3_000;
const ASKING = "Asking the kernel…";
const GONE = "The kernel does not answer: it is busy, or has gone. Run the cell again.";
const STOPS = "a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, iframe, [tabindex='0']";

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function frame(cancel) {
  const container = element("div", { id: "omniconnect" });
  const note = element("p", { role: "status", textContent: ASKING });
  const close = element("button", { type: "button", textContent: "Close", onclick: cancel });
  const title = element("h2", { textContent: "Link a utility account" });
  const panel = element("div", {}, element("header", {}, title, close), note, container);
  const dialog = element("div", { className: DIALOG, role: "dialog", ariaModal: "true", tabIndex: -1 }, panel);
  dialog.ariaLabel = title.textContent;
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation(); // before the vendor's script, which would call it OM400
      cancel();
    } else if (event.key === "Tab") {
      const stops = [...dialog.querySelectorAll(STOPS)].filter((stop) => stop.getClientRects().length);
      const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
      if (![from, dialog].includes(document.activeElement)) return;
      event.preventDefault();
      to.focus();
    }
  }, true);
  return { dialog, container, note };
}

function load(src, integrity) {
  const script = element("script", integrity ? { integrity, crossOrigin: "anonymous" } : {});
  return new Promise((resolve) => {
    setTimeout(resolve, LOAD_MS, false);
    Object.assign(script, { onload: () => resolve(true), onerror: () => resolve(false), src });
    document.head.append(script);
  }).finally(() => script.remove());
}

// Of the sandbox there is a text too, which answers itself, for browsers on another machine than the kernel.
async function loadSdk({ url, integrity, source }) {
  const near = /^(localhost$|127\.|\[::1\])/.test(location.hostname);
  if ((near || !source) && await load(url, integrity)) return true;
  if (!source) return false;
  const blob = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  return load(blob).finally(() => URL.revokeObjectURL(blob));
}

function setAside(name) {
  const there = name in window, kept = window[name];
  if (there) Reflect.set(window, name, undefined);
  return () => there ? Reflect.set(window, name, kept) : Reflect.deleteProperty(window, name);
}

function sdkClass() {
  const found = GLOBALS.map((name) => window[name]).find((value) => typeof value === "function");
  if (found) return found; // else a class statement's name, which is no property of window
  return typeof Omniconnect === "function" ? Omniconnect : typeof Omnimetic === "function" ? Omnimetic : null;
}

const sheets = () => [...document.head.querySelectorAll("style, link[rel=stylesheet]")];
function contain(sheet) {
  const text = sheet.textContent;
  if (!text || text.startsWith(SCOPE) || !window.CSSScopeRule) return;
  sheet.textContent = `${SCOPE} {${text.replaceAll(":root", ":scope")}}`;
}

// No error's words are repeated: the script's may hold the keys.
function attempt(step) {
  try {
    return step();
  } catch {
    return null;
  }
}

function begin(model, opener) {
  const run = `${Date.now()}-${Math.random()}`, undo = [], theirs = new Set();
  let outcome = null, filled = false;
  const tell = (kind, more) => attempt(() => model.send({ kind, run, ...more })); // the kernel may be gone
  const later = (ms, step) => {
    const timer = setTimeout(step, ms);
    undo.push(() => clearTimeout(timer));
  };
  const gather = (before) => {
    sheets().filter((sheet) => !before.has(sheet)).forEach((sheet) => theirs.add(sheet));
    theirs.forEach(contain);
  };

  // The first outcome counts; only ids that come after all, by "Try again", are not let go.
  function end(status, more) {
    if (outcome === "OM200" || (outcome && status !== "OM200")) return;
    outcome = status;
    tell("end", { status, ...more });
  }
  function stop(status, more) {
    end(status, more);
    undo.splice(0).reverse().forEach((step) => step());
  }
  function settle(payload, resolved) {
    const status = OUTCOMES.includes(payload?.status) ? payload.status : resolved ? "OM200" : "OM500";
    const accounts = attempt(() => JSON.parse(JSON.stringify(payload?.serviceAccounts ?? payload)));
    if (status === "OM400") stop(status);
    else end(status, status === "OM200" ? { accounts } : {}); // its last screen is left to the person
  }
  function hear(event) {
    const payload = [event.detail, event].find((one) => OUTCOMES.includes(one?.status));
    if (payload) settle(payload);
  }
  const cancel = () => stop("cancelled");
  const { dialog, container, note } = frame(cancel);

  async function listen(content) {
    if (content.run !== run || outcome) return;
    if (content.kind === "keys") return open(content);
    note.textContent = "Loading the vendor's script…";
    later(content.timeout * 1000, () => outcome || stop("timeout"));
    const before = new Set(sheets());
    const putBack = window.define ? setAside("define") : () => {}; // an AMD loader would keep the class to itself
    undo.push(putBack, ...GLOBALS.map(setAside));
    const loaded = await loadSdk(content);
    putBack();
    gather(before);
    if (outcome) return;
    if (loaded && sdkClass()) tell("keys");
    else stop("blocked", { reason: loaded ? "global" : "script" });
  }

  function open(content) {
    const keys = { secret: content.secret, clientId: content.clientId }, before = new Set(sheets());
    content.secret = content.clientId = undefined;
    window.addEventListener("widgetResponse", hear);
    undo.push(() => window.removeEventListener("widgetResponse", hear));
    note.textContent = "";
    try {
      const sdk = new (sdkClass())(container, keys);
      undo.push(() => attempt(() => container.hasChildNodes() && sdk.close?.())); // it drops its token then
      const answer = sdk.open();
      // The person's "Try again" opens anew, and this promise never settles: the event tells then.
      if (typeof answer?.then === "function") answer.then((value) => settle(value, true), (error) => settle(error));
    } catch {
      return stop("blocked", { reason: "start" });
    } finally {
      gather(before);
    }
    if (!outcome) tell("opened");
  }

  const watch = new MutationObserver(() => {
    container.querySelectorAll("style").forEach(contain);
    if (container.hasChildNodes()) filled = true;
    else if (filled) later(outcome ? 300 : GRACE_MS, () => container.hasChildNodes() || cancel());
  });
  watch.observe(container, { childList: true, subtree: true });
  model.on("msg:custom", listen);
  undo.push(() => {
    model.off("msg:custom", listen);
    watch.disconnect();
    theirs.forEach((sheet) => sheet.remove());
    dialog.remove();
    if (opener.isConnected) opener.focus();
  });
  later(KERNEL_MS, () => { if (note.textContent === ASKING) note.textContent = GONE; });
  document.body.append(dialog);
  dialog.focus();
  tell("start");
  return cancel;
}

function render({ model, el }) {
  let cancel = null;
  const button = element("button", { type: "button", textContent: "Link a utility account" });
  const line = element("p", { role: "status" });
  const draw = () => { line.textContent = model.get("message"); };
  button.addEventListener("click", () => {
    const there = document.querySelector(`.${DIALOG}`); // one at a time in a page, as the vendor's script needs it
    if (there) there.focus();
    else cancel = begin(model, button);
  });
  model.on("change:message", draw);
  model.on("comm_live_update", () => { // a restarted kernel would not get the ids
    cancel?.();
    line.textContent = GONE;
  });
  draw();
  el.append(element("div", { className: "omnipandas-omniconnect" }, button, line));
  return () => cancel?.();
}

export default { render };
