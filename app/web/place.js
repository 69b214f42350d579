/** The place of the map: opened once, moved into the view that is shown, and what it shows as soon as it is there. */

import { byId, say } from "./elements.js";
import { shapes } from "./fences.js";
import { collection } from "./geometry.js";
import { openMap } from "./map.js";
import { text } from "./texts.js";

/** @typedef {import("./contract.js").CurrentPosition} CurrentPosition @typedef {import("./map.js").DeviceMap} DeviceMap */

export class Place {
  /** @param {Map<number, CurrentPosition>} fleet */
  constructor(fleet) {
    this.fleet = fleet;
    this.element = byId("place");
    // Asked for once: a view that turns out to be of nothing is emptied, with the place in it.
    this.ground = byId("map");
    this.legend = byId("legend");
    this.note = byId("map-missing");
    /** @type {Promise<DeviceMap> | null} */
    this.opening = null;
    /** @type {DeviceMap | null} */
    this.map = null;
    /** @type {any} the track of the device that is shown */
    this.tracked = null;
    this.lacking = () => "";
  }

  /**
   * Draw the map, if it can be had, with the fences of all sites.
   * @param {import("./api.js").Api} api
   * @param {boolean} installed whether the server has MapLibre GL
   * @param {import("./map.js").Ground | null} ground what it shows under devices, if it is not the page's own
   * @param {Promise<unknown>} after what comes first: loading the library stops everything else for a while
   */
  async open(api, installed, ground, after) {
    if (!installed) return this.missing(() => text("mapMissing"));
    this.ground.hidden = this.legend.hidden = false;
    try {
      this.opening ??= after.then(() => openMap(this.ground, ground, (device) => (location.hash = `#/devices/${device}`)));
      this.map = await this.opening;
    } catch (fault) {
      this.opening = null;
      this.ground.hidden = this.legend.hidden = true;
      return this.missing(() => text("mapFailed", { reason: reasonOf(fault) }));
    }
    this.draw();
    if (this.tracked) this.map.track(this.tracked, true);
    this.map.fence(await shapes(api));
  }

  /** The map, as soon as it is there; null where there is none. @returns {Promise<DeviceMap | null>} */
  async opened() {
    return this.opening ? this.opening.catch(() => null) : null;
  }

  /** Say why there is no map. @param {() => string} lacking */
  missing(lacking) {
    this.lacking = lacking;
    this.note.hidden = false;
    say(this.note, lacking());
  }

  draw() {
    this.map?.draw(this.fleet);
  }

  /** Draw a track, now or as soon as the map is there. @param {any} found null: none @param {boolean} fit whether to go there */
  track(found, fit = true) {
    this.tracked = found;
    this.map?.track(found, fit);
  }

  /** Nothing of what was shown is kept, and the place is in no view that is emptied. */
  forget() {
    this.draw();
    this.map?.fence(collection([]));
    this.home();
  }

  /** Into the list of devices. */
  home() {
    byId("devices-title").after(this.element);
  }

  recolour() {
    this.map?.recolour();
  }

  /** In the language of the page. */
  rename() {
    say(this.note, this.lacking());
    this.map?.rename();
  }
}

/** What a library throws: an error, or an event with one. @param {any} fault */
function reasonOf(fault) {
  return String(fault?.message ?? fault);
}
