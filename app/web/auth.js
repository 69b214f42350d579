/** Who calls: with an API key or token as it is, or signed in by Supabase Auth, whose tokens are renewed. No page here. */

import { Refusal } from "./api.js";

/** @typedef {{url: string, key: string}} Project */
/** @typedef {{secret: string, refresh?: string, until?: number}} Session `until`: milliseconds since 1970 */

const EARLY_MS = 30_000;

/**
 * @param {Project} project
 * @param {string} path
 * @param {unknown} body
 * @param {Record<string, string>} headers
 */
async function call(project, path, body, headers = {}) {
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(`${project.url}/auth/v1/${path}`, {
      method: "POST",
      headers: { apikey: project.key, "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
      credentials: "omit",
      redirect: "error",
    });
  } catch (fault) {
    throw new Refusal(0, "UNREACHABLE", String(fault));
  }
  const content = await answer.json().catch(() => ({}));
  if (answer.ok) return content;
  throw new Refusal(answer.status, content.error_code ?? "", content.msg ?? content.error_description ?? answer.statusText);
}

/** @param {any} content @returns {Session} */
function session({ access_token, refresh_token, expires_in }) {
  return { secret: access_token, refresh: refresh_token, until: Date.now() + expires_in * 1000 };
}

export class Caller {
  /**
   * @param {Session} session
   * @param {Project | null} project
   * @param {(session: Session) => void} keep is told of each new token
   */
  constructor(session, project, keep) {
    this.session = session;
    this.project = project;
    this.keep = keep;
    /** @type {Promise<void> | null} */
    this.renewing = null;
    keep(session);
  }

  /**
   * Sign in with e-mail and password. Throws a Refusal.
   * @param {Project} project
   * @param {string} email
   * @param {string} password
   * @param {(session: Session) => void} keep
   */
  static async signedIn(project, email, password, keep) {
    return new Caller(session(await call(project, "token?grant_type=password", { email, password })), project, keep);
  }

  /** What is valid now. Throws a Refusal where it cannot be renewed. */
  async secret() {
    const { secret, refresh, until = Infinity } = this.session;
    if (refresh && Date.now() > until - EARLY_MS) await this.renew(secret);
    return this.session.secret;
  }

  /**
   * Get another token, unless another request has done so; a token renews once only.
   * @param {string} used the one that was refused, or is about to be
   * @returns {Promise<boolean>} whether there is another
   */
  async renew(used) {
    if (this.session.secret !== used) return true;
    const { project } = this;
    const refresh = this.session.refresh;
    if (!project || !refresh) return false;
    this.renewing ??= call(project, "token?grant_type=refresh_token", { refresh_token: refresh })
      .then((content) => {
        this.session = session(content);
        this.keep(this.session);
      })
      .finally(() => (this.renewing = null));
    try {
      await this.renewing;
    } catch (fault) {
      if (fault instanceof Refusal && fault.status >= 400 && fault.status < 500 && fault.status !== 429) return false;
      throw fault;
    }
    return true;
  }

  /** End the session there, too. */
  async signOut() {
    if (!this.project || !this.session.refresh) return;
    await call(this.project, "logout?scope=local", {}, { Authorization: `Bearer ${this.session.secret}` });
  }
}
