/** One device: its track of a day on the map, its latest values, battery and sensors as curves, and its last messages. */

import { Curve } from "./curves.js";
import { ZONE, dayOf, spanOf } from "./days.js";
import { attempt, byId, make, say } from "./elements.js";
import { nameOf, stateOf } from "./fleet.js";
import { covering, iso } from "./history.js";
import { back, empty, existing, latest, message, table } from "./rows.js";
import { number, text, time } from "./texts.js";

const MESSAGES = 50;
const FRESH_MS = 5_000; // at most so often, what is shown of today is asked for again

/** @typedef {import("./curves.js").Span} Span @typedef {import("./contract.js").CurrentPosition} CurrentPosition */

export class DeviceView {
  /**
   * @param {import("./api.js").Api} api as long as the view is open
   * @param {number} code
   * @param {Map<number, CurrentPosition>} fleet
   * @param {boolean} curves whether uPlot is installed
   */
  constructor(api, code, fleet, curves) {
    this.api = api;
    this.code = code;
    this.fleet = fleet;
    this.hasCurves = curves;
    this.day = dayOf(new Date());
    /** @type {Map<HTMLElement, Curve>} */
    this.curves = new Map();
    /** @type {Map<number, string>} what sensors are called */
    this.called = new Map();
    this.loading = new AbortController();
    this.loaded = false;
    this.due = 0; // the timer until what is shown is asked for again
    this.seen = ""; // the time of the position that is shown
    this.title = make("h2", { id: "device-title" }, String(code));
    this.facts = make("dl");
    this.battery = make("div", { class: "chart" });
    this.sensor = make("div", { class: "chart" });
    this.select = make("select", { onchange: () => this.drawSensor() });
    this.values = make("tbody");
    this.messages = make("tbody");
    /** @type {any} */
    this.track = null;
    /** @type {(track: any, fit: boolean) => void} */
    this.onTrack = () => {};
  }

  /**
   * Write the view anew.
   * @param {HTMLElement} place the map
   * @param {(track: any, fit: boolean) => void} onTrack
   */
  async open(place, onTrack) {
    this.onTrack = onTrack;
    const day = make("input", { type: "date", value: this.day, onchange: (event) => this.change(event.target.value) });
    const curves = [
      make("p", { class: "hint" }, text("zoomHint")),
      make("label", {}, `${text("sensor")} `, this.select),
      this.sensor,
      make("h3", {}, text("batteryOf")),
      this.battery,
    ];
    byId("view-device").replaceChildren(
      back("#/", "devices"),
      this.title,
      this.facts,
      make("label", {}, `${text("day")} `, day),
      place,
      make("h3", { id: "values-title" }, text("latest")),
      table("values-title", ["sensor", "value", "time"], this.values),
      make("h3", {}, text("sensors")),
      ...(this.hasCurves ? curves : [make("p", { class: "hint" }, text("curvesMissing"))]),
      make("h3", { id: "messages-title" }, text("messages")),
      table("messages-title", ["time", "state", "battery", "coordinates"], this.messages),
    );
    this.update();
    await existing(this.api, `v2/dispositivos/${this.code}`, byId("view-device"), text("unknownDevice", { code: this.code }));
    await this.choose();
    await this.load();
  }

