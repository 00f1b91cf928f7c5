/* A stand-in for the vendor's OmniConnect script: the same global, constructor, ids in the document, calls, promise
   payloads and window event, and the same traps, so that what wraps the one can be tried with the other. It sends
   what is typed to the sandbox only, or, offline, to nobody: then the answers are made in this page. */
(function (root, factory) {
  // As the vendor's bundle does: on a page with an AMD loader it registers there, and no global appears.
  if (typeof define === "function" && define.amd) define([], factory);
  else root.Omnimetic = factory().Omnimetic;
})(window, function () {
  "use strict";
  const BASE_URL = null;
  const OFFLINE = null;
  const POLL_MS = 1000;

  const MESSAGES = {
    OM200: "Resolved: User account(s) successfully linked",
    OM400: "Rejected: User closes the widget",
    OM410: "Rejected: Incorrect secret or client id",
    OM500: "Rejected: Internal server error",
  };
  const LOGIN_TYPES = {
    "Arizona Public Service": "APSLogin",
    "Salt River Project": "SRPLogin",
    "Tuscan Electric Power": "TEPLogin",
    "Pacific Gas and Electric Company": "PGELogin",
  };
  const STYLE = `
    #omnimetic-widget { position: relative; max-width: 26rem; padding: 1.25rem; background: #fff; color: #1a1a1a;
      border: 1px solid #767676; border-radius: 8px; font: 15px/1.45 system-ui, sans-serif; text-align: left }
    #omnimetic-widget h2 { margin: 0 2.5rem .75rem 0; font-size: 1.2rem; line-height: 1.3 }
    #omnimetic-widget label { display: block; margin: .5rem 0; cursor: pointer }
    #omnimetic-widget fieldset { margin: 0; padding: 0; border: 0; max-height: 16rem; overflow: auto }
    #omnimetic-widget legend { padding: 0 }
    #omnimetic-widget input[type=text], #omnimetic-widget input[type=password] { display: block; width: 100%;
      box-sizing: border-box; margin-top: .2rem; padding: .45rem; border: 1px solid #767676; border-radius: 4px;
      background: #fff; color: #1a1a1a; font: inherit }
    #omnimetic-widget button { margin: .75rem .5rem 0 0; padding: .5rem 1rem; border: 1px solid #0b5cad;
      border-radius: 4px; background: #0b5cad; color: #fff; font: inherit; cursor: pointer }
    #omnimetic-widget #omnimetic-close { position: absolute; top: .5rem; right: 0; padding: .2rem .6rem;
      background: #fff; color: #1a1a1a; border-color: transparent }
    #omnimetic-widget :focus-visible { outline: 3px solid #d95f02; outline-offset: 2px }
    #omnimetic-widget small { display: block; color: #595959 }
    #omnimetic-problem { color: #a30000 }`;

  function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  function place(address) {
    return `${address.street}, ${address.city}, ${address.state} ${address.postalCode}`;
  }

  const script = document.currentScript;
  const base = BASE_URL || (script && script.src ? script.src.replace(/\/sdk\/[^/]*$/, "/api") : "");

  async function call(method, path, { token, body, headers } = {}) {
    if (OFFLINE) return token === undefined ? { status: 401, value: null } : answer(method, path, body);
    const sent = { "content-type": "application/json", ...headers };
    if (token !== null) sent.authorization = `Bearer ${token}`;
    const reply = await fetch(base + path, { method, headers: sent, body: body && JSON.stringify(body) });
    return { status: reply.status, value: reply.ok ? await reply.json() : null };
  }

  // What the sandbox would say, where the browser cannot reach it.
  const jobs = [];
  function answer(method, path, body) {
    const [, first, second] = path.split("/");
    if (first === "access-token") {
      return body.secret.includes("wrong") ? { status: 401 } : { status: 200, value: { id: OFFLINE.account, token: "offline" } };
    }
    if (first === "utility-companies") return { status: 200, value: OFFLINE.companies };
    if (first === "jobs" && method === "POST") {
      const login = OFFLINE.logins[body.utilityCompanyId];
      jobs.push({ polls: 1, outcome: OFFLINE.outcomes[body.username] || "success", login });
      return { status: 201, value: { id: String(jobs.length - 1) } };
    }
    if (first === "jobs") {
      const job = jobs[Number(second)];
      if (job.polls-- > 0) return { status: 200, value: { status: "pending" } };
      if (job.outcome === "error") return { status: 200, value: { status: "error" } };
      const response = job.outcome === "success" ? { accountId: job.login } : { status: job.outcome };
      return { status: 200, value: { status: "success", response } };
    }
    if (first === "utility-user-account") return { status: 200, value: OFFLINE.accounts[second] };
    return { status: 201, value: body.map((id) => ({ id })) };
  }

  class Omnimetic {
    constructor(container, keys) {
      if (!container) throw new Error("Omnimetic needs a container");
      if (!keys || !keys.secret || !keys.clientId) throw new Error("Omnimetic needs secret and clientId");
      this.container = container;
      this.keys = { secret: keys.secret, clientId: keys.clientId };
      this.leaves = "OM400";
      this.listen();
    }

    // Every instance hears every outcome, and one that was never opened has nothing to settle and throws.
    listen() {
      window.addEventListener("widgetResponse", ({ detail }) => {
        if (detail.status === "OM200") this.resolve(detail);
        else this.reject(detail);
      });
    }

    // "Try again" comes here too: the promise of the first call is then never settled.
    open() {
      const promise = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }));
      this.build();
      this.connect();
      return promise;
    }

    // The container is emptied, and one more listener stays behind each time.
    close() {
      this.container.innerHTML = "";
      this.listen();
      this.token = undefined;
    }

    tell(status, more) {
      const detail = { message: MESSAGES[status], ...more, status };
      window.dispatchEvent(new CustomEvent("widgetResponse", { detail }));
    }

    leave() {
      const status = this.leaves;
      this.close();
      if (status) this.tell(status);
    }

    build() {
      this.leaves = "OM400";
      const close = element("button", { id: "omnimetic-close", type: "button", textContent: "×", title: "Close" });
      close.setAttribute("aria-label", "Close");
      const widget = element("div", { id: "omnimetic-widget" }, close, element("div", { id: "omnimetic-screen" }));
      widget.setAttribute("role", "dialog");
      widget.setAttribute("aria-labelledby", "omnimetic-title");
      this.container.replaceChildren(element("style", { textContent: STYLE }), widget);
      // By id in the document, as the vendor's does: in a shadow root nothing is found and nothing drawn.
      const found = document.getElementById("omnimetic-close");
      if (!found) return;
      found.addEventListener("click", () => this.leave());
      widget.addEventListener("keydown", (event) => {
        if (event.key === "Escape") this.leave();
      });
    }

    draw(title, ...content) {
      const screen = document.getElementById("omnimetic-screen");
      if (!screen) return;
      const heading = element("h2", { id: "omnimetic-title", tabIndex: -1, textContent: title });
      screen.replaceChildren(heading, ...content);
      (screen.querySelector("input") || screen.querySelector("button") || heading).focus();
    }

    // Leaving this screen says OM500, save after wrong keys, which have been told already: then OM400.
    fail(text, status) {
      this.leaves = status;
      const again = element("button", { type: "button", id: "omnimetic-again", textContent: "Try again" });
      again.addEventListener("click", () => this.open());
      const message = element("p", { id: "omnimetic-problem", textContent: text });
      message.setAttribute("role", "alert");
      this.draw("Something went wrong", message, again);
    }

    // A network error here leaves the promise pending, with an unhandled rejection in the console.
    async connect() {
      this.draw("Connecting…");
      const body = { secret: this.keys.secret, clientId: this.keys.clientId, name: "Omnimetic" };
      const { status, value } = await call("POST", "/access-token", { token: null, body });
      if (status === 401) {
        this.fail("The secret or the client id is not right.", "OM400");
        this.tell("OM410");
      } else if (status === 200) {
        Object.assign(this, { token: value.token, account: value.id });
        this.choose();
      } else this.fail("The server does not answer as it should.", "OM500");
    }

    async choose() {
      let companies = [];
      try {
        companies = (await call("GET", "/utility-companies", { token: this.token })).value || [];
      } catch {
        companies = []; // an empty list, as the vendor's shows
      }
      const list = element("fieldset", {}, element("legend", { textContent: "Your utility" }));
      companies.forEach((company, number) => {
        const pick = element("input", { type: "radio", name: "omnimetic-company", value: company.id, checked: !number });
        list.append(element("label", {}, pick, ` ${company.name}`));
      });
      const next = element("button", { type: "submit", textContent: "Continue" });
      const form = element("form", { id: "omnimetic-companies" }, list, next);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const chosen = companies.find(({ id }) => id === form.elements["omnimetic-company"]?.value);
        if (chosen) this.logIn(chosen);
      });
      this.draw("Choose your utility", form);
    }

    logIn(company, problem = "") {
      const field = (id, label, type) => element("label", { htmlFor: id }, label, element("input", { id, type, required: true, autocomplete: "off" }));
      const message = element("p", { id: "omnimetic-problem", textContent: problem });
      message.setAttribute("role", "alert");
      const form = element("form", { id: "omnimetic-login" },
        element("small", { textContent: "This is a sandbox: any name and password will do. Type no real ones." }),
        field("omnimetic-username", "User name", "text"), field("omnimetic-password", "Password", "password"),
        message, element("button", { type: "submit", textContent: "Log in" }));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const [username, password] = [...form.querySelectorAll("input")].map(({ value }) => value);
        this.work(company, { username, password, utilityCompanyId: company.id });
      });
      this.draw(`Log in at ${company.name}`, form);
    }

    async work(company, body) {
      this.draw("One moment…", element("p", { textContent: `Waiting for ${company.name}.` }));
      const headers = { type: String(LOGIN_TYPES[company.name]) };
      const job = await call("POST", "/jobs", { token: this.token, body, headers }).catch(() => ({ status: 0 }));
      if (job.status !== 201) return this.fail("The log-in could not be started.", "OM500");
      const poll = async () => {
        // It goes on after closing, with a token that is gone, as the vendor's does.
        const { value } = await call("GET", `/jobs/${job.value.id}`, { token: this.token }).catch(() => ({}));
        if (!value || value.status === "pending") setTimeout(poll, POLL_MS);
        else if (value.status === "error" || value.response.status === "server-error") {
          this.fail("The utility's own site does not answer.", "OM500");
        } else if (value.response.status === "incorrect-credential") {
          this.logIn(company, "The utility does not know this name and password.");
        } else this.pick(value.response.accountId);
      };
      setTimeout(poll, POLL_MS);
    }

    async pick(login) {
      const { value } = await call("GET", `/utility-user-account/${login}`, { token: this.token }).catch(() => ({}));
      if (!value) return this.fail("The accounts could not be listed.", "OM500");
      const list = element("fieldset", {}, element("legend", { textContent: "Accounts to connect" }));
      for (const account of value.serviceAccounts) {
        const tick = element("input", { type: "checkbox", name: "omnimetic-account", value: account.id, checked: true });
        list.append(element("label", {}, tick, ` ${place(account.address)}`));
      }
      const form = element("form", { id: "omnimetic-accounts" }, list,
        element("button", { type: "submit", textContent: "Connect" }));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const ids = [...form.querySelectorAll("input:checked")].map((tick) => tick.value);
        if (ids.length) this.link(ids);
      });
      this.draw("Choose your accounts", form);
    }

    async link(ids) {
      const path = `/${this.account}/utility-service-accounts/batch`;
      const { status } = await call("POST", path, { token: this.token, body: ids }).catch(() => ({}));
      if (status !== 201) return this.fail("The accounts could not be connected.", "OM500");
      const done = element("button", { type: "button", id: "omnimetic-done", textContent: "Done" });
      done.addEventListener("click", () => this.leave());
      this.leaves = null;
      this.draw("Your accounts are connected", element("p", { textContent: `${ids.length} connected.` }), done);
      this.tell("OM200", { serviceAccounts: ids.map((id) => ({ id })) });
    }
  }

  return { Omnimetic };
});
