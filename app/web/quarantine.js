/** The quarantine: what could not be stored and why; replay it after the cause is mended, or discard it. */

import { attempt, byId, make, say } from "./elements.js";
import { number, text, time } from "./texts.js";

/** @typedef {import("./contract.js").Quarantined} Quarantined */

const PATH = "v2/erros-ingestao";
const ROWS = 50;

export class QuarantineView {
  /** @param {import("./api.js").Api} api as long as the view is open */
  constructor(api) {
    this.api = api;
    this.loading = new AbortController();
    /** @type {Set<number>} */
    this.chosen = new Set();
    this.reason = "";
    /** @type {HTMLElement[]} */
    this.actions = [];
    this.outcome = make("p", { role: "status" });
    this.body = make("tbody");
    this.every = make("input", { type: "checkbox", "aria-label": text("chooseAll"), onchange: () => this.chooseAll() });
    this.more = make("button", { type: "button", hidden: true }, text("next"));
  }

  /** Write the view anew. */
  async open() {
    const replay = make("button", { type: "button", onclick: () => this.act(() => this.replay()) }, text("replay"));
    const discard = make("button", { type: "button", onclick: () => this.act(() => this.discard()) }, text("discard"));
    this.actions = [replay, discard];
    const reason = make("input", {
      type: "search",
      value: this.reason,
      onchange: () => {
        this.reason = reason.value.trim();
        return this.load();
      },
    });
    byId("view-quarantine").replaceChildren(
      make("h2", { id: "quarantine-title" }, text("quarantine")),
      make("p", { class: "hint" }, text("quarantineHint")),
      make("div", { class: "filter" }, make("label", {}, `${text("reason")} `, reason), ...this.actions),
      this.outcome,
      make("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "quarantine-title" }, this.table()),
      this.more,
    );
    await this.load();
  }

  table() {
    const heads = ["reason", "device", "last", "times", "payload"].map((key) => make("th", { scope: "col" }, text(key)));
    const head = make("tr", {}, make("td", {}, this.every), ...heads);
    return make("table", { id: "quarantine" }, make("thead", {}, head), this.body);
  }

  /** Choose all that are listed, or none. */
  chooseAll() {
    for (const box of this.body.querySelectorAll("input")) {
      if (box.checked !== this.every.checked) box.click();
    }
  }

  /** The reason that was asked for last is shown, whatever is answered when. */
  async load(cursor = "") {
    this.loading.abort();
    this.loading = new AbortController();
    const api = this.api.until(this.loading.signal);
    const page = await api.json(PATH, { pageSize: ROWS, motivo: this.reason, cursor });
    if (!cursor) {
      this.body.replaceChildren();
      this.chosen.clear();
      this.every.checked = false;
    }
    this.body.append(...page.data.map((/** @type {Quarantined} */ one) => this.row(one)));
    if (!this.body.children.length) this.body.append(make("tr", {}, make("td", { colspan: "6" }, text("none"))));
    this.more.hidden = page.nextCursor === null;
    this.more.onclick = () => attempt(() => this.load(page.nextCursor ?? ""));
    this.enable();
  }

  /** @param {Quarantined} one */
  row(one) {
    const box = make("input", {
      type: "checkbox",
      "aria-label": text("chooseOne", { code: one.cdErro }),
      onchange: () => {
        if (box.checked) this.chosen.add(one.cdErro);
        else this.chosen.delete(one.cdErro);
        this.enable();
      },
    });
    const device = one.cdDispositivo === null ? (one.dsTopico ?? "") : String(one.cdDispositivo);
    return make(
      "tr",
      { "data-error": String(one.cdErro) },
      make("td", {}, box),
      make("th", { scope: "row" }, one.dsMotivo, make("div", { class: "hint" }, one.dsTexto)),
      make("td", {}, device),
      make("td", {}, time(one.dtUltima)),
      make("td", { class: "number" }, number(one.nrOcorrencias)),
      make("td", {}, make("pre", {}, one.dsPayload ?? one.dsPayloadBase64)),
    );
  }

  enable() {
    for (const button of this.actions) button.toggleAttribute("disabled", !this.chosen.size);
  }

  /** @param {() => Promise<string>} action */
  async act(action) {
    const outcome = await action();
    await this.load();
    say(this.outcome, outcome);
  }

  async replay() {
    const body = { cdErros: [...this.chosen] };
    const counts = await this.api.json(`${PATH}/reprocessar`, {}, { method: "POST", body });
    return text("replayed", counts);
  }

  async discard() {
    if (!confirm(text("discardAsk", { number: this.chosen.size }))) return "";
    const counts = await this.api.json(PATH, { cdErros: [...this.chosen].join(",") }, { method: "DELETE" });
    return text("discarded", { number: counts.discarded });
  }
}