  /** The current position has changed, or it is later. */
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
    if (row.dtAlteracao !== this.seen && this.loaded && this.day === dayOf(new Date())) this.moved(row);
    this.seen = row.dtAlteracao;
  }

  /** It has sent something today. @param {CurrentPosition} row */
  moved(row) {
    const line = this.track?.features?.at(-1)?.geometry;
    if (line?.type === "LineString" && row.dsLat !== null && row.dsLong !== null) {
      line.coordinates.push([row.dsLong, row.dsLat]);
      this.onTrack(this.track, false);
    }
    this.due ||= setTimeout(() => {
      this.due = 0;
      return attempt(() => this.refresh());
    }, FRESH_MS);
  }

  /** Latest values, last messages and the curve of the sensor, unless it is zoomed. */
  async refresh() {
    if (this.day !== dayOf(new Date())) return;
    const api = this.api.until(this.loading.signal);
    const [page] = await Promise.all([this.reported(api, spanOf(this.day), MESSAGES), this.value(), this.curves.get(this.sensor)?.refresh()]);
    this.list(page.data);
  }

  /** Fill the list of sensors: what is measured before what is counted. */
  async choose() {
    const [{ rows }, { rows: types }] = await Promise.all([
      this.api.all("v2/sensores", { cdDispositivo: this.code, pageSize: 1000 }),
      this.api.all("v2/tipos-sensor", { pageSize: 1000 }),
    ]);
    const kinds = new Map(/** @type {import("./contract.js").SensorType[]} */ (types).map((one) => [one.id, one]));
    const counted = (/** @type {import("./contract.js").Sensor} */ one) => Number(kinds.get(one.cdTipoSensor)?.dsAgregacao !== "mean");
    rows.sort((one, other) => counted(one) - counted(other) || one.cdSensor - other.cdSensor);
    for (const one of rows) {
      const kind = kinds.get(one.cdTipoSensor)?.dsNome ?? "";
      const both = kind.toLowerCase() === one.dsPonto?.toLowerCase() ? [kind] : [one.dsPonto, kind];
      this.called.set(one.cdSensor, both.filter(Boolean).join(", ") || String(one.cdSensor));
    }
    this.select.replaceChildren(...rows.map((one) => make("option", { value: String(one.cdSensor) }, this.called.get(one.cdSensor) ?? "")));
  }

  /** @param {string} day */
  async change(day) {
    if (!day) return;
    this.day = day;
    await this.load();
  }

  /** The day that was chosen last is shown, whatever is answered when. */
  async load() {
    this.loading.abort();
    this.loading = new AbortController();
    const api = this.api.until(this.loading.signal);
    const [track, history] = await Promise.all([
      api.json(`v2/dispositivos/${this.code}/trajeto`, { dtInicio: this.day, dtFim: this.day, fuso: ZONE }),
      covering((span, size) => this.reported(api, span, size), spanOf(this.day)),
      this.value(),
    ]);
    this.track = track;
    this.onTrack(track, true);
    this.list(history.newest);
    if (this.hasCurves) await Promise.all([this.drawBattery(history), this.drawSensor()]);
    this.loaded = true;
  }

  /** What its sensors say now, whatever day is shown. */
  async value() {
    const { rows } = await this.api.all("v2/data/latest", { cdDispositivos: this.code, pageSize: 1000 });
    this.values.replaceChildren(...rows.map((one) => latest(one, this.called.get(one.cdSensor) ?? String(one.cdSensor))));
    if (!rows.length) this.values.append(empty(3));
  }

  /** @param {any[]} newest */
  list(newest) {
    this.messages.replaceChildren(...newest.slice(0, MESSAGES).map(message));
    if (!newest.length) this.messages.append(empty(4));
  }

  /** A page of history. @param {import("./api.js").Api} api @param {Span} span @param {number} size */
  reported(api, span, size) {
    const range = { dtInicio: iso(span.begin), dtFim: iso(span.end), pageSize: size };
    return api.json(`v2/HistoricoPaginaDispositivo/${this.code}`, range);
  }

  /** @param {{rows: any[], sampled: boolean}} first of the whole day */
  async drawBattery(first) {
    const whole = spanOf(this.day);
    await this.draw(this.battery, text("battery"), whole, async (span, signal) => {
      const api = this.api.until(signal);
      const { rows, sampled } = span === whole ? first : await covering((part, size) => this.reported(api, part, size), span);
      const known = rows.filter((one) => one.nrBat !== null);
      return {
        times: known.map((one) => Date.parse(one.dtRegistro) / 1000),
        values: known.map((one) => one.nrBat),
        note: sampled ? text("sampled") : "",
      };
    });
  }

  async drawSensor() {
    const sensor = this.select.value;
    if (!sensor) return this.sensor.replaceChildren(text("none"));
    const label = this.select.selectedOptions[0]?.textContent ?? "";
    await this.draw(this.sensor, label, spanOf(this.day), async (span, signal) => {
      const query = { cdSensor: sensor, dtInicio: iso(span.begin), dtFim: iso(span.end), agg: "auto" };
      const answer = await this.api.until(signal).json("v2/data/points", query);
      this.sensor.dataset["agg"] = answer.agg;
      return {
        times: answer.data.map((/** @type {any} */ one) => Date.parse(one.ts) / 1000),
        values: answer.data.map((/** @type {any} */ one) => one.value ?? null),
        note: answer.complete ? "" : text("incomplete"),
      };
    });
  }

  /**
   * @param {HTMLElement} element
   * @param {string} title
   * @param {Span} whole
   * @param {(span: Span, signal: AbortSignal) => Promise<import("./curves.js").Points>} load
   */
  async draw(element, title, whole, load) {
    this.curves.get(element)?.end();
    const curve = new Curve(element, title, load, whole);
    this.curves.set(element, curve);
    await curve.draw();
  }

  /** Curves have the colours of the theme when they are drawn. */
  async recolour() {
    await Promise.all([...this.curves.values()].map((one) => one.recolour()));
  }

  close() {
    clearTimeout(this.due);
    for (const curve of this.curves.values()) curve.end();
  }
}
