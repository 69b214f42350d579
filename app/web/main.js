/** Starts the page: language and theme, sign-in, and the view that the address names. */

import { Api, Refusal } from "./api.js";
import { DeviceView } from "./device.js";
import { byId, make, say } from "./elements.js";
import { take } from "./fleet.js";
import { fences } from "./geometry.js";
import { follow } from "./live.js";
import { openMaintenance } from "./maintenance.js";
import { openMap } from "./map.js";
import { QuarantineView } from "./quarantine.js";
import { DeviceTable } from "./table.js";
import { LANGUAGES, chosen, current, text, time, use } from "./texts.js";

const SECRET = "rastro.secret";
const REDRAW_MS = 30_000;
const PAGE = { pageSize: 1000 };
const VIEWS = ["sign-in", "devices", "device", "quarantine", "maintenance"];

/** @type {Map<number, import("./contract.js").CurrentPosition>} */
const fleet = new Map();
const table = new DeviceTable(fleet);
/** @type {{api: Api, ended: AbortController} | null} */
let session = null;

/** @type {import("./map.js").DeviceMap | null} */
let map = null;
/** @type {DeviceView | null} */
let device = null;
/** @type {string[]} libraries that the server has */
let libraries = [];
let streams = false;

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
  const [, section = "", ...rest] = location.hash.split("/");
  for (const link of byId("sections").querySelectorAll("a")) {
    if (link.getAttribute("href") === `#/${section === "devices" ? "" : section}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  device?.close();
  device = null;
  map?.track(null);
  complain("");
  open(session.api, section, Number(rest[0])).catch(explain);
}

/**
 * @param {Api} api
 * @param {string} section
 * @param {number} code
 */
async function open(api, section, code) {
  if (section === "quarantine") {
    show("quarantine");
    return new QuarantineView(api, explain).open();
  }
  if (section === "maintenance") {
    show("maintenance");
    return openMaintenance(api);
  }
  if (section === "devices" && code) {
    show("device");
    device = new DeviceView(api, code, fleet, libraries.includes("uplot"));
    const opened = device.open(byId("place"), (found) => map?.track(found));
    map?.resize();
    return opened;
  }
  show("devices");
  byId("devices-title").after(byId("place"));
  table.draw();
  map?.resize();
}

/** Draw the map, if it can be had, with the fences of all sites. @param {Api} api */
async function chart(api) {
  if (!libraries.includes("maplibre-gl")) return missing(text("mapMissing"));
  byId("map").hidden = byId("legend").hidden = false;
  try {
    map ??= await openMap(byId("map"), (device) => (location.hash = `#/devices/${device}`));
  } catch (fault) {
    byId("map").hidden = byId("legend").hidden = true;
    return missing(text("mapFailed", { reason: String(fault) }));
  }
  map.draw(fleet);
  const [sites, addresses] = await Promise.all([api.all("v2/destinatarios", PAGE), api.all("v2/enderecos", PAGE)]);
  map.fence(fences(sites.rows, addresses.rows));
}

/** @param {string} reason */
function missing(reason) {
  byId("map-missing").hidden = false;
  say(byId("map-missing"), reason);
}

/** @param {string} secret */
function signIn(secret) {
  sessionStorage.setItem(SECRET, secret);
  const begun = { api: new Api(secret), ended: new AbortController() };
  session = begun;
  complain("");
  route();
  chart(begun.api).catch(explain);
  follow(begun.api, { take: arrived, keep, drop, tell }, streams, begun.ended.signal).catch(explain);
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

function redraw() {
  table.draw();
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
  session?.ended.abort();
  session = null;
  sessionStorage.removeItem(SECRET);
  keep([]);
  map?.fence(fences([], []));
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

/** Ask what the server has, and show the licences of libraries. */
async function equip() {
  const answer = await fetch(new URL("settings.json", import.meta.url));
  if (answer.ok) ({ libraries, stream: streams } = await answer.json());
  const named = { "maplibre-gl": "MapLibre GL JS", uplot: "uPlot", countries: "Natural Earth (world-atlas)" };
  const links = Object.entries(named).filter(([name]) => libraries.includes(name));
  byId("licences").replaceChildren(
    ...links.flatMap(([name, title]) => [make("a", { href: `web/lib/${name}.txt` }, `${title}, ${text("licence")}`), " "]),
  );
}

async function start() {
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
    map?.recolour();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => map?.recolour());
  const secret = /** @type {HTMLInputElement} */ (byId("secret"));
  byId("sign-in").addEventListener("submit", (event) => {
    event.preventDefault();
    const value = secret.value.trim();
    secret.value = "";
    if (value) signIn(value);
  });
  byId("sign-out").addEventListener("click", () => signOut());
  table.head();
  await equip();
  const found = given();
  if (found) signIn(found);
  else route();
  addEventListener("hashchange", route);
  setInterval(redraw, REDRAW_MS); // who falls silent sends nothing that would show it
}

start();
