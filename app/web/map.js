/** The map: MapLibre GL where it is installed, over countries of Natural Earth and avenues of the demo. */

import { styled } from "./elements.js";
import { bounds, collection, points, unpacked } from "./geometry.js";
import { text } from "./texts.js";

/** @typedef {import("./geometry.js").Features} Features */

const CLUSTER_FROM = 300;
const COLOURS = /** @type {const} */ (["inside", "outside", "silent", "unfenced", "ground", "raised", "line", "ink", "accent"]);

/** Colours of the style sheet, as they are in the current theme. */
function palette() {
  const probe = document.body.appendChild(document.createElement("span"));
  /** @type {Record<string, string>} */
  const found = {};
  for (const name of COLOURS) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}

/**
 * A map in this element. Throws where the library is not installed, or the browser cannot draw it.
 * @param {HTMLElement} container
 * @param {(device: number) => void} chosen
 */
export async function openMap(container, chosen) {
  const library = await import("./lib/maplibre-gl.mjs");
  styled("maplibre-gl.css");
  const [world, avenues] = await Promise.all(["lib/countries.json", "avenues.json"].map(read));
  const map = new library.Map({
    container,
    style: style(world ? unpacked(world, "countries") : collection([]), avenues ?? {}),
    center: [-46.64, -23.56],
    zoom: 10,
    maxZoom: 18,
    dragRotate: false,
    attributionControl: { compact: false, customAttribution: world ? "Natural Earth" : "" },
    locale: { "Map.Title": text("map") },
  });
  map.addControl(new library.NavigationControl({ showCompass: false }));
  await new Promise((resolve, reject) => {
    map.once("load", resolve);
    map.once("error", (/** @type {any} */ event) => reject(event.error));
  });
  return new DeviceMap(map, chosen);
}

/** A file of the page; null where the server does not have it. @param {string} name */
async function read(name) {
  const answer = await fetch(new URL(name, import.meta.url));
  return answer.ok ? answer.json() : null;
}

/**
 * What lies under the devices, and how they look.
 * @param {Features} world
 * @param {Record<string, [number, number][]>} lines avenues by name
 */
function style(world, lines) {
  const colour = palette();
  const avenues = collection(
    Object.entries(lines).map(([name, coordinates]) => ({ type: "Feature", properties: { name }, geometry: { type: "LineString", coordinates } })),
  );
  const empty = collection([]);
  /** @param {Features} data */
  const source = (data) => ({ type: "geojson", data });
  const state = ["match", ["get", "state"], "inside", colour["inside"], "outside", colour["outside"], "silent", colour["silent"], colour["unfenced"]];
  return {
    version: 8,
    sources: {
      world: source(world),
      avenues: source(avenues),
      fences: source(empty),
      track: source(empty),
      devices: { ...source(empty), cluster: false, clusterRadius: 40, clusterMaxZoom: 14 },
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": colour["raised"] } },
      { id: "land", type: "fill", source: "world", paint: { "fill-color": colour["ground"] } },
      { id: "borders", type: "line", source: "world", paint: { "line-color": colour["line"], "line-width": 1 } },
      { id: "avenues", type: "line", source: "avenues", minzoom: 8, paint: { "line-color": colour["line"], "line-width": 3 } },
      { id: "fences", type: "fill", source: "fences", paint: { "fill-color": colour["accent"], "fill-opacity": 0.12 } },
      { id: "fence-lines", type: "line", source: "fences", paint: { "line-color": colour["accent"], "line-width": 1.5, "line-dasharray": [3, 2] } },
      { id: "track", type: "line", source: "track", paint: { "line-color": colour["accent"], "line-width": 3 } },
      {
        id: "clusters",
        type: "circle",
        source: "devices",
        filter: ["has", "point_count"],
        paint: { "circle-color": colour["accent"], "circle-opacity": 0.8, "circle-radius": ["step", ["get", "point_count"], 14, 50, 20, 500, 28] },
      },
      {
        id: "devices",
        type: "circle",
        source: "devices",
        filter: ["!", ["has", "point_count"]],
        paint: {
          "circle-color": state,
          "circle-radius": ["match", ["get", "state"], "outside", 8, 6],
          "circle-stroke-color": colour["ground"],
          "circle-stroke-width": 2,
        },
      },
    ],
  };
}

export class DeviceMap {
  /**
   * @param {any} map
   * @param {(device: number) => void} chosen
   */
  constructor(map, chosen) {
    this.map = map;
    this.fitted = false;
    this.clustered = false;
    this.fenced = collection([]);
    map.on("click", "devices", (/** @type {any} */ event) => chosen(Number(event.features[0].properties.device)));
    map.on("click", "clusters", (/** @type {any} */ event) => map.easeTo({ center: event.lngLat, zoom: map.getZoom() + 2 }));
    for (const layer of ["devices", "clusters"]) {
      map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
      map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
    }
  }

  /** @param {Map<number, import("./contract.js").CurrentPosition>} fleet */
  draw(fleet) {
    const shown = points(fleet.values(), Date.now());
    const source = this.map.getSource("devices");
    const clustered = shown.features.length > CLUSTER_FROM;
    if (clustered !== this.clustered) source.setClusterOptions({ cluster: clustered });
    this.clustered = clustered;
    source.setData(shown);
    const box = bounds(shown);
    if (box && !this.fitted) {
      this.fitted = true;
      this.map.fitBounds(box, { padding: 40, maxZoom: 14, animate: false });
    }
  }

  /** @param {Features} found */
  fence(found) {
    this.fenced = found;
    this.map.getSource("fences").setData(found);
  }

  /** Draw a track and go there; null: none. @param {Features | null} found */
  track(found) {
    this.map.getSource("track").setData(found ?? collection([]));
    const places = (found?.features ?? []).flatMap((one) => spread(one.geometry));
    const box = bounds(collection(places));
    if (box) this.map.fitBounds(box, { padding: 40, maxZoom: 15, animate: false });
    this.fitted = found !== null; // the next list of devices is shown whole again
  }

  /** Colours follow the theme. */
  recolour() {
    const fresh = style(collection([]), {});
    for (const layer of fresh.layers) {
      for (const [name, value] of Object.entries(layer.paint)) this.map.setPaintProperty(layer.id, name, value);
    }
  }

  resize() {
    this.map.resize();
  }
}

/** Each place of a geometry as a point. @param {any} geometry @returns {import("./geometry.js").Feature[]} */
function spread(geometry) {
  if (!geometry) return [];
  /** @type {any[]} */
  const places = geometry.type === "Point" ? [geometry.coordinates] : geometry.coordinates.flat(geometry.type === "MultiLineString" ? 1 : 0);
  return places.map((coordinates) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates } }));
}
