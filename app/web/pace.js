/** How often the page draws what arrives. No page here. */

const EVERY_MS = 1_000; // at most so often
const SHARE = 9; // times as long as drawing took, nothing is drawn after it

/**
 * Draw soon, and at most once a second however much arrives; at once when nothing was drawn for that long. Where drawing
 * is slow, for a large fleet, it takes a tenth of the time at most.
 */
export class Pace {
  /** @param {() => unknown} draw */
  constructor(draw) {
    this.draw = draw;
    this.due = 0; // the timer until the next drawing may be
    this.stale = false; // whether one is wanted then
  }

  soon() {
    this.stale = true;
    if (this.due) return;
    this.stale = false;
    const began = performance.now();
    this.draw();
    this.due = setTimeout(() => {
      this.due = 0;
      if (this.stale) this.soon();
    }, Math.max(EVERY_MS, SHARE * (performance.now() - began)));
  }
}
