/** Starts the page: language and theme, sign-in, and the view that the address names. */

import { Api, Refusal } from "./api.js";
import { Caller } from "./auth.js";
import { DeviceView } from "./device.js";
import { attempt, byId, listen, onFault, say } from "./elements.js";
import { names, take } from "./fleet.js";
import { FenceView, openFences } from "./fences.js";
import { follow } from "./live.js";
import { openMaintenance } from "./maintenance.js";
import { Pace } from "./pace.js";
import { Place } from "./place.js";
import { ProductView, openProducts } from "./products.js";
import { QuarantineView } from "./quarantine.js";
import { equip, prefer } from "./settings.js";
import { DeviceTable } from "./table.js";
import { text, time } from "./texts.js";

const KEPT = "rastro.session";
const TOKEN = /^#token=([\w.-]+)$/; // in the address that scripts/run prints
const FIRST_MS = 2_000; // the map waits so long for the first rows
const STALE_MS = 30_000; // who falls silent sends nothing that would show it
const PAGE = { pageSize: 1000 };
const VIEWS = ["sign-in", "devices", "device", "fences", "products", "quarantine", "maintenance"];

/** @type {Map<number, import("./contract.js").CurrentPosition>} */
const fleet = new Map();
const table = new DeviceTable(fleet);
const place = new Place(fleet);
const pace = new Pace(draw);
/** @type {{api: Api, ended: AbortController} | null} */
let session = null;
/** @type {DeviceView | null} */
let device = null;
let view = new AbortController(); // what the view that is shown has asked for
let begun = () => {}; // the first rows are in the table
/** @type {import("./settings.js").Settings} */
let has = { libraries: [], stream: false, auth: null, map: null };

/** @param {string} name of a view @param {string} key of what it is called */
function show(name, key = name) {
  for (const view of VIEWS) byId(`view-${view}`).hidden = view !== name;
  byId("sections").hidden = byId("sign-out").hidden = byId("live").hidden = name === "sign-in";
  document.title = `${text(key)} · Rastro`;
}

/** @param {string} message */
function complain(message) {
  byId("fault").hidden = !message;
  say(byId("fault"), message);
}

/** Show what went wrong. What was asked for a view that is not shown any more is nobody's concern. @param {unknown} fault */
function explain(fault) {
  if (fault instanceof DOMException && fault.name === "AbortError") return;
  if (!(fault instanceof Refusal)) {
    console.error(fault);
    return complain(text("broken", { reason: String(fault) }));
  }
  if (fault.status === 401) return signOut(text("refusedSecret"));
  complain(fault.status ? text("refused", { text: fault.message }) : text("unreachable"));
}

