/** Geofences of sites: a list, and one that is changed on the map or by keyboard, unless somebody else has changed it. */

import { Refusal } from "./api.js";
import { byId, listen, make, say } from "./elements.js";
import { fences } from "./geometry.js";
import { number, text } from "./texts.js";

/** @typedef {import("./geometry.js").Site} Site @typedef {import("./geometry.js").Address} Address */
/** @typedef {import("./map.js").DeviceMap} DeviceMap */

const PATH = "v2/destinatarios";
const PAGE = { pageSize: 1000 };
const FIRST_RADIUS = 200; // metres

/** All fences as shapes for the map. @param {import("./api.js").Api} api */
export async function shapes(api) {
  const [sites, addresses] = await Promise.all([api.all(PATH, PAGE), api.all("v2/enderecos", PAGE)]);
  return fences(sites.rows, addresses.rows);
}

/** The list of sites. @param {import("./api.js").Api} api @param {HTMLElement} place the map */
export async function openFences(api, place) {
  const view = byId("view-fences");
  const body = make("tbody");
  const heads = ["site", "fence"].map((key) => make("th", { scope: "col" }, text(key)));
  view.replaceChildren(
    make("h2", { id: "fences-title" }, text("fences")),
    make("p", { class: "hint" }, text("fencesHint")),
    place,
    make(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "fences-title" },
      make("table", { id: "sites" }, make("thead", {}, make("tr", {}, ...heads)), body),
    ),
  );
  const { rows } = await api.all(PATH, PAGE);
  body.append(
    ...rows.map((/** @type {Site} */ one) => {
      const link = make("a", { href: `#/fences/${one.cdDestinatario}` }, one.dsNome || String(one.cdDestinatario));
      return make("tr", {}, make("th", { scope: "row" }, link), make("td", {}, kind(one)));
    }),
  );
}

/** @param {Site} site */
function kind(site) {
  if (site.dsCerca) return text("polygon");
  return site.nrRaio ? text("circle", { radius: number(site.nrRaio, 0) }) : text("unfenced");
}

/** One fence. What is on the map is a draft until it is saved. */
export class FenceView {
  /**
   * @param {import("./api.js").Api} api as long as the view is open
   * @param {number} code
   * @param {() => Promise<DeviceMap | null>} map
   */
  constructor(api, code, map) {
    this.api = api;
    this.code = code;
    this.map = map;
    /** @type {DeviceMap | null} */
    this.drawn = null;
    this.tag = "";
    /** @type {Record<string, unknown>} */
    this.draft = {};
    this.title = make("h2", { id: "fences-title" }, String(code));
    this.hint = make("p", { class: "hint" });
    this.radius = make("input", { id: "radius", type: "number", min: "1", max: "1000000", step: "any" });
    this.field = make("label", { hidden: true }, `${text("radius")} `, this.radius);
    this.save = make("button", { type: "button", hidden: true, onclick: () => this.store() }, text("save"));
    this.again = make("button", { type: "button", hidden: true, onclick: () => this.load() }, text("loadStored"));
    this.outcome = make("p", { role: "status" });
    listen(this.radius, "input", () => this.draw());
    listen(this.radius, "change", () => this.save.hidden || this.handle());
  }

  /** Write the view anew. @param {HTMLElement} place the map */
  async open(place) {
    byId("view-fences").replaceChildren(
      make("p", {}, make("a", { href: "#/fences" }, `← ${text("fences")}`)),
      this.title,
      this.hint,
      make("div", { class: "filter" }, this.field, this.save, this.again),
      this.outcome,
      place,
    );
    this.drawn = await this.map();
    this.api.signal?.throwIfAborted();
    this.api.signal?.addEventListener("abort", () => this.drawn?.edit(null));
    await this.load();
  }

  /** Take what is stored, whatever was changed here. */
  async load() {
    const [answer, me] = await Promise.all([this.api.request(`${PATH}/${this.code}`), this.api.json("v2/eu")]);
    /** @type {Site} */
    this.site = await answer.json();
    this.tag = answer.headers.get("ETag") ?? "";
    const address = this.site?.cdEndereco ? await this.api.json(`v2/enderecos/${this.site.cdEndereco}`) : null;
    this.api.signal?.throwIfAborted();
    this.show(address, me.permissoes.includes("admin"));
  }

  /** @param {Address | null} address @param {boolean} allowed */
  show(address, allowed) {
    const site = /** @type {Site} */ (this.site);
    const circular = !site.dsCerca && address !== null && address.dsLat !== null;
    this.address = address;
    say(this.title, site.dsNome || String(this.code));
    say(this.outcome, "");
    this.again.hidden = true;
    this.field.hidden = !circular;
    this.save.hidden = !allowed || !(circular || site.dsCerca);
    this.radius.readOnly = !allowed;
    this.radius.value = circular ? String(site.nrRaio ?? FIRST_RADIUS) : "";
    say(this.hint, text(!allowed ? "fenceRead" : circular ? "fenceCircle" : site.dsCerca ? "fencePolygon" : "fenceNone"));
    this.draft = site.dsCerca ? { dsCerca: structuredClone(site.dsCerca) } : {};
    this.draw(true);
    if (allowed && !this.save.hidden) this.handle();
  }

  /** Handles on the map: corners of a polygon, or one at the edge of the circle. */
  handle() {
    const { dsCerca } = this.draft;
    this.drawn?.edit(
      dsCerca
        ? { polygon: dsCerca, changed: () => this.draw() }
        : {
            middle: /** @type {Address} */ (this.address),
            radius: Number(this.radius.value),
            changed: (/** @type {number} */ metres) => {
              this.radius.value = String(Math.round(metres));
              this.draw();
            },
          },
    );
  }

  /** Draw the draft. @param {boolean} fit whether the map goes there */
  draw(fit = false) {
    if (!this.draft["dsCerca"]) this.draft = { nrRaio: Number(this.radius.value) };
    const now = /** @type {Site} */ ({ ...this.site, ...this.draft });
    this.drawn?.sketch(fences([now], this.address ? [this.address] : []), fit);
  }

  /** Store it, if it still is what was loaded. */
  async store() {
    if (!this.radius.reportValidity()) return;
    const options = { method: "PATCH", body: this.draft, headers: { "If-Match": this.tag } };
    try {
      const answer = await this.api.request(`${PATH}/${this.code}`, {}, options);
      this.site = await answer.json();
      this.tag = answer.headers.get("ETag") ?? "";
    } catch (fault) {
      if (!(fault instanceof Refusal && fault.status === 412)) throw fault;
      this.again.hidden = false;
      say(this.outcome, text("fenceConflict"));
      this.outcome.className = "outside";
      return;
    }
    this.outcome.className = "";
    say(this.outcome, text("saved"));
    this.drawn?.fence(await shapes(this.api));
  }
}
