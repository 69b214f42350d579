/** What the server has for the page, and how a person wants it: language and theme, as they were chosen last. */

import { byId, listen, make } from "./elements.js";
import { LANGUAGES, chosen, current, use, write } from "./texts.js";

/**
 * @typedef {object} Settings
 * @property {string[]} libraries that the server has
 * @property {boolean} stream
 * @property {import("./auth.js").Project | null} auth where people sign in by e-mail and password
 * @property {import("./map.js").Ground | null} map what the map shows under devices, if it is not the page's own
 */

const NAMES = { "maplibre-gl": "MapLibre GL JS", uplot: "uPlot", countries: "Natural Earth (world-atlas)" };

/** Ask what the server has, and show the licences of libraries. @returns {Promise<Settings>} */
export async function equip() {
  const answer = await fetch(new URL("settings.json", import.meta.url));
  if (!answer.ok) throw new Error(`settings.json: ${answer.status}`);
  const found = await answer.json();
  const links = Object.entries(NAMES).filter(([name]) => found.libraries.includes(name));
  byId("licences").replaceChildren(
    ...links.flatMap(([name, title]) => [
      make("a", { href: `web/lib/${name}.txt` }, `${title}, `, make("span", { "data-text": "licence" })),
      " ",
    ]),
  );
  write(byId("licences"));
  return found;
}

/**
 * Use what was chosen last, or what the browser prefers.
 * @param {() => unknown} translated what is written by modules is to be written again
 * @param {() => unknown} recoloured what is drawn is to be drawn again
 */
export function prefer(translated, recoloured) {
  const language = /** @type {HTMLSelectElement} */ (byId("language"));
  const theme = /** @type {HTMLSelectElement} */ (byId("theme"));
  use(LANGUAGES.find((one) => one === localStorage.getItem("rastro.language")) ?? chosen(navigator.languages));
  language.value = current();
  listen(language, "change", () => {
    localStorage.setItem("rastro.language", language.value);
    use(/** @type {import("./texts.js").Language} */ (language.value));
    return translated();
  });
  theme.value = localStorage.getItem("rastro.theme") ?? "auto";
  document.documentElement.dataset["theme"] = theme.value;
  listen(theme, "change", () => {
    localStorage.setItem("rastro.theme", theme.value);
    document.documentElement.dataset["theme"] = theme.value;
    return recoloured();
  });
  listen(matchMedia("(prefers-color-scheme: dark)"), "change", recoloured);
}
