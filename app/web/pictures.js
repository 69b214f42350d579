/** Pictures of products. They need credentials, so they are asked for as the rest is, and shown from memory. */

import { Refusal } from "./api.js";
import { attempt, make } from "./elements.js";
import { text } from "./texts.js";

/** @typedef {import("./contract.js").Picture} Picture */

/** The pictures of all products, or of one, in their order. @param {import("./api.js").Api} api @param {number} [product] */
export async function pictures(api, product) {
  const { rows } = await api.all("v2/imagens", { cdProduto: product, pageSize: 1000 });
  return /** @type {Picture[]} */ (rows).sort((one, other) => (one.nrImagem ?? 0) - (other.nrImagem ?? 0) || one.cdImagens - other.cdImagens);
}

/**
 * A picture that is asked for when it comes into sight; a drawn box where there is none.
 * @param {import("./api.js").Api} api
 * @param {Picture | undefined} picture
 * @param {string} label what it shows; empty where a name stands beside it
 */
export function framed(api, picture, label) {
  const frame = make("div", { class: "picture" });
  if (!picture) {
    frame.append(make("span", { class: "hint" }, text("noPicture")));
    return frame;
  }
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    attempt(() => fill(frame, api, picture, label));
  });
  watch.observe(frame);
  return frame;
}

/** @param {HTMLElement} frame @param {import("./api.js").Api} api @param {Picture} picture @param {string} label */
async function fill(frame, api, { cdImagens }, label) {
  try {
    const answer = await api.request(`v2/imagens/${cdImagens}/arquivo`, {}, { headers: { Accept: "image/*" } });
    frame.replaceChildren(make("img", { src: await inside(await answer.blob()), alt: label }));
  } catch (fault) {
    if (!(fault instanceof Refusal && fault.status === 404)) throw fault;
    frame.replaceChildren(make("span", { class: "hint" }, text("noPicture")));
  }
}

/** As a data: address, which the page's policy allows for pictures. @param {Blob} blob @returns {Promise<string>} */
function inside(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
