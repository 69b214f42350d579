/** Calls of the API, v2 only. What is refused is thrown as a Refusal. */

/**
 * @typedef {Record<string, string | number | boolean | null | undefined>} Query
 * @typedef {{method?: string, body?: unknown, headers?: Record<string, string>, signal?: AbortSignal}} Options
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
   * @param {string} secret an API key or a token
   * @param {string} base the address of the page
   */
  constructor(secret, base = document.baseURI) {
    this.secret = secret;
    this.base = base;
  }

  /**
   * @param {string} path
   * @param {Query} query
   * @param {Options} options
   * @returns {Promise<Response>}
   */
  async request(path, query = {}, options = {}) {
    const { body, headers, ...rest } = options;
    /** @type {Record<string, string>} */
    const sent = body === undefined ? {} : { "Content-Type": "application/json" };
    /** @type {Response} */
    let response;
    try {
      response = await fetch(new URL(address(path, query), this.base), {
        ...rest,
        body: body === undefined ? undefined : JSON.stringify(body),
        headers: { Accept: "application/json", ...sent, ...credentials(this.secret), ...headers },
        credentials: "omit",
        redirect: "error",
      });
    } catch (fault) {
      if (options.signal?.aborted) throw fault;
      throw new Refusal(0, "UNREACHABLE", String(fault));
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }

  /**
   * @param {string} path
   * @param {Query} query
   * @param {Options} options
   * @returns {Promise<any>}
   */
  async json(path, query = {}, options = {}) {
    return (await this.request(path, query, options)).json();
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
