/** What the devices of a product add up to: temperature, doors, people, and who they are. */

import { chart } from "./bars.js";
import { ZONE } from "./days.js";
import { names } from "./fleet.js";
import { current, text } from "./texts.js";

/** @typedef {import("./contract.js").Chart} Chart @typedef {import("./contract.js").CategoryChart} CategoryChart */

const KINDS = [
  ["temperatura", "temperature"],
  ["abertura-porta", "doors"],
  ["movimento-pessoas", "people"],
];
const DEVICES = 12; // columns of a table
const SUNDAY = Date.UTC(2026, 0, 4);
const DAY_MS = 24 * 3600 * 1000;
const WEEK = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/**
 * A chart of each kind of which there are readings.
 * @param {import("./api.js").Api} api
 * @param {{cdProduto: number, dtInicio: string, dtFim: string, aggregation: string}} query
 */
export async function summaries(api, query) {
  const { aggregation, ...span } = { ...query, fuso: ZONE };
  /** @type {[Chart[], CategoryChart]} */
  const [found, categories] = await Promise.all([
    Promise.all(KINDS.map(([path]) => api.json(`v2/summary/${path}`, { ...span, aggregation }))),
    api.json("v2/summary/camera-categorias", span),
  ]);
  const charts = found.flatMap((one, index) => (one.record_count ? [bars(text(KINDS[index]?.[1] ?? ""), one)] : []));
  return categories.record_count ? [...charts, whoThey(categories)] : charts;
}

/** @param {string} title @param {Chart} found */
function bars(title, { labels, overall, datasets }) {
  const columns = datasets.length > DEVICES ? [] : datasets.map((one) => ({ name: called(one.cdDispositivo), values: one.data }));
  return chart(title, labels.map((label, index) => ({ label: named(label), value: overall[index] ?? null })), columns);
}

/** @param {CategoryChart} found */
function whoThey({ total, datasets }) {
  const kinds = /** @type {(keyof typeof total)[]} */ (Object.keys(total));
  const columns = datasets.length > DEVICES ? [] : datasets.map((one) => ({ name: called(one.cdDispositivo), values: kinds.map((kind) => one.data[kind]) }));
  return chart(text("categories"), kinds.map((kind) => ({ label: text(kind), value: total[kind] })), columns);
}

/** @param {number} device */
function called(device) {
  return names.get(device) || String(device);
}

/** An hour, a day or a weekday in the language of the page. @param {string} label */
function named(label) {
  const weekday = WEEK.indexOf(label);
  const format = (/** @type {Intl.DateTimeFormatOptions} */ options, /** @type {number} */ moment) =>
    new Intl.DateTimeFormat(current(), { ...options, timeZone: "UTC" }).format(moment);
  if (weekday >= 0) return format({ weekday: "short" }, SUNDAY + weekday * DAY_MS);
  return /^\d{4}-/.test(label) ? format({ day: "numeric", month: "numeric" }, Date.parse(label)) : label;
}
