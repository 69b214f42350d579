/** Bars by hour, day or category, drawn without a library, with their numbers as a table. */

import { make } from "./elements.js";
import { number, text } from "./texts.js";

/** @typedef {{label: string, value: number | null}} Bar */
/** @typedef {{name: string, values: (number | null)[]}} Column further numbers for the table: one for each bar */

const LABELS = 8; // more would not fit on a telephone

/**
 * A figure with a title, bars from zero, and a table that can be opened.
 * @param {string} title
 * @param {Bar[]} bars
 * @param {Column[]} columns
 */
export function chart(title, bars, columns = []) {
  const known = bars.map((one) => one.value ?? 0);
  const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)];
  const every = Math.ceil(bars.length / LABELS);
  const said = text("bars", { title, count: bars.length, low: number(Math.min(...known)), high: number(Math.max(...known)) });
  const drawn = make("div", { class: "plot", role: "img", "aria-label": said });
  drawn.append(
    make("span", { class: "high" }, high > low ? number(high) : ""),
    make("span", { class: "low" }, number(low)),
    ...bars.map((one) => bar(one, low, high - low || 1)),
  );
  const labels = make("div", { class: "labels", "aria-hidden": "true" });
  labels.append(...bars.map((one, index) => make("span", {}, index % every ? "" : one.label)));
  return make("figure", { class: "bars" }, make("figcaption", {}, title), drawn, labels, values(title, bars, columns));
}

/**
 * Sizes are set by script, which the page's policy allows; styles written into HTML are not.
 * @param {Bar} one
 * @param {number} low
 * @param {number} range
 */
function bar({ label, value }, low, range) {
  const column = make("span", { class: "bar", title: `${label}: ${number(value) || "–"}` });
  const filled = column.appendChild(make("span", { class: (value ?? 0) < 0 ? "below" : "above" }));
  filled.style.height = `${(100 * Math.abs(value ?? 0)) / range}%`;
  filled.style.bottom = `${(100 * (Math.min(0, value ?? 0) - low)) / range}%`;
  return column;
}

/** @param {string} title @param {Bar[]} bars @param {Column[]} columns */
function values(title, bars, columns) {
  const heads = ["", text("together"), ...columns.map((one) => one.name)];
  const rows = bars.map((one, index) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, one.label),
      ...[one.value, ...columns.map((column) => column.values[index] ?? null)].map((value) => make("td", { class: "number" }, number(value) || "–")),
    ),
  );
  const head = heads.map((one, index) => (index ? make("th", { scope: "col", class: "number" }, one) : make("td")));
  return make(
    "details",
    {},
    make("summary", {}, text("numbers")),
    make(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": `${title}: ${text("numbers")}` },
      make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)),
    ),
  );
}
