/** Helpers to find and make elements. Text goes in as text, never as HTML. */

/**
 * The element with this id.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`There is no element ${id}`);
  return /** @type {T} */ (found);
}

/** @type {(fault: unknown) => void} */
let explain = console.error;

/**
 * Show people what goes wrong after something they did.
 * @param {(fault: unknown) => void} handler it never throws
 */
export function onFault(handler) {
  explain = handler;
}

/**
 * Do it; what it throws, at once or later, is shown.
 * @param {() => unknown} action
 */
export async function attempt(action) {
  try {
    await action();
  } catch (fault) {
    explain(fault);
  }
}

/**
 * Listen to events; whatever the listener throws, at once or later, is shown.
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: any) => unknown} listener
 */
export function listen(target, type, listener) {
  target.addEventListener(type, (event) => attempt(() => listener(event)));
}

/**
 * A new element: attributes, listeners (onclick), and children.
 * @template {keyof HTMLElementTagNameMap} N
 * @param {N} name
 * @param {Record<string, string | boolean | undefined | ((event: any) => unknown)>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[N]}
 */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") listen(element, key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== undefined && value !== false) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/**
 * Set the text of an element if it is different, so that screen readers hear changes only.
 * @param {Element} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Add a style sheet of a library.
 * @param {string} name
 */
export function styled(name) {
  const address = new URL(`lib/${name}`, import.meta.url).href;
  if (document.querySelector(`link[href="${address}"]`)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  document.head.append(link);
}
