/** Days of the browser's zone. No page here. */

/** The zone in which days are shown and asked for. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** @param {Date} moment the day of a moment as YYYY-MM-DD */
export function dayOf(moment) {
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** Begin and end of a day, seconds since 1970. @param {string} day @returns {import("./curves.js").Span} */
export function spanOf(day) {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return { begin: +new Date(year, month - 1, date) / 1000, end: +new Date(year, month - 1, date + 1) / 1000 };
}
