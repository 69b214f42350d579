/** Starts the page: language and theme, sign-in, and the view that the address names. */

import { Api, Refusal } from "./api.js";
import { byId, say } from "./elements.js";
import { take } from "./fleet.js";
import { follow } from "./live.js";
import { DeviceTable } from "./table.js";
import { LANGUAGES, chosen, current, text, time, use } from "./texts.js";

const SECRET = "rastro.secret";
const VIEWS = ["sign-in", "devices", "device", "quarantine", "maintenance"];

/** @type {Map<number, import("./contract.js").CurrentPosition>} */
const fleet = new Map();
const table = new DeviceTable(fleet);
/** @type {{api: Api, ended: AbortController} | null} */
let session = null;

/** @param {string} name */
function show(name) {
  for (const view of VIEWS) byId(`view-${view}`).hidden = view !== name;
  byId("sections").hidden = byId("sign-out").hidden = byId("live").hidden = name === "sign-in";
}

/** @param {string} message */
function complain(message) {
  byId("fault").hidden = !message;
  say(byId("fault"), message);
}

/** @param {unknown} fault */
function explain(fault) {
  if (!(fault instanceof Refusal)) throw fault;
  if (fault.status === 401) return signOut(text("refusedSecret"));
  complain(fault.status ? text("refused", { text: fault.message }) : text("unreachable"));
}

function route() {
  if (!session) return show("sign-in");
  const [, section = ""] = location.hash.split("/");
  for (const link of byId("sections").querySelectorAll("a")) {
    if (link.getAttribute("href") === `#/${section}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  show("devices");
  table.draw();
}

/** @param {string} secret */
function signIn(secret) {
  sessionStorage.setItem(SECRET, secret);
  const begun = { api: new Api(secret), ended: new AbortController() };
  session = begun;
  complain("");
  route();
  follow(begun.api, arrived, tell, begun.ended.signal).catch(explain);
}

/** @param {import("./contract.js").CurrentPosition[]} rows */
function arrived(rows) {
  take(fleet, rows);
  table.draw();
}

/** @param {import("./live.js").Status} status */
function tell(status) {
  byId("live").className = status;
  say(byId("live"), status === "polling" ? text("polling", { time: time(new Date().toISOString()) }) : text(status));
}

/** @param {string} reason */
function signOut(reason = "") {
  session?.ended.abort();
  session = null;
  sessionStorage.removeItem(SECRET);
  fleet.clear();
  route();
  complain(reason);
  byId("secret").focus();
}

/** A token that the address carries after #token= is taken out of it, and out of the history. */
function given() {
  const found = /^#token=([\w.-]+)$/.exec(location.hash);
  if (!found) return sessionStorage.getItem(SECRET);
  history.replaceState(null, "", location.pathname + location.search);
  return found[1] ?? null;
}

function start() {
  const language = /** @type {HTMLSelectElement} */ (byId("language"));
  const theme = /** @type {HTMLSelectElement} */ (byId("theme"));
  const kept = LANGUAGES.find((one) => one === localStorage.getItem("rastro.language"));
  use(kept ?? chosen(navigator.languages));
  language.value = current();
  language.addEventListener("change", () => {
    localStorage.setItem("rastro.language", language.value);
    use(/** @type {import("./texts.js").Language} */ (language.value));
    table.head();
    route();
  });
  theme.value = localStorage.getItem("rastro.theme") ?? "auto";
  document.documentElement.dataset["theme"] = theme.value;
  theme.addEventListener("change", () => {
    localStorage.setItem("rastro.theme", theme.value);
    document.documentElement.dataset["theme"] = theme.value;
  });
  const secret = /** @type {HTMLInputElement} */ (byId("secret"));
  byId("sign-in").addEventListener("submit", (event) => {
    event.preventDefault();
    const value = secret.value.trim();
    secret.value = "";
    if (value) signIn(value);
  });
  byId("sign-out").addEventListener("click", () => signOut());
  table.head();
  const found = given();
  if (found) signIn(found);
  else route();
  addEventListener("hashchange", route);
}

start();
