/** Curves over time by uPlot, where it is installed. Dragging over one zooms in, a double click out again. */

import { styled } from "./elements.js";
import { text } from "./texts.js";

const HEIGHT = 220;

/**
 * @typedef {{begin: number, end: number}} Span seconds since 1970
 * @typedef {{times: number[], values: (number | null)[]}} Points
 */

/** Draws one curve into an element, with points that `load` gets for a span. */
export class Curve {
  /**
   * @param {HTMLElement} element
   * @param {string} title
   * @param {(span: Span) => Promise<Points>} load
   * @param {Span} whole
   */
  constructor(element, title, load, whole) {
    this.element = element;
    this.title = title;
    this.load = load;
    this.whole = whole;
    /** @type {any} */
    this.plot = null;
  }

  /** Draw all of it. Throws where the library is not installed. */
  async draw() {
    const { default: Plot } = await import("./lib/uplot.mjs");
    styled("uplot.css");
    const ink = getComputedStyle(document.body).color;
    const accent = getComputedStyle(document.querySelector("#view-device a") ?? document.body).color;
    const axis = { stroke: ink, grid: { stroke: "rgb(128 128 128 / 0.25)" }, ticks: { stroke: "rgb(128 128 128 / 0.25)" } };
    const { times, values } = await this.load(this.whole);
    this.element.replaceChildren();
    if (!times.length) return this.element.append(text("none"));
    this.plot = new Plot(
      {
        title: this.title,
        width: Math.max(280, this.element.clientWidth),
        height: HEIGHT,
        scales: { x: { range: (/** @type {unknown} */ _, /** @type {number} */ low, /** @type {number} */ high) => [low, high] } },
        axes: [axis, { ...axis, size: 60 }],
        series: [{}, { label: this.title, stroke: accent, width: 1.5, spanGaps: false }],
        cursor: { drag: { x: true, y: false, setScale: false } },
        hooks: { setSelect: [(/** @type {any} */ plot) => void this.zoom(plot)] },
      },
      [times, values],
      this.element,
    );
    this.element.addEventListener("dblclick", () => void this.show(this.whole));
  }

  /** @param {any} plot */
  async zoom(plot) {
    const { left, width } = plot.select;
    if (width < 5) return;
    const span = { begin: plot.posToVal(left, "x"), end: plot.posToVal(left + width, "x") };
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    await this.show(span);
  }

  /** @param {Span} span */
  async show(span) {
    const { times, values } = await this.load(span);
    if (!times.length) return;
    this.plot.setData([times, values]);
    this.element.dataset["points"] = String(times.length);
  }

  end() {
    this.plot?.destroy();
  }
}
