/** One device: its track of a day on the map, battery and sensors as curves, and its last messages. */

import { Curve } from "./curves.js";
import { byId, make, say } from "./elements.js";
import { nameOf, stateOf } from "./fleet.js";
import { number, text, time } from "./texts.js";

const MESSAGES = 50;
const BATTERY = 1000;
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** @param {Date} moment the day of a moment as YYYY-MM-DD, in the zone of the browser */
export function dayOf(moment) {
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** Begin and end of a day in the zone of the browser. @param {string} day @returns {import("./curves.js").Span} */
function spanOf(day) {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return { begin: +new Date(year, month - 1, date) / 1000, end: +new Date(year, month - 1, date + 1) / 1000 };
}

/** @param {number} seconds */
function iso(seconds) {
  return new Date(seconds * 1000).toISOString();
}

export class DeviceView {
  /**
   * @param {import("./api.js").Api} api
   * @param {number} code
   * @param {Map<number, import("./contract.js").CurrentPosition>} fleet
   * @param {boolean} curves whether uPlot is installed
   */
  constructor(api, code, fleet, curves) {
    this.api = api;
    this.code = code;
    this.fleet = fleet;
    this.hasCurves = curves;
    this.day = dayOf(new Date());
    /** @type {Curve[]} */
    this.curves = [];
    this.title = make("h2", { id: "device-title" });
    this.facts = make("dl");
    this.battery = make("div", { class: "chart" });
    this.sensor = make("div", { class: "chart" });
    this.messages = make("tbody");
    /** @type {(track: any) => void} */
    this.onTrack = () => {};
  }

  /**
   * Write the view anew.
   * @param {HTMLElement} place the map
   * @param {(track: any) => void} onTrack
   */
  async open(place, onTrack) {
    this.onTrack = onTrack;
    const day = make("input", { type: "date", value: this.day, onchange: () => void this.change(day.value) });
    const heads = ["last", "state", "battery", "coordinates"].map((key) => make("th", { scope: "col" }, text(key)));
    byId("view-device").replaceChildren(
      make("p", {}, make("a", { href: "#/" }, `← ${text("devices")}`)),
      this.title,
      this.facts,
      make("label", {}, `${text("day")} `, day),
      place,
      make("h3", {}, text("sensors")),
      ...(this.hasCurves ? [make("p", { class: "hint" }, text("zoomHint")), await this.chooser(), this.sensor] : [make("p", { class: "hint" }, text("curvesMissing"))]),
      make("h3", {}, text("battery")),
      this.battery,
      make("h3", { id: "messages-title" }, text("messages")),
      make(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "messages-title" },
        make("table", {}, make("thead", {}, make("tr", {}, ...heads)), this.messages),
      ),
    );
    this.update();
    await this.load();
  }

  /** The current position has changed. */
  update() {
    const row = this.fleet.get(this.code);
    say(this.title, row ? `${nameOf(row)} (${this.code})` : String(this.code));
    if (!row) return;
    const state = stateOf(row, Date.now());
    /** @type {[string, string, string][]} */
    const facts = [
      ["state", text(state), state],
      ["last", time(row.dtRegistro), ""],
      ["coordinates", row.dsLat === null || row.dsLong === null ? "–" : `${row.dsLat.toFixed(5)}, ${row.dsLong.toFixed(5)}`, ""],
      ["battery", number(row.nrBat), ""],
      ["product", row.dsProduto ?? row.dsDescricao ?? "–", ""],
    ];
    this.facts.replaceChildren(...facts.flatMap(([key, value, kind]) => [make("dt", {}, text(key)), make("dd", { class: kind }, value)]));
  }

  async chooser() {
    const { rows } = await this.api.all("v2/sensores", { cdDispositivo: this.code, pageSize: 1000 });
    const { rows: types } = await this.api.all("v2/tipos-sensor", { pageSize: 1000 });
    const names = new Map(types.map((one) => [one.id, one.dsNome]));
    const options = rows.map((/** @type {import("./contract.js").Sensor} */ one) =>
      make("option", { value: String(one.cdSensor) }, [one.dsPonto, names.get(one.cdTipoSensor)].filter(Boolean).join(", ") || String(one.cdSensor)),
    );
    this.select = make("select", { onchange: () => void this.drawSensor() }, ...options);
    return make("label", {}, `${text("sensor")} `, this.select);
  }

  /** @param {string} day */
  async change(day) {
    if (!day) return;
    this.day = day;
    await this.load();
  }

  async load() {
    const range = { dtInicio: this.day, dtFim: this.day, fuso: ZONE };
    const [track, history] = await Promise.all([
      this.api.json(`v2/dispositivos/${this.code}/trajeto`, range),
      this.api.json(`v2/HistoricoPaginaDispositivo/${this.code}`, { ...range, pageSize: BATTERY }),
    ]);
    this.onTrack(track);
    this.messages.replaceChildren(...history.data.slice(0, MESSAGES).map((/** @type {any} */ one) => message(one)));
    if (!history.data.length) this.messages.append(make("tr", {}, make("td", { colspan: "4" }, text("none"))));
    if (!this.hasCurves) return;
    const rows = history.data.filter((/** @type {any} */ one) => one.nrBat !== null).reverse();
    const points = { times: rows.map((/** @type {any} */ one) => Date.parse(one.dtRegistro) / 1000), values: rows.map((/** @type {any} */ one) => one.nrBat) };
    const inside = (/** @type {import("./curves.js").Span} */ span) => cut(points, span);
    await this.draw(this.battery, text("battery"), (span) => Promise.resolve(inside(span)));
    await this.drawSensor();
  }

  async drawSensor() {
    const sensor = this.select?.value;
    if (!sensor) return this.sensor.replaceChildren(text("none"));
    const label = this.select?.selectedOptions[0]?.textContent ?? "";
    await this.draw(this.sensor, label, async (span) => {
      const query = { cdSensor: sensor, dtInicio: iso(span.begin), dtFim: iso(span.end), agg: "auto" };
      const answer = await this.api.json("v2/data/points", query);
      this.sensor.dataset["agg"] = answer.agg;
      return {
        times: answer.data.map((/** @type {any} */ one) => Date.parse(one.ts) / 1000),
        values: answer.data.map((/** @type {any} */ one) => one.value ?? null),
      };
    });
  }

  /**
   * @param {HTMLElement} element
   * @param {string} title
   * @param {(span: import("./curves.js").Span) => Promise<import("./curves.js").Points>} load
   */
  async draw(element, title, load) {
    this.curves.filter((one) => one.element === element).forEach((one) => one.end());
    const curve = new Curve(element, title, load, spanOf(this.day));
    this.curves = [...this.curves.filter((one) => one.element !== element), curve];
    await curve.draw();
  }

  close() {
    for (const curve of this.curves) curve.end();
  }
}

/** @param {import("./curves.js").Points} points @param {import("./curves.js").Span} span */
function cut(points, span) {
  const kept = points.times.map((one, index) => ({ one, index })).filter(({ one }) => one >= span.begin && one < span.end);
  return { times: kept.map(({ one }) => one), values: kept.map(({ index }) => points.values[index] ?? null) };
}

/** @param {any} one */
function message(one) {
  const state = one.blArea === null ? "unfenced" : one.blArea ? "inside" : "outside";
  const place = one.latitude === null ? "–" : `${one.latitude.toFixed(5)}, ${one.longitude.toFixed(5)}`;
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, time(one.dtRegistro)),
    make("td", { class: state }, text(state)),
    make("td", { class: "number" }, number(one.nrBat)),
    make("td", {}, place),
  );
}
