/** Texts, times and numbers in the language of the page. */

import { WORDS } from "./words.js";

export const LANGUAGES = /** @type {const} */ (["pt-BR", "en"]);
/** @typedef {(typeof LANGUAGES)[number]} Language */

/** @type {Language} */
let language = "en";

/** @returns {Language} */
export function current() {
  return language;
}

/**
 * The language of a list that the browser prefers; English by default.
 * @param {readonly string[]} preferred
 * @returns {Language}
 */
export function chosen(preferred) {
  for (const one of preferred) {
    if (one.toLowerCase().startsWith("pt")) return "pt-BR";
    if (one.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

/**
 * A text in the current language, with values in place of {names}.
 * @param {string} key
 * @param {Record<string, string | number>} values
 */
export function text(key, values = {}) {
  const both = WORDS[key];
  if (!both) throw new Error(`There is no text ${key}`);
  const found = both[language === "pt-BR" ? 0 : 1];
  return found.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/**
 * Use this language, and write it into the page.
 * @param {Language} one
 */
export function use(one) {
  language = one;
  document.documentElement.lang = one;
  write(document);
}

/**
 * Write the texts that elements name in data-text and data-label.
 * @param {ParentNode} root
 */
export function write(root) {
  for (const element of root.querySelectorAll("[data-text]")) {
    element.textContent = text(element.getAttribute("data-text") ?? "");
  }
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", text(element.getAttribute("data-label") ?? ""));
  }
}

/** A time in the person's own zone; an empty text for none. @param {string | null | undefined} iso */
export function time(iso) {
  return iso ? kept("time", () => new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "medium" })).format(new Date(iso)) : "";
}

/** The same, without the date if it is today's; for narrow columns. @param {string | null | undefined} iso */
export function moment(iso) {
  if (!iso || new Date(iso).toDateString() !== new Date().toDateString()) return time(iso);
  return kept("moment", () => new Intl.DateTimeFormat(language, { timeStyle: "medium" })).format(new Date(iso));
}

/** A unit as it is written, by the name that the database has. @param {string | null} name */
export function unit(name) {
  return UNITS[name ?? ""] ?? name ?? "";
}

/** Names of units that the legacy system gave them. @type {Record<string, string>} */
const UNITS = { celcius: "°C", gramas: "g", milimetros: "mm", abertura: "", "Qtde de pessoas": "" };

/** @param {number | null | undefined} value @param {number} digits */
export function number(value, digits = 2) {
  if (value === null || value === undefined) return "";
  return kept(`number ${digits}`, () => new Intl.NumberFormat(language, { maximumFractionDigits: digits })).format(value);
}

/** The order of texts in the current language; A9 comes before A10. */
export function collator() {
  return kept("order", () => new Intl.Collator(language, { numeric: true }));
}

/** @type {Map<string, any>} what is slow to make, by language */
const made = new Map();

/** @template T @param {string} name @param {() => T} make @returns {T} */
function kept(name, make) {
  const key = `${language} ${name}`;
  if (!made.has(key)) made.set(key, make());
  return made.get(key);
}
