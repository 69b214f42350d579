/** Curves over time by uPlot, where it is installed. Dragging over one zooms in, a double click or Escape out again. */

import { attempt, listen, make, say, styled } from "./elements.js";
import { number, text } from "./texts.js";

const HEIGHT = 220;
const NARROWEST = 280;
const GRID = "rgb(128 128 128 / 0.25)";

/**
 * @typedef {{begin: number, end: number}} Span seconds since 1970
 * @typedef {{times: number[], values: (number | null)[], note?: string}} Points and what must be said about them
 */

/** Draws one curve into an element, with points that `load` gets for a span. Made anew, it takes the place of the last. */
export class Curve {
  /**
   * @param {HTMLElement} element
   * @param {string} title
   * @param {(span: Span, signal: AbortSignal) => Promise<Points>} load
   * @param {Span} whole
   */
  constructor(element, title, load, whole) {
    this.element = element;
    this.title = title;
    this.load = load;
    this.whole = whole;
    /** @type {any} */
    this.Plot = null;
    /** @type {any} */
    this.plot = null;
    this.span = whole;
    this.asked = whole; // what is shown, or will be as soon as its points are here
    this.note = make("p", { class: "hint", role: "status" });
    this.back = make("button", { type: "button", hidden: true, onclick: () => this.show(this.whole) }, text("zoomOut"));
    this.canvas = make("div", { role: "img" });
    this.ended = new AbortController();
    this.shown = new AbortController();
    /** @type {ResizeObserver | null} */
    this.fit = null;
  }

  /** Draw all of it. Throws where the library is not installed. */
  async draw() {
    const { default: Plot } = await import("./lib/uplot.mjs");
    styled("uplot.css");
    const points = await this.load(this.whole, this.ended.signal);
    this.ended.signal.throwIfAborted();
    this.element.replaceChildren();
    if (!points.times.length) return this.element.append(make("p", {}, text("none")));
    this.element.append(this.canvas, this.note, this.buttons());
    this.Plot = Plot;
    this.plot = new Plot(this.options(), [points.times, points.values], this.canvas);
    this.tell(points);
    listen(this.canvas, "dblclick", () => this.show(this.whole));
    this.fit = new ResizeObserver(() => this.plot?.setSize({ width: this.width(), height: HEIGHT }));
    this.fit.observe(this.element);
  }

  /** Draw it again as it is shown, in the colours of the theme. */
  recolour() {
    if (!this.plot) return;
    const { data } = this.plot;
    this.plot.destroy();
    this.plot = new this.Plot(this.options(), data, this.canvas);
  }

  /** Load it again, unless it is zoomed, or not drawn for want of points. */
  async refresh() {
    if (this.plot && this.asked === this.whole) await this.show(this.whole);
  }

  /** For who does not drag: half of what is shown, and the parts before and after. */
  buttons() {
    /** @type {[string, number, number][]} the parts of the span where the next one begins and ends */
    const moves = [
      ["zoomIn", 0.25, 0.75],
      ["earlier", -0.5, 0.5],
      ["later", 0.5, 1.5],
    ];
    const made = moves.map(([key, begin, end]) => make("button", { type: "button", onclick: () => this.go(begin, end) }, text(key)));
    return make("div", { class: "actions" }, ...made, this.back);
  }

  /** @param {number} begin @param {number} end */
  async go(begin, end) {
    const { min, max } = this.plot.scales.x;
    await this.show({ begin: min + (max - min) * begin, end: min + (max - min) * end });
  }

  width() {
    return Math.max(NARROWEST, this.element.clientWidth);
  }

  options() {
    const ink = getComputedStyle(document.body).color;
    const accent = getComputedStyle(document.querySelector("#view-device a") ?? document.body).color;
    const axis = { stroke: ink, grid: { stroke: GRID }, ticks: { stroke: GRID } };
    return {
      title: this.title,
      width: this.width(),
      height: HEIGHT,
      scales: {
        x: { range: (/** @type {unknown} */ _, /** @type {number} */ low, /** @type {number} */ high) => [low, high] },
        y: { range: (/** @type {unknown} */ _, /** @type {number | null} */ low, /** @type {number | null} */ high) => roomy(low, high) },
      },
      axes: [axis, { ...axis, size: 60 }],
      series: [{ label: text("moment") }, { label: this.title, stroke: accent, width: 1.5, spanGaps: false }],
      cursor: { drag: { x: true, y: false, setScale: false } },
      hooks: { setSelect: [(/** @type {any} */ plot) => attempt(() => this.zoom(plot))] },
    };
  }

  /** @param {any} plot */
  async zoom(plot) {
    const { left, width } = plot.select;
    if (width < 5) return;
    const span = { begin: plot.posToVal(left, "x"), end: plot.posToVal(left + width, "x") };
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    await this.show(span);
  }

  /** The newest span that was asked for is shown, whatever is answered when. @param {Span} span */
  async show(span) {
    this.shown.abort();
    this.shown = new AbortController();
    this.asked = span;
    const newest = this.shown.signal;
    const signal = AbortSignal.any([this.ended.signal, newest]);
    try {
      const points = await this.load(span, signal);
      signal.throwIfAborted();
      if (!points.times.length) return say(this.note, text("none"));
      this.span = span;
      this.plot.setData([points.times, points.values]);
      this.element.dataset["points"] = String(points.times.length);
      this.tell(points);
    } finally {
      if (!newest.aborted) this.asked = this.span; // also where there is nothing, or it could not be had
    }
  }

  /** In words, and what must be said about it. @param {Points} points */
  tell(points) {
    this.back.hidden = this.span === this.whole;
    this.canvas.setAttribute("aria-label", described(this.title, points));
    say(this.note, points.note ?? "");
  }

  /** Take it away; what is still being loaded for it is not drawn. */
  end() {
    this.ended.abort();
    this.fit?.disconnect();
    this.plot?.destroy();
    this.plot = null;
  }
}

/** Some room above and below, also where all values are the same. @param {number | null} low @param {number | null} high */
function roomy(low, high) {
  if (low === null || high === null) return [0, 1];
  const room = (high - low) * 0.1 || Math.max(1, Math.abs(high) * 0.1);
  return [low - room, high + room];
}

/** A curve in words, for who cannot see it. @param {string} title @param {Points} points */
function described(title, { values }) {
  const known = values.filter((one) => one !== null);
  const [low, high] = known.reduce(([least, most], one) => [Math.min(least, one), Math.max(most, one)], [Infinity, -Infinity]);
  return known.length ? text("curve", { title, count: values.length, low: number(low), high: number(high), last: number(known.at(-1)) }) : title;
}
