/** Rows of a device's tables, and rows that must exist. */

import { Refusal } from "./api.js";
import { make } from "./elements.js";
import { number, text, time, unit } from "./texts.js";

/**
 * The row at this path. Where there is none, or none that is visible, the view keeps only its title and the way back,
 * and a Refusal with this message is thrown.
 * @param {import("./api.js").Api} api
 * @param {string} path
 * @param {HTMLElement} view
 * @param {string} message
 */
export async function existing(api, path, view, message) {
  try {
    return await api.json(path);
  } catch (fault) {
    if (!(fault instanceof Refusal && fault.status === 404)) throw fault;
    for (const one of [...view.children].slice(2)) one.remove();
    throw new Refusal(404, fault.code, message);
  }
}

/** The way back to a list. @param {string} address @param {string} key */
export function back(address, key) {
  return make("p", {}, make("a", { href: address }, `← ${text(key)}`));
}

/**
 * A table in a box of its own that scrolls.
 * @param {string} title id of its heading
 * @param {string[]} heads
 * @param {HTMLElement} body
 */
export function table(title, heads, body) {
  const cells = heads.map((key) => make("th", { scope: "col" }, text(key)));
  const box = { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": title };
  return make("div", box, make("table", {}, make("thead", {}, make("tr", {}, ...cells)), body));
}

/** What a device sent. @param {import("./contract.js").Report} one */
export function message(one) {
  const state = one.blArea === null ? "unfenced" : one.blArea ? "inside" : "outside";
  const place = one.latitude === null || one.longitude === null ? "–" : `${one.latitude.toFixed(5)}, ${one.longitude.toFixed(5)}`;
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, time(one.dtRegistro)),
    make("td", { class: state }, text(state)),
    make("td", {}, number(one.nrBat)),
    make("td", {}, place),
  );
}

/** The latest value of a sensor. @param {import("./contract.js").LatestValue} one @param {string} name */
export function latest(one, name) {
  const truth = one.blValor === null ? one.dsValor : text(one.blValor ? "yes" : "no");
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, name),
    make("td", {}, one.nrValor === null ? (truth ?? "–") : `${number(one.nrValor)} ${unit(one.dsUnidade)}`),
    make("td", {}, time(one.dtRegistro) || "–"),
  );
}

/** A row that says that there is none. @param {number} columns */
export function empty(columns) {
  return make("tr", {}, make("td", { colspan: String(columns) }, text("none")));
}
