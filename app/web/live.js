/** Follows current positions: all of them first, then what changed. Nothing that commits late is missed. */

import { Refusal } from "./api.js";

/** @typedef {"live" | "polling" | "waiting"} Status */

const PATH = "v2/TbPosicaoAtual";
const PAGE = 1000;
const EVERY_MS = 2_000;
const LONGEST_MS = 30_000;

/**
 * Until it is aborted, or the credentials are refused, which is thrown.
 * @param {import("./api.js").Api} api
 * @param {(rows: import("./contract.js").CurrentPosition[]) => void} take
 * @param {(status: Status) => void} tell
 * @param {AbortSignal} signal
 */
export async function follow(api, take, tell, signal) {
  /** @type {string | undefined} */
  let since;
  let pause = EVERY_MS;
  while (!signal.aborted) {
    try {
      const { rows, last } = await api.all(PATH, { pageSize: PAGE, desde: since }, { signal });
      take(rows);
      since = last.nextDesde;
      pause = EVERY_MS;
      tell("polling");
    } catch (fault) {
      if (signal.aborted) return;
      if (!passes(fault)) throw fault;
      pause = Math.min(LONGEST_MS, pause * 2);
      tell("waiting");
    }
    await slept(pause, signal);
  }
}

/** Whether trying again may help. @param {unknown} fault */
function passes(fault) {
  return fault instanceof Refusal && (fault.status === 0 || fault.status === 429 || fault.status >= 500);
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function slept(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
  });
}
