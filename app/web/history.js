/** What a device reported in a span: all of it, or samples of the whole span where there is too much. No page here. */

/** @typedef {import("./curves.js").Span} Span */
/** @typedef {{begin: number, end: number, size: number}} Part of a span, and how many rows of it are asked for */

const WHOLE = 1000; // rows: a page
const PARTS = 24;
const ROWS = 40; // of each part
const AT_ONCE = 4;

/** @param {number} seconds since 1970 */
export function iso(seconds) {
  return new Date(seconds * 1000).toISOString();
}

/**
 * Equal parts of a span, from its begin.
 * @param {Span} span
 * @param {number} count
 * @returns {Span[]}
 */
export function parts({ begin, end }, count) {
  const edge = (/** @type {number} */ index) => begin + ((end - begin) * index) / count;
  return Array.from({ length: count }, (_, index) => ({ begin: edge(index), end: edge(index + 1) }));
}

/**
 * Rows of a span in order of time. Where there are more than a page, the last rows of each of 24 parts: `sampled`.
 * @template {{dtRegistro: string}} Row
 * @param {(span: Span, size: number) => Promise<{data: Row[], nextCursor: unknown}>} ask a page, newest first
 * @param {Span} span
 * @returns {Promise<{rows: Row[], sampled: boolean, newest: Row[]}>} and the newest of the span, newest first
 */
export async function covering(ask, span) {
  const whole = await ask(span, WHOLE);
  if (whole.nextCursor === null) return { rows: [...whole.data].reverse(), sampled: false, newest: whole.data };
  /** @type {Row[]} */
  const rows = [];
  const wanted = parts(span, PARTS);
  while (wanted.length) {
    const pages = await Promise.all(wanted.splice(0, AT_ONCE).map((part) => ask(part, ROWS)));
    for (const page of pages) rows.push(...[...page.data].reverse());
  }
  return { rows, sampled: true, newest: whole.data };
}
