/** How the map looks: its layers, in the colours of the page's theme. Labels need no font files; the browser draws them. */

import { collection } from "./geometry.js";

/** @typedef {import("./geometry.js").Features} Features */

/** Sources of the page's own ground; a layer without a source is its background. */
const GROUND = new Set(["world", "avenues", ""]);
const NAMES = ["inside", "outside", "silent", "unfenced", "ground", "raised", "line", "ink", "soft", "accent"];

/** Colours of the style sheet, as they are in the current theme. */
function palette() {
  const probe = document.body.appendChild(document.createElement("span"));
  /** @type {Record<string, string>} */
  const found = {};
  for (const name of NAMES) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}

/**
 * What lies under the devices, and how they look.
 * @param {Features} world
 * @param {Record<string, [number, number][]>} lines avenues by name
 */
export function style(world, lines) {
  const avenues = collection(
    Object.entries(lines).map(([name, coordinates]) => ({ type: "Feature", properties: { name }, geometry: { type: "LineString", coordinates } })),
  );
  const empty = collection([]);
  /** @param {Features} data */
  const source = (data) => ({ type: "geojson", data });
  return {
    version: 8,
    sources: {
      world: source(world),
      avenues: source(avenues),
      fences: source(empty),
      track: source(empty),
      sketch: source(empty),
      devices: { ...source(empty), cluster: false, clusterRadius: 40, clusterMaxZoom: 14 },
    },
    layers: layers(palette()),
  };
}

/** What is drawn over a ground that is not the page's own. Labels only over tiles: a style has fonts of its own. @param {boolean} labels */
export function overlay(labels) {
  const { sources, layers } = style(collection([]), {});
  return {
    sources: Object.entries(sources).filter(([name]) => !GROUND.has(name)),
    layers: layers.filter((one) => !GROUND.has(one.source ?? "") && (labels || one.type !== "symbol")),
  };
}

/** @param {Record<string, string>} colour @returns {any[]} */
function layers(colour) {
  const state = ["match", ["get", "state"], "inside", colour["inside"], "outside", colour["outside"], "silent", colour["silent"], colour["unfenced"]];
  const single = ["!", ["has", "point_count"]];
  const label = { "text-color": colour["soft"], "text-halo-color": colour["ground"], "text-halo-width": 1.5 };
  return [
    { id: "sea", type: "background", paint: { "background-color": colour["raised"] } },
    { id: "land", type: "fill", source: "world", paint: { "fill-color": colour["ground"] } },
    { id: "borders", type: "line", source: "world", paint: { "line-color": colour["line"], "line-width": 1 } },
    { id: "avenues", type: "line", source: "avenues", minzoom: 8, paint: { "line-color": colour["line"], "line-width": 3 } },
    { id: "fences", type: "fill", source: "fences", paint: { "fill-color": colour["accent"], "fill-opacity": 0.08 } },
    { id: "fence-lines", type: "line", source: "fences", paint: { "line-color": colour["accent"], "line-width": 1.5, "line-dasharray": [3, 2] } },
    { id: "sketch", type: "fill", source: "sketch", paint: { "fill-color": colour["outside"], "fill-opacity": 0.12 } },
    { id: "sketch-lines", type: "line", source: "sketch", paint: { "line-color": colour["outside"], "line-width": 2 } },
    { id: "track", type: "line", source: "track", paint: { "line-color": colour["accent"], "line-width": 3 } },
    {
      id: "avenue-names",
      type: "symbol",
      source: "avenues",
      minzoom: 10,
      layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-size": 11 },
      paint: label,
    },
    {
      id: "clusters",
      type: "circle",
      source: "devices",
      filter: ["has", "point_count"],
      paint: { "circle-color": colour["accent"], "circle-radius": ["step", ["get", "point_count"], 14, 50, 20, 500, 28] },
    },
    {
      id: "cluster-counts",
      type: "symbol",
      source: "devices",
      filter: ["has", "point_count"],
      layout: { "text-field": ["get", "point_count_abbreviated"], "text-size": 12, "text-allow-overlap": true },
      paint: { "text-color": colour["ground"] },
    },
    {
      id: "devices",
      type: "circle",
      source: "devices",
      filter: single,
      paint: {
        "circle-color": state,
        "circle-radius": ["match", ["get", "state"], "outside", 8, 6],
        "circle-stroke-color": colour["ground"],
        "circle-stroke-width": 2,
      },
    },
    {
      id: "device-names",
      type: "symbol",
      source: "devices",
      filter: single,
      minzoom: 12,
      layout: { "text-field": ["get", "name"], "text-size": 12, "text-anchor": "top", "text-offset": [0, 0.7] },
      paint: { ...label, "text-color": colour["ink"] },
    },
  ];
}
