/** Calls of the API, v2 only. What is refused is thrown as a Refusal. */

/**
 * @typedef {Record<string, string | number | boolean | null | undefined>} Query
 * @typedef {{method?: string, body?: unknown, headers?: Record<string, string>}} Options
 */

const KEY = /^rastro_/;

/** An answer of the API other than success; status 0: there was none. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * The header that an API key or a token goes into.
 * @param {string} secret
 * @returns {Record<string, string>}
 */
export function credentials(secret) {
  return KEY.test(secret) ? { "X-API-Key": secret } : { Authorization: `Bearer ${secret}` };
}

/**
 * A path with its parameters; those without a value are left out.
 * @param {string} path
 * @param {Query} query
 */
export function address(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

/** The API as one caller sees it. */
export class Api {
  /**
   * @param {import("./auth.js").Caller} caller
   * @param {AbortSignal} [signal] ends every request, and what would have followed its answer
   * @param {string} base the address of the page
   */
  constructor(caller, signal, base = document.baseURI) {
    this.caller = caller;
    this.signal = signal;
    this.base = base;
  }

  /** The same caller, until this signal too. @param {AbortSignal} signal */
  until(signal) {
    return new Api(this.caller, this.signal ? AbortSignal.any([this.signal, signal]) : signal, this.base);
  }

  /**
   * @param {string} path
   * @param {Query} query
   * @param {Options} options
   * @returns {Promise<Response>}
   * @throws {DOMException} AbortError, when the signal has ended it
   */
  async request(path, query = {}, options = {}) {
    const used = await this.caller.secret();
    let response = await this.sent(used, path, query, options);
    if (response.status === 401 && (await this.caller.renew(used))) {
      response = await this.sent(await this.caller.secret(), path, query, options);
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }

  /**
   * @param {string} secret
   * @param {string} path
   * @param {Query} query
   * @param {Options} options
   */
  async sent(secret, path, query, { body, headers, ...rest }) {
    /** @type {Record<string, string>} */
    const kind = body === undefined ? {} : { "Content-Type": "application/json" };
    try {
      return await fetch(new URL(address(path, query), this.base), {
        ...rest,
        signal: this.signal ?? null,
        body: body === undefined ? undefined : JSON.stringify(body),
        headers: { Accept: "application/json", ...kind, ...credentials(secret), ...headers },
        credentials: "omit",
        redirect: "error",
      });
    } catch (fault) {
      this.signal?.throwIfAborted();
      throw new Refusal(0, "UNREACHABLE", String(fault));
    }
  }

  /**
   * @param {string} path
   * @param {Query} query
   * @param {Options} options
   * @returns {Promise<any>}
   */
  async json(path, query = {}, options = {}) {
    const answer = await (await this.request(path, query, options)).json();
    this.signal?.throwIfAborted();
    return answer;
  }

  /**
   * All rows of a list, and its last page.
   * @param {string} path
   * @param {Query} query
   * @param {Options} options
   * @returns {Promise<{rows: any[], last: any}>}
   */
  async all(path, query = {}, options = {}) {
    const rows = [];
    let page = await this.json(path, query, options);
    rows.push(...page.data);
    while (page.nextCursor !== null) {
      page = await this.json(path, { ...query, cursor: page.nextCursor }, options);
      rows.push(...page.data);
    }
    return { rows, last: page };
  }
}

/** @param {Response} response */
async function refusal(response) {
  const answer = await response.json().catch(() => ({}));
  return new Refusal(response.status, answer.error_code ?? "", answer.error ?? response.statusText);
}
