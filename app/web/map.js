/** The map: MapLibre GL where it is installed, over countries of Natural Earth and avenues of the demo. */

import { listen, make, styled } from "./elements.js";
import { bounds, circle, collection, metres, points, rings, unpacked } from "./geometry.js";
import { overlay, style } from "./style.js";
import { text } from "./texts.js";

/** @typedef {import("./geometry.js").Features} Features */
/** @typedef {{url: string, attribution: string}} Ground raster tiles ({z}, {x} and {y} in the URL), or a style */

const CLUSTER_FROM = 300;
/** Pixels for each arrow key. @type {Record<string, [number, number]>} */
const STEPS = { ArrowLeft: [-5, 0], ArrowRight: [5, 0], ArrowUp: [0, -5], ArrowDown: [0, 5] };

/**
 * A map in this element. Throws where the library is not installed, or the browser cannot draw it.
 * @param {HTMLElement} container
 * @param {Ground | null} ground
 * @param {(device: number) => void} chosen
 */
export async function openMap(container, ground, chosen) {
  const library = await import("./lib/maplibre-gl.mjs");
  styled("maplibre-gl.css");
  const [world, avenues] = ground ? [null, null] : await Promise.all(["lib/countries.json", "avenues.json"].map(read));
  const tiles = Boolean(ground && /\{z\}/.test(ground.url));
  const own = style(world ? unpacked(world, "countries") : collection([]), avenues ?? {});
  const map = new library.Map({
    container,
    style: ground ? (tiles ? raster(ground) : ground.url) : own,
    center: [-46.64, -23.56],
    zoom: 10,
    maxZoom: 18,
    dragRotate: false,
    fadeDuration: 0, // names that fade in keep the map painting
    attributionControl: { compact: false, customAttribution: world ? "Natural Earth" : (ground?.attribution ?? "") },
    locale: { "Map.Title": text("map") },
  });
  map.addControl(new library.NavigationControl({ showCompass: false }));
  await new Promise((resolve, reject) => {
    map.once("load", resolve);
    map.on("error", (/** @type {any} */ event) => {
      if (!event.sourceId) reject(event.error);
      console.warn(String(event.error)); // without a tile, or all of a server's, the map is there
    });
  });
  if (ground) {
    const over = overlay(tiles);
    for (const [name, source] of over.sources) map.addSource(name, source);
    for (const layer of over.layers) map.addLayer(layer);
  }
  return new DeviceMap(library, map, chosen);
}

/** Tiles as a style. @param {Ground} ground */
function raster({ url }) {
  return {
    version: 8,
    sources: { tiles: { type: "raster", tiles: [url], tileSize: 256, maxzoom: 19 } },
    layers: [{ id: "tiles", type: "raster", source: "tiles" }],
  };
}

/** A file of the page; null where the server does not have it. @param {string} name */
async function read(name) {
  const answer = await fetch(new URL(name, import.meta.url));
  return answer.ok ? answer.json() : null;
}

export class DeviceMap {
  /**
   * @param {any} library
   * @param {any} map
   * @param {(device: number) => void} chosen
   */
  constructor(library, map, chosen) {
    this.library = library;
    this.map = map;
    /** @type {any[]} */
    this.handles = [];
    this.fitted = false;
    this.clustered = false;
    this.drawn = "";
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
    const drawn = JSON.stringify(shown);
    if (this.fitted && drawn === this.drawn) return; // what is the same would be placed and painted again
    this.drawn = drawn;
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

  /** Draw a track; null: none. @param {Features | null} found @param {boolean} fit whether to go there */
  track(found, fit) {
    this.map.getSource("track").setData(found ?? collection([]));
    if (!fit) return;
    const places = (found?.features ?? []).flatMap((one) => spread(one.geometry));
    const box = bounds(collection(places));
    if (box) this.map.fitBounds(box, { padding: 40, maxZoom: 15, animate: false });
    this.fitted = found !== null; // the next list of devices is shown whole again
  }

  /** Draw a fence that is being changed. @param {Features} found @param {boolean} fit whether to go there */
  sketch(found, fit) {
    this.map.getSource("sketch").setData(found);
    const box = bounds(collection(found.features.flatMap((one) => rings(/** @type {any} */ (one.geometry)).flat().map(place))));
    if (!fit || !box) return;
    this.fitted = true;
    this.map.fitBounds(box, { padding: 60, maxZoom: 16, animate: false });
  }

  /**
   * Handles that are dragged, or moved with the arrow keys; null ends it.
   * @param {{polygon: any, changed: () => void}
   *   | {middle: import("./geometry.js").Address, radius: number, changed: (metres: number) => void} | null} shape
   */
  edit(shape) {
    for (const one of this.handles) one.remove();
    this.handles = [];
    if (!shape) return this.sketch(collection([]), false);
    if ("middle" in shape) {
      const middle = /** @type {[number, number]} */ ([shape.middle.dsLong, shape.middle.dsLat]);
      const edge = circle(middle[1], middle[0], shape.radius)[16] ?? middle; // due east
      return this.handle(edge, text("edge"), (at) => shape.changed(Math.max(1, metres(middle, at))));
    }
    for (const ring of rings(shape.polygon)) {
      ring.slice(0, -1).forEach((corner, index) =>
        this.handle(corner, text("corner", { number: this.handles.length + 1 }), (at) => {
          ring[index] = at;
          if (index === 0) ring[ring.length - 1] = at;
          shape.changed();
        }),
      );
    }
  }

  /**
   * @param {[number, number]} at
   * @param {string} label
   * @param {(at: [number, number]) => void} moved
   */
  handle(at, label, moved) {
    const element = make("button", { type: "button", class: "handle", "aria-label": label });
    const marker = new this.library.Marker({ element, draggable: true }).setLngLat(at).addTo(this.map);
    this.handles.push(marker);
    const tell = () => moved([marker.getLngLat().lng, marker.getLngLat().lat]);
    marker.on("drag", tell);
    listen(element, "keydown", (event) => {
      const [right, down] = STEPS[event.key] ?? [];
      if (right === undefined || down === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      const { x, y } = this.map.project(marker.getLngLat());
      marker.setLngLat(this.map.unproject([x + right, y + down]));
      tell();
    });
  }

  /** Colours follow the theme. */
  recolour() {
    const fresh = style(collection([]), {});
    for (const layer of fresh.layers) {
      if (!this.map.getLayer(layer.id)) continue; // of the page's own ground
      for (const [name, value] of Object.entries(layer.paint)) this.map.setPaintProperty(layer.id, name, value);
    }
  }

  /** Its name, in the language of the page. */
  rename() {
    this.map.getCanvas().setAttribute("aria-label", text("map"));
  }
}

/** Each place of a geometry as a point. @param {any} geometry @returns {import("./geometry.js").Feature[]} */
function spread(geometry) {
  if (!geometry) return [];
  /** @type {any[]} */
  const places = geometry.type === "Point" ? [geometry.coordinates] : geometry.coordinates.flat(geometry.type === "MultiLineString" ? 1 : 0);
  return places.map(place);
}

/** @param {[number, number]} coordinates @returns {import("./geometry.js").Feature} */
function place(coordinates) {
  return { type: "Feature", properties: {}, geometry: { type: "Point", coordinates } };
}
