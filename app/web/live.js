/** Follows current positions: by the stream where there is one, otherwise by asking what changed. */

import { Refusal } from "./api.js";
import { Reader } from "./sse.js";

/**
 * @typedef {"live" | "polling" | "waiting"} Status
 * @typedef {object} Fleet what is done with what arrives
 * @property {(rows: import("./contract.js").CurrentPosition[]) => void} take
 * @property {(codes: number[]) => void} keep forget all other devices
 * @property {(codes: number[]) => void} drop
 * @property {(status: Status) => void} tell
 */

const PATH = "v2/TbPosicaoAtual";
const PAGE = 1000;
const EVERY_MS = 2_000;
const WHOLE_AFTER = 150; // rounds: what is not visible any more is seen then
const LONGEST_MS = 30_000;

/**
 * Until it is aborted, or the credentials are refused, which is thrown.
 * @param {import("./api.js").Api} api
 * @param {Fleet} fleet
 * @param {boolean} streams whether the server has the stream
 * @param {AbortSignal} signal
 */
export async function follow(api, fleet, streams, signal) {
  const polling = new Polling(api.until(signal), fleet);
  const streaming = new Streaming(api.until(signal), fleet);
  let pause = EVERY_MS;
  while (!signal.aborted) {
    try {
      if (streams) await streaming.run(signal);
      else await polling.once();
      pause = EVERY_MS;
    } catch (fault) {
      if (signal.aborted) return;
      if (!(await renewed(api, fault)) && !passes(fault)) throw fault;
      pause = Math.min(LONGEST_MS, pause * 2);
      if (!streams || !(await polling.instead())) fleet.tell("waiting");
    }
    await slept(pause, signal);
  }
}

/** The stream: all positions first, then what changes; what was missed while it was cut follows. */
class Streaming {
  /**
   * @param {import("./api.js").Api} api
   * @param {Fleet} fleet
   */
  constructor(api, fleet) {
    this.api = api;
    this.fleet = fleet;
    this.last = "";
  }

  /** Until it ends. @param {AbortSignal} signal */
  async run(signal) {
    const headers = { Accept: "text/event-stream", ...(this.last ? { "Last-Event-ID": this.last } : {}) };
    const answer = await this.api.request("v2/stream", {}, { headers });
    const reader = new Reader();
    const pieces = /** @type {ReadableStream<BufferSource>} */ (answer.body).pipeThrough(new TextDecoderStream()).getReader();
    try {
      for (let piece = await pieces.read(); !piece.done; piece = await pieces.read()) {
        for (const message of reader.take(piece.value)) this.received(message);
        this.last = reader.id || this.last;
      }
    } catch (fault) {
      if (fault instanceof Refusal || signal.aborted) throw fault;
      throw new Refusal(0, "UNREACHABLE", String(fault));
    }
  }

  /** @param {import("./sse.js").Message} message */
  received({ event, data }) {
    const content = JSON.parse(data);
    if (event === "open") {
      this.fleet.keep(content.cdDispositivos);
      this.fleet.tell("live");
    } else if (event === "positions") this.fleet.take(content.data);
    else if (event === "removed") this.fleet.drop(content.cdDispositivos);
    else if (event === "end") throw new Refusal(401, content.error_code, content.error);
  }
}

/** Asks for what changed since the last answer; nothing that commits late is missed. */
class Polling {
  /**
   * @param {import("./api.js").Api} api
   * @param {Fleet} fleet
   */
  constructor(api, fleet) {
    this.api = api;
    this.fleet = fleet;
    this.round = 0;
    /** @type {string | undefined} */
    this.since = undefined;
  }

  async once() {
    const whole = this.round % WHOLE_AFTER === 0;
    const query = { pageSize: PAGE, desde: whole ? undefined : this.since };
    const { rows, last } = await this.api.all(PATH, query);
    if (whole) this.fleet.keep(rows.map((one) => one.cdDispositivo));
    this.fleet.take(rows);
    this.since = last.nextDesde;
    this.round += 1;
    this.fleet.tell("polling");
  }

  /** While the stream is away; says whether it worked. */
  async instead() {
    try {
      await this.once();
      return true;
    } catch (fault) {
      if (!passes(fault)) throw fault;
      return false;
    }
  }
}

/** Whether what was refused is a token that has ended, and there is another. @param {import("./api.js").Api} api @param {unknown} fault */
async function renewed(api, fault) {
  if (!(fault instanceof Refusal && fault.status === 401)) return false;
  return api.caller.renew(api.caller.session.secret);
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
