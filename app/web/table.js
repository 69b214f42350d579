/** The table of devices: filter, sort, and rows that are updated in place. */

import { byId, listen, make, say } from "./elements.js";
import { nameOf, placeOf, shown } from "./fleet.js";
import { moment, number, text } from "./texts.js";

/** @typedef {import("./fleet.js").Column} Column */

/** @type {[Column, string, boolean][]} column, text of its head, whether it holds numbers */
const COLUMNS = [
  ["cdDispositivo", "code", true],
  ["nrCodigo", "name", false],
  ["state", "state", false],
  ["dsCidade", "place", false],
  ["nrBat", "battery", true],
  ["dtRegistro", "last", false],
];
const ROWS = 100; // more take longer to lay out than a second of a large fleet may

export class DeviceTable {
  /** @param {Map<number, import("./contract.js").CurrentPosition>} fleet */
  constructor(fleet) {
    this.fleet = fleet;
    /** @type {import("./fleet.js").View} */
    this.view = { text: "", state: "", column: "state", descending: false };
    this.most = ROWS;
    /** @type {Map<number, HTMLTableRowElement>} */
    this.rows = new Map();
    this.body = /** @type {HTMLTableSectionElement} */ (byId("devices").querySelector("tbody"));
    this.more = make("button", { type: "button", hidden: true, onclick: () => this.showMore() });
    byId("devices").after(this.more);
    const search = /** @type {HTMLInputElement} */ (byId("filter-text"));
    const state = /** @type {HTMLSelectElement} */ (byId("filter-state"));
    listen(byId("filter"), "submit", (event) => event.preventDefault());
    listen(search, "input", () => this.change({ text: search.value }));
    listen(state, "change", () => this.change({ state: state.value }));
    this.head();
  }

  /** Write the head anew, in the current language. */
  head() {
    const cells = COLUMNS.map(([column, key, isNumber]) => {
      const sorted = this.view.column === column ? (this.view.descending ? "descending" : "ascending") : undefined;
      const arrow = sorted ? (this.view.descending ? " ▼" : " ▲") : "";
      const button = make("button", { type: "button", onclick: () => this.sort(column) }, text(key));
      button.append(make("span", { "aria-hidden": "true" }, arrow));
      return make("th", { scope: "col", "aria-sort": sorted, class: isNumber ? "number" : undefined }, button);
    });
    byId("devices").querySelector("thead tr")?.replaceChildren(...cells);
  }

  /** @param {Column} column */
  sort(column) {
    this.change({ column, descending: this.view.column === column && !this.view.descending });
    this.head();
    const index = COLUMNS.findIndex(([one]) => one === column);
    /** @type {HTMLElement | undefined} */ (byId("devices").querySelectorAll("th button")[index])?.focus();
  }

  showMore() {
    this.most += ROWS;
    this.draw();
  }

  /** @param {Partial<import("./fleet.js").View>} changes */
  change(changes) {
    this.view = { ...this.view, ...changes };
    this.draw();
  }

  /** Nothing of what was shown is kept. */
  forget() {
    this.rows.clear();
    this.most = ROWS;
    this.draw();
  }

  /** Bring the table up to date. */
  draw() {
    const found = shown(this.fleet.values(), this.view, Date.now());
    const kept = found.slice(0, this.most);
    const elements = kept.map(({ row, state }) => this.row(row, state));
    const now = [...this.body.children];
    if (elements.length !== now.length || elements.some((one, index) => one !== now[index])) {
      const focused = document.activeElement;
      this.body.replaceChildren(...elements);
      if (focused instanceof HTMLElement && this.body.contains(focused)) focused.focus();
    }
    for (const code of this.rows.keys()) if (!this.fleet.has(code)) this.rows.delete(code);
    byId("addresses").hidden = !found.some(({ row }) => row.dsEndereco); // geocoded, from OpenStreetMap
    this.more.hidden = found.length <= this.most;
    say(this.more, text("more", { number: Math.min(ROWS, Math.max(0, found.length - this.most)) }));
    say(byId("count"), text("count", { shown: number(found.length), total: number(this.fleet.size) }));
  }

  /**
   * @param {import("./contract.js").CurrentPosition} row
   * @param {import("./fleet.js").State} state
   */
  row(row, state) {
    const element = this.rows.get(row.cdDispositivo) ?? this.made(row.cdDispositivo);
    const [name, condition, place, battery, last] = [...element.cells].slice(1);
    say(/** @type {Element} */ (name?.firstElementChild), nameOf(row));
    if (condition) {
      condition.className = state;
      say(condition, text(state));
    }
    if (place) say(place, placeOf(row) || coordinates(row));
    if (battery) say(battery, number(row.nrBat));
    if (last) say(last, moment(row.dtRegistro));
    return element;
  }

  /** @param {number} code */
  made(code) {
    const link = make("a", { href: `#/devices/${code}` });
    const element = make(
      "tr",
      { "data-device": String(code) },
      make("td", { class: "number" }, String(code)),
      make("th", { scope: "row" }, link),
      make("td"),
      make("td"),
      make("td", { class: "number" }),
      make("td"),
    );
    this.rows.set(code, element);
    return element;
  }
}

/** @param {import("./contract.js").CurrentPosition} row */
function coordinates(row) {
  return row.dsLat === null || row.dsLong === null ? "" : `${row.dsLat.toFixed(4)}, ${row.dsLong.toFixed(4)}`;
}
