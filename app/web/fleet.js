/** Current positions: what state a device is in, and which devices are shown in which order. No page here. */

import { collator } from "./texts.js";

/**
 * @typedef {import("./contract.js").CurrentPosition} CurrentPosition
 * @typedef {"outside" | "inside" | "unfenced" | "silent"} State
 * @typedef {"cdDispositivo" | "nrCodigo" | "state" | "dsCidade" | "nrBat" | "dtRegistro"} Column
 * @typedef {{text: string, state: string, column: Column, descending: boolean}} View
 */

/** A device is silent when its last report is older than this. */
export const SILENT_AFTER_MS = 15 * 60 * 1000;

const ORDER = { outside: 0, silent: 1, unfenced: 2, inside: 3 };

/**
 * @param {CurrentPosition} row
 * @param {number} now milliseconds since 1970
 * @returns {State}
 */
export function stateOf(row, now) {
  if (now - Date.parse(row.dtRegistro) > SILENT_AFTER_MS) return "silent";
  if (row.blArea === null) return "unfenced";
  return row.blArea ? "inside" : "outside";
}

/**
 * Take rows in, by device; an older row never replaces a newer one. Says whether anything is different.
 * @param {Map<number, CurrentPosition>} fleet
 * @param {Iterable<CurrentPosition>} rows
 */
export function take(fleet, rows) {
  let changed = false;
  for (const row of rows) {
    const before = fleet.get(row.cdDispositivo);
    if (before && Date.parse(before.dtAlteracao) > Date.parse(row.dtAlteracao)) continue;
    fleet.set(row.cdDispositivo, row);
    changed = true;
  }
  return changed;
}

/**
 * What a person calls the device: its own name if that is known, or else its product.
 * @param {CurrentPosition} row
 */
export function nameOf(row) {
  return names.get(row.cdDispositivo) || row.dsProduto || row.nrCodigo || String(row.cdDispositivo);
}

/** Names of devices by code, which current positions do not carry. @type {Map<number, string>} */
export const names = new Map();

/**
 * @param {CurrentPosition} row
 */
export function placeOf(row) {
  return [row.dsEndereco, row.dsBairro, row.dsCidade].filter(Boolean).join(", ");
}

/**
 * The rows that a view shows, in its order.
 * @param {Iterable<CurrentPosition>} fleet
 * @param {View} view
 * @param {number} now
 * @returns {{row: CurrentPosition, state: State}[]}
 */
export function shown(fleet, view, now) {
  const wanted = plain(view.text).split(/\s+/).filter(Boolean);
  const found = [];
  for (const row of fleet) {
    const state = stateOf(row, now);
    if (view.state && state !== view.state) continue;
    if (wanted.length) {
      const text = plain([row.cdDispositivo, nameOf(row), row.nrCodigo, row.dsDescricao, row.dsProduto, placeOf(row)].join(" "));
      if (!wanted.every((word) => text.includes(word))) continue;
    }
    found.push({ row, state });
  }
  const sign = view.descending ? -1 : 1;
  const keyed = found.map((one) => ({ one, key: KEYS[view.column](one) }));
  keyed.sort((left, right) => sign * compare(left.key, right.key) || left.one.row.cdDispositivo - right.one.row.cdDispositivo);
  return keyed.map(({ one }) => one);
}

/** By what each column is sorted. @type {Record<Column, (one: {row: CurrentPosition, state: State}) => string | number | null>} */
const KEYS = {
  cdDispositivo: ({ row }) => row.cdDispositivo,
  nrCodigo: ({ row }) => nameOf(row),
  state: ({ state }) => ORDER[state],
  dsCidade: ({ row }) => row.dsCidade,
  nrBat: ({ row }) => row.nrBat,
  dtRegistro: ({ row }) => Date.parse(row.dtRegistro),
};

/** @param {string | number | null} left @param {string | number | null} right */
function compare(left, right) {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  if (typeof left === "number" && typeof right === "number") return left - right;
  return collator().compare(String(left), String(right));
}

/** Without accents and case, so that sao finds São. @param {string} text */
function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
