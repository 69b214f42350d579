/** Starts the page: language and theme, sign-in, and the view that the address names. */

import { Api, Refusal } from "./api.js";
import { Caller } from "./auth.js";
import { DeviceView } from "./device.js";
import { attempt, byId, listen, make, onFault, say } from "./elements.js";
import { names, take } from "./fleet.js";
import { FenceView, openFences, shapes } from "./fences.js";
import { collection } from "./geometry.js";
import { follow } from "./live.js";
import { openMaintenance } from "./maintenance.js";
import { openMap } from "./map.js";
import { QuarantineView } from "./quarantine.js";
import { DeviceTable } from "./table.js";
import { LANGUAGES, chosen, current, text, time, use, write } from "./texts.js";

const KEPT = "rastro.session";
const REDRAW_MS = 1_000; // at most so often
const STALE_MS = 30_000; // who falls silent sends nothing that would show it
const PAGE = { pageSize: 1000 };
const VIEWS = ["sign-in", "devices", "device", "fences", "quarantine", "maintenance"];

/** @type {Map<number, import("./contract.js").CurrentPosition>} */
const fleet = new Map();
const table = new DeviceTable(fleet);
/** @type {{api: Api, ended: AbortController} | null} */
let session = null;

/** @type {Promise<import("./map.js").DeviceMap> | null} */
let opening = null;
/** @type {import("./map.js").DeviceMap | null} */
let map = null;
/** @type {any} the track of the device that is shown */
let tracked = null;
/** @type {DeviceView | null} */
let device = null;
let view = new AbortController(); // what the view that is shown has asked for
let due = 0; // the timer until the next redraw may be
let stale = false; // whether one is wanted then
/** @type {string[]} libraries that the server has */
let libraries = [];
let streams = false;
/** @type {import("./auth.js").Project | null} where people sign in by e-mail and password */
let project = null;
/** @type {import("./map.js").Ground | null} what the map shows under devices, if it is not the page's own */
let ground = null;
let lacking = () => "";

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
  track(null);
  complain("");
  if (!session) return show("sign-in");
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
    const opened = async () => (opening ? await opening.catch(() => null) : null);
    return code ? new FenceView(api, code, opened).open(byId("place")) : openFences(api, byId("place"));
  }
  if (section === "devices" && code) {
    show("device");
    device = new DeviceView(api, code, fleet, libraries.includes("uplot"));
    return device.open(byId("place"), track);
  }
  show("devices");
  byId("devices-title").after(byId("place"));
  table.draw();
}

/** Draw a track on the map, now or as soon as it is there. @param {any} found null: none */
function track(found) {
  tracked = found;
  map?.track(found);
}

/** Draw the map, if it can be had, with the fences of all sites. @param {Api} api */
async function chart(api) {
  if (!libraries.includes("maplibre-gl")) return missing("mapMissing");
  byId("map").hidden = byId("legend").hidden = false;
  try {
    opening ??= openMap(byId("map"), ground, (device) => (location.hash = `#/devices/${device}`));
    map = await opening;
  } catch (fault) {
    opening = null;
    byId("map").hidden = byId("legend").hidden = true;
    return missing("mapFailed", { reason: String(fault) });
  }
  map.draw(fleet);
  if (tracked) map.track(tracked);
  map.fence(await shapes(api));
}

/** Learn what devices are called. @param {Api} api */
async function name(api) {
  const { rows } = await api.all("v2/dispositivos", PAGE);
  for (const one of rows) if (one.dsDispositivo) names.set(one.cdDispositivo, one.dsDispositivo);
  redraw();
}

/** Say why there is no map. @param {string} key @param {Record<string, string>} values */
function missing(key, values = {}) {
  lacking = () => text(key, values);
  byId("map-missing").hidden = false;
  say(byId("map-missing"), lacking());
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
  attempt(() => chart(api)); // before the view, which may draw on the map
  route();
  attempt(() => name(api));
  attempt(() => follow(api, { take: arrived, keep, drop, tell }, streams, ended.signal));
}

