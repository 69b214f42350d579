/** One device: its track of a day on the map, battery and sensors as curves, and its last messages. */

import { Refusal } from "./api.js";
import { Curve } from "./curves.js";
import { byId, make, say } from "./elements.js";
import { nameOf, stateOf } from "./fleet.js";
import { covering, iso } from "./history.js";
import { number, text, time } from "./texts.js";

const MESSAGES = 50;
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** @typedef {import("./curves.js").Span} Span */

/** @param {Date} moment the day of a moment as YYYY-MM-DD, in the zone of the browser */
export function dayOf(moment) {
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** Begin and end of a day in the zone of the browser. @param {string} day @returns {Span} */
function spanOf(day) {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return { begin: +new Date(year, month - 1, date) / 1000, end: +new Date(year, month - 1, date + 1) / 1000 };
}

export class DeviceView {
  /**
   * @param {import("./api.js").Api} api as long as the view is open
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
    /** @type {Map<HTMLElement, Curve>} */
    this.curves = new Map();
    this.loading = new AbortController();
    this.title = make("h2", { id: "device-title" }, String(code));
    this.facts = make("dl");
    this.battery = make("div", { class: "chart" });
    this.sensor = make("div", { class: "chart" });
    this.select = make("select", { onchange: () => this.drawSensor() });
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
    const day = make("input", { type: "date", value: this.day, onchange: (event) => this.change(event.target.value) });
    const heads = ["last", "state", "battery", "coordinates"].map((key) => make("th", { scope: "col" }, text(key)));
    const sensors = [make("p", { class: "hint" }, text("zoomHint")), make("label", {}, `${text("sensor")} `, this.select), this.sensor];
    byId("view-device").replaceChildren(
      make("p", {}, make("a", { href: "#/" }, `← ${text("devices")}`)),
      this.title,
      this.facts,
      make("label", {}, `${text("day")} `, day),
      place,
      make("h3", {}, text("sensors")),
      ...(this.hasCurves ? sensors : [make("p", { class: "hint" }, text("curvesMissing"))]),
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
    await this.exists();
    if (this.hasCurves) await this.choose();
    await this.load();
  }

  /** Throws a Refusal that says so where there is no such device, or none that is visible. */
  async exists() {
    try {
      await this.api.json(`v2/dispositivos/${this.code}`);
    } catch (fault) {
      if (!(fault instanceof Refusal && fault.status === 404)) throw fault;
      byId("view-device").replaceChildren(make("p", {}, make("a", { href: "#/" }, `← ${text("devices")}`)), this.title);
      throw new Refusal(404, fault.code, text("unknownDevice", { code: this.code }));
    }
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

  /** Fill the list of sensors. */
  async choose() {
    const [{ rows }, { rows: types }] = await Promise.all([
      this.api.all("v2/sensores", { cdDispositivo: this.code, pageSize: 1000 }),
      this.api.all("v2/tipos-sensor", { pageSize: 1000 }),
    ]);
    const names = new Map(types.map((one) => [one.id, one.dsNome]));
    this.select.replaceChildren(
      ...rows.map((/** @type {import("./contract.js").Sensor} */ one) =>
        make("option", { value: String(one.cdSensor) }, [one.dsPonto, names.get(one.cdTipoSensor)].filter(Boolean).join(", ") || String(one.cdSensor)),
      ),
    );
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
    ]);
    this.onTrack(track);
    this.messages.replaceChildren(...history.newest.slice(0, MESSAGES).map(message));
    if (!history.newest.length) this.messages.append(make("tr", {}, make("td", { colspan: "4" }, text("none"))));
    if (!this.hasCurves) return;
    await Promise.all([this.drawBattery(history), this.drawSensor()]);
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
    for (const curve of this.curves.values()) curve.end();
  }
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
