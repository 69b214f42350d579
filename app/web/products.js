/** Products: a list with pictures; one with its pictures and what its devices add up to, as charts. */

import { byId, make, say } from "./elements.js";
import { dayOf } from "./days.js";
import { framed, pictures } from "./pictures.js";
import { back, existing } from "./rows.js";
import { summaries } from "./summaries.js";
import { number, text } from "./texts.js";

/** @typedef {import("./contract.js").Product} Product */

const DAYS = 7;
const DAY_MS = 24 * 3600 * 1000;
const WAYS = /** @type {const} */ (["hourly", "daily", "by_day_of_week"]);

/** The list. @param {import("./api.js").Api} api */
export async function openProducts(api) {
  const list = make("ul", { class: "cards" });
  byId("view-products").replaceChildren(make("h2", { id: "products-title" }, text("products")), list);
  const [{ rows }, found] = await Promise.all([api.all("v2/produtos", { pageSize: 1000 }), pictures(api)]);
  list.append(
    ...rows.map((/** @type {Product} */ one) =>
      make(
        "li",
        {},
        framed(api, found.find((picture) => picture.cdProduto === one.cdProduto), ""),
        make("a", { href: `#/products/${one.cdProduto}` }, titleOf(one)),
        make("span", { class: "hint" }, one.dsDescricao ?? ""),
      ),
    ),
  );
  if (!rows.length) list.replaceWith(make("p", {}, text("none")));
}

/** @param {Product} product */
function titleOf({ dsNome, cdProduto }) {
  return dsNome || String(cdProduto);
}

export class ProductView {
  /**
   * @param {import("./api.js").Api} api as long as the view is open
   * @param {number} code
   */
  constructor(api, code) {
    this.api = api;
    this.code = code;
    this.loading = new AbortController();
    this.title = make("h2", { id: "products-title" }, String(code));
    this.pictures = make("div", { class: "pictures" });
    this.facts = make("dl");
    const days = [DAYS - 1, 0].map((before) => dayOf(new Date(Date.now() - before * DAY_MS)));
    const [begin = "", end = ""] = days;
    this.begin = make("input", { type: "date", value: begin, required: true, onchange: () => this.load() });
    this.end = make("input", { type: "date", value: end, required: true, onchange: () => this.load() });
    this.way = make("select", { onchange: () => this.load() }, ...WAYS.map((one) => make("option", { value: one }, text(one))));
    this.charts = make("div", { class: "charts" });
    this.note = make("p", { class: "hint", role: "status" });
  }

  /** Write the view anew. */
  async open() {
    byId("view-products").replaceChildren(
      back("#/products", "products"),
      this.title,
      this.pictures,
      this.facts,
      make("h3", {}, text("summaries")),
      make(
        "div",
        { class: "filter" },
        make("label", {}, `${text("from")} `, this.begin),
        make("label", {}, `${text("until")} `, this.end),
        make("label", {}, `${text("by")} `, this.way),
      ),
      this.note,
      this.charts,
    );
    const [product, found] = await Promise.all([
      existing(this.api, `v2/produtos/${this.code}`, byId("view-products"), text("unknownProduct", { code: this.code })),
      pictures(this.api, this.code),
    ]);
    say(this.title, titleOf(product));
    const shots = found.length ? found : [undefined];
    this.pictures.append(...shots.map((one, index) => framed(this.api, one, text("picture", { name: titleOf(product), number: index + 1 }))));
    this.facts.append(...factsOf(product).flatMap(([key, value]) => [make("dt", {}, text(key)), make("dd", {}, value || "–")]));
    await this.load();
  }

  /** The span that was chosen last is shown, whatever is answered when. */
  async load() {
    if (!this.begin.value || !this.end.value) return;
    this.loading.abort();
    this.loading = new AbortController();
    const api = this.api.until(this.loading.signal);
    const query = { cdProduto: this.code, dtInicio: this.begin.value, dtFim: this.end.value, aggregation: this.way.value };
    const charts = await summaries(api, query);
    this.charts.replaceChildren(...charts);
    say(this.note, charts.length ? "" : text("noReadings"));
  }
}

/** @param {Product} product @returns {[string, string][]} */
function factsOf(product) {
  const size = [product.nrLarg, product.nrComp, product.nrAlt];
  return [
    ["code", product.nrCodigo ?? ""],
    ["description", product.dsDescricao ?? ""],
    ["size", size.every((one) => one !== null) ? size.map((one) => number(one, 0)).join(" × ") : ""],
  ];
}