/** Show what the address names; whatever was shown or asked for before is ended. */
function route() {
  view.abort();
  view = new AbortController();
  device?.close();
  device = null;
  place.track(null);
  complain("");
  if (!session) return show("sign-in", "signIn");
  const [, section = "", ...rest] = location.hash.split("/");
  for (const link of byId("sections").querySelectorAll("a")) {
    if (link.getAttribute("href") === `#/${section === "devices" ? "" : section}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const api = session.api.until(view.signal);
  return attempt(() => open(api, section, Number(rest[0])));
}

/**
 * @param {Api} api
 * @param {string} section
 * @param {number} code
 */
async function open(api, section, code) {
  if (section === "quarantine") {
    show("quarantine");
    return new QuarantineView(api).open();
  }
  if (section === "maintenance") {
    show("maintenance");
    return openMaintenance(api);
  }
  if (section === "fences") {
    show("fences");
    return code ? new FenceView(api, code, () => place.opened()).open(place.element) : openFences(api, place.element);
  }
  if (section === "products") {
    show("products");
    return code ? new ProductView(api, code).open() : openProducts(api);
  }
  if (section === "devices" && code) {
    show("device");
    device = new DeviceView(api, code, fleet, has.libraries.includes("uplot"));
    return device.open(place.element, (track, fit) => place.track(track, fit));
  }
  show("devices");
  place.home();
  table.draw();
}

/** Learn what devices are called. @param {Api} api */
async function name(api) {
  const { rows } = await api.all("v2/dispositivos", PAGE);
  for (const one of rows) if (one.dsDispositivo) names.set(one.cdDispositivo, one.dsDispositivo);
  pace.soon();
}

/** In this tab only, until it is closed. @param {import("./auth.js").Session} found */
function remember(found) {
  sessionStorage.setItem(KEPT, JSON.stringify(found));
}

/** @param {Caller} caller */
function signIn(caller) {
  session?.ended.abort();
  const ended = new AbortController();
  const api = new Api(caller, ended.signal);
  session = { api, ended };
  const rows = /** @type {Promise<void>} */ (new Promise((resolve) => {
    begun = resolve;
    setTimeout(resolve, FIRST_MS);
  }));
  attempt(() => place.open(api, has.libraries.includes("maplibre-gl"), has.map, rows)); // before the view, which may draw on the map
  route();
  attempt(() => name(api));
  attempt(() => follow(api, { take: arrived, keep, drop, tell }, has.stream, ended.signal));
}

/** @param {import("./contract.js").CurrentPosition[]} rows */
function arrived(rows) {
  if (take(fleet, rows) || !rows.length) pace.soon();
  begun();
}

/** Forget all other devices. @param {number[]} codes */
function keep(codes) {
  const kept = new Set(codes);
  drop([...fleet.keys()].filter((code) => !kept.has(code)));
}

/** @param {number[]} codes */
function drop(codes) {
  for (const code of codes) fleet.delete(code);
  pace.soon();
}

function draw() {
  if (!byId("view-devices").hidden) table.draw();
  place.draw();
  device?.update();
}

/** @param {import("./live.js").Status} status */
function tell(status) {
  byId("live").className = status;
  say(byId("live"), status === "polling" ? text("polling", { time: time(new Date().toISOString()) }) : text(status));
}

/** @param {string} reason */
function signOut(reason = "") {
  const caller = session?.api.caller;
  session?.ended.abort();
  session = null;
  sessionStorage.removeItem(KEPT);
  if (!reason) attempt(async () => caller?.signOut());
  fleet.clear();
  names.clear();
  table.forget();
  place.forget();
  for (const name of ["device", "fences", "products", "quarantine", "maintenance"]) byId(`view-${name}`).replaceChildren();
  route();
  complain(reason);
  byId(has.auth ? "email" : "secret").focus();
}

/** A token that the address carries after #token= is taken out of it, and out of the history. */
function given() {
  const found = TOKEN.exec(location.hash);
  /** @type {import("./auth.js").Session | null} */
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!found) return kept;
  history.replaceState(null, "", location.pathname + location.search);
  return { secret: found[1] ?? "" };
}

/** The language is another. */
function translated() {
  table.head();
  place.rename();
  return route();
}

/** The theme is another. */
function recoloured() {
  place.recolour();
  return device?.recolour();
}

/** Sign in with what the address or the tab has, or show what the address names. */
function arrive() {
  const found = given();
  if (found && session) signOut();
  if (found) signIn(new Caller(found, has.auth, remember));
  else route();
}

async function start() {
  onFault(explain);
  prefer(translated, recoloured);
  const secret = /** @type {HTMLInputElement} */ (byId("secret"));
  listen(byId("sign-in"), "submit", (event) => {
    event.preventDefault();
    const value = secret.value.trim();
    secret.value = "";
    if (value) signIn(new Caller({ secret: value }, null, remember));
  });
  listen(byId("sign-in-person"), "submit", async (event) => {
    event.preventDefault();
    const [email, password] = ["email", "password"].map((id) => /** @type {HTMLInputElement} */ (byId(id)));
    const given = password?.value ?? "";
    if (password) password.value = "";
    if (has.auth && email) signIn(await Caller.signedIn(has.auth, email.value.trim(), given, remember));
  });
  listen(byId("sign-out"), "click", () => signOut());
  listen(byId("skip"), "click", (event) => {
    event.preventDefault(); // the address names a view
    byId("content").focus();
  });
  table.head();
  await attempt(async () => (has = await equip()));
  byId("sign-in-person").hidden = !has.auth;
  arrive();
  listen(window, "hashchange", () => (TOKEN.test(location.hash) ? arrive() : route()));
  setInterval(() => pace.soon(), STALE_MS);
}

start();