/** @param {import("./contract.js").CurrentPosition[]} rows */
function arrived(rows) {
  if (take(fleet, rows) || !rows.length) redraw();
}

/** Forget all other devices. @param {number[]} codes */
function keep(codes) {
  const kept = new Set(codes);
  drop([...fleet.keys()].filter((code) => !kept.has(code)));
}

/** @param {number[]} codes */
function drop(codes) {
  for (const code of codes) fleet.delete(code);
  redraw();
}

/** Soon, and at most once a second however much arrives; at once when nothing was drawn for that long. */
function redraw() {
  stale = true;
  if (due) return;
  stale = false;
  due = setTimeout(() => {
    due = 0;
    if (stale) redraw();
  }, REDRAW_MS);
  draw();
}

function draw() {
  if (!byId("view-devices").hidden) table.draw();
  map?.draw(fleet);
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
  map?.draw(fleet);
  map?.fence(collection([]));
  byId("devices-title").after(byId("place")); // out of the view that is emptied
  for (const name of ["device", "fences", "quarantine", "maintenance"]) byId(`view-${name}`).replaceChildren();
  route();
  complain(reason);
  byId(project ? "email" : "secret").focus();
}

/** A token that the address carries after #token= is taken out of it, and out of the history. */
function given() {
  const found = /^#token=([\w.-]+)$/.exec(location.hash);
  /** @type {import("./auth.js").Session | null} */
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!found) return kept;
  history.replaceState(null, "", location.pathname + location.search);
  return { secret: found[1] ?? "" };
}

/** Ask what the server has, and show the licences of libraries. */
async function equip() {
  const answer = await fetch(new URL("settings.json", import.meta.url));
  if (answer.ok) ({ libraries, stream: streams, auth: project, map: ground } = await answer.json());
  byId("sign-in-person").hidden = !project;
  const named = { "maplibre-gl": "MapLibre GL JS", uplot: "uPlot", countries: "Natural Earth (world-atlas)" };
  const links = Object.entries(named).filter(([name]) => libraries.includes(name));
  byId("licences").replaceChildren(
    ...links.flatMap(([name, title]) => [
      make("a", { href: `web/lib/${name}.txt` }, `${title}, `, make("span", { "data-text": "licence" })),
      " ",
    ]),
  );
  write(byId("licences"));
}

/** Language and theme, as they were chosen last, or as the browser prefers. */
function prefer() {
  const language = /** @type {HTMLSelectElement} */ (byId("language"));
  const theme = /** @type {HTMLSelectElement} */ (byId("theme"));
  use(LANGUAGES.find((one) => one === localStorage.getItem("rastro.language")) ?? chosen(navigator.languages));
  language.value = current();
  listen(language, "change", () => {
    localStorage.setItem("rastro.language", language.value);
    use(/** @type {import("./texts.js").Language} */ (language.value));
    say(byId("map-missing"), lacking());
    table.head();
    map?.rename();
    return route();
  });
  theme.value = localStorage.getItem("rastro.theme") ?? "auto";
  document.documentElement.dataset["theme"] = theme.value;
  listen(theme, "change", () => {
    localStorage.setItem("rastro.theme", theme.value);
    document.documentElement.dataset["theme"] = theme.value;
    recolour();
  });
  listen(matchMedia("(prefers-color-scheme: dark)"), "change", recolour);
}

function recolour() {
  map?.recolour();
  return device?.recolour();
}

async function start() {
  onFault(explain);
  prefer();
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
    if (project && email) signIn(await Caller.signedIn(project, email.value.trim(), given, remember));
  });
  listen(byId("sign-out"), "click", () => signOut());
  table.head();
  await attempt(equip);
  const found = given();
  if (found) signIn(new Caller(found, project, remember));
  else route();
  listen(window, "hashchange", route);
  setInterval(redraw, STALE_MS);
}

start();
