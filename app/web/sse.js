/** Reads server-sent events, as the HTML standard has them. No page here. */

/** @typedef {{event: string, data: string, id: string}} Message */

/** Takes text in pieces as they arrive, and gives whole messages. */
export class Reader {
  constructor() {
    this.rest = "";
    this.id = "";
    this.event = "";
    /** @type {string[]} */
    this.data = [];
  }

  /**
   * The messages that end in this piece.
   * @param {string} piece
   * @returns {Message[]}
   */
  take(piece) {
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.line(line));
  }

  /** @param {string} line @returns {Message[]} */
  line(line) {
    if (line === "") {
      const message = { event: this.event || "message", data: this.data.join("\n"), id: this.id };
      const whole = this.data.length > 0;
      this.event = "";
      this.data = [];
      return whole ? [message] : [];
    }
    const [, name = "", value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (name === "event") this.event = value;
    else if (name === "data") this.data.push(value);
    else if (name === "id" && !value.includes("\0")) this.id = value;
    return [];
  }
}
