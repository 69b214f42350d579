/** Shapes for the map: countries out of TopoJSON, fences, and devices as GeoJSON. No page here. */

import { nameOf, stateOf } from "./fleet.js";

/**
 * @typedef {{type: "Feature", properties: Record<string, unknown>, geometry: {type: string, coordinates: unknown}}} Feature
 * @typedef {{type: "FeatureCollection", features: Feature[]}} Features
 * @typedef {{cdDestinatario: number, dsNome: string | null, nrRaio: number | null, cdEndereco: number | null, dsCerca: any}} Site
 * @typedef {{cdEndereco: number, dsLat: number | null, dsLong: number | null}} Address
 */

const EARTH_M = 6_371_008.8;
const CORNERS = 64;

/** @param {Feature[]} features @returns {Features} */
export function collection(features) {
  return { type: "FeatureCollection", features };
}

/**
 * The polygons of an object of a quantized TopoJSON topology.
 * @param {any} topology
 * @param {string} name
 * @returns {Features}
 */
export function unpacked(topology, name) {
  const { scale, translate } = topology.transform;
  const arcs = topology.arcs.map((/** @type {[number, number][]} */ arc) => {
    let x = 0;
    let y = 0;
    return arc.map(([dx, dy]) => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]);
  });
  /** @param {number[]} indexes */
  const ring = (indexes) =>
    indexes.flatMap((index, position) => {
      const points = index < 0 ? arcs[~index].toReversed() : arcs[index];
      return position ? points.slice(1) : points;
    });
  return collection(
    topology.objects[name].geometries.map((/** @type {any} */ one) => ({
      type: "Feature",
      properties: {},
      geometry: {
        type: one.type,
        coordinates: one.type === "Polygon" ? one.arcs.map(ring) : (one.arcs ?? []).map((/** @type {any} */ part) => part.map(ring)),
      },
    })),
  );
}

/**
 * A circle on the ground as a polygon.
 * @param {number} latitude degrees
 * @param {number} longitude degrees
 * @param {number} metres radius
 * @returns {[number, number][]}
 */
export function circle(latitude, longitude, metres) {
  const angle = metres / EARTH_M;
  const middle = (latitude * Math.PI) / 180;
  /** @type {[number, number][]} */
  const ring = [];
  for (let corner = 0; corner <= CORNERS; corner += 1) {
    const bearing = (2 * Math.PI * (corner % CORNERS)) / CORNERS;
    const sine = Math.sin(middle) * Math.cos(angle) + Math.cos(middle) * Math.sin(angle) * Math.cos(bearing);
    const east = Math.atan2(Math.sin(bearing) * Math.sin(angle) * Math.cos(middle), Math.cos(angle) - Math.sin(middle) * sine);
    ring.push([longitude + (east * 180) / Math.PI, (Math.asin(sine) * 180) / Math.PI]);
  }
  return ring;
}

/**
 * Metres over the ground between two places, longitude first.
 * @param {[number, number]} one
 * @param {[number, number]} other
 */
export function metres([east, north], [otherEast, otherNorth]) {
  const radians = Math.PI / 180;
  const across = Math.sin(((otherNorth - north) * radians) / 2) ** 2;
  const along = Math.sin(((otherEast - east) * radians) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(across + Math.cos(north * radians) * Math.cos(otherNorth * radians) * along));
}

/**
 * The rings of a polygon or of several, to be changed in place.
 * @param {{type: string, coordinates: any}} geometry
 * @returns {[number, number][][]}
 */
export function rings({ type, coordinates }) {
  return type === "MultiPolygon" ? coordinates.flat(1) : coordinates;
}

/**
 * The fences of sites: a polygon, or else a circle around the address.
 * @param {Site[]} sites
 * @param {Address[]} addresses
 * @returns {Features}
 */
export function fences(sites, addresses) {
  const places = new Map(addresses.map((one) => [one.cdEndereco, one]));
  /** @type {Feature[]} */
  const found = [];
  for (const site of sites) {
    const place = site.cdEndereco === null ? undefined : places.get(site.cdEndereco);
    const properties = { site: site.cdDestinatario, name: site.dsNome ?? "" };
    if (site.dsCerca) found.push({ type: "Feature", properties, geometry: site.dsCerca });
    else if (site.nrRaio && place && place.dsLat !== null && place.dsLong !== null) {
      const coordinates = [circle(place.dsLat, place.dsLong, site.nrRaio)];
      found.push({ type: "Feature", properties, geometry: { type: "Polygon", coordinates } });
    }
  }
  return collection(found);
}

/**
 * Devices that have coordinates, as points.
 * @param {Iterable<import("./contract.js").CurrentPosition>} fleet
 * @param {number} now
 * @returns {Features}
 */
export function points(fleet, now) {
  /** @type {Feature[]} */
  const found = [];
  for (const row of fleet) {
    if (row.dsLat === null || row.dsLong === null) continue;
    found.push({
      type: "Feature",
      properties: { device: row.cdDispositivo, name: nameOf(row), state: stateOf(row, now) },
      geometry: { type: "Point", coordinates: [row.dsLong, row.dsLat] },
    });
  }
  return collection(found);
}

/**
 * South-west and north-east of points; null without any.
 * @param {Features} features of points
 * @returns {[[number, number], [number, number]] | null}
 */
export function bounds(features) {
  const places = features.features.map((one) => /** @type {[number, number]} */ (one.geometry.coordinates));
  if (!places.length) return null;
  const [first] = /** @type {[[number, number]]} */ (places);
  /** @type {[[number, number], [number, number]]} */
  const box = [[...first], [...first]];
  for (const [east, north] of places) {
    box[0] = [Math.min(box[0][0], east), Math.min(box[0][1], north)];
    box[1] = [Math.max(box[1][0], east), Math.max(box[1][1], north)];
  }
  return box;
}
