/** Health of the maintenance of time series. */

import { byId, make } from "./elements.js";
import { number, text, time } from "./texts.js";

/**
 * Write the view anew.
 * @param {import("./api.js").Api} api
 */
export async function openMaintenance(api) {
  const health = await api.json("health/timeseries");
  /** @type {[string, string][]} */
  const facts = [
    ["health", health.status === "ok" ? text("healthy") : `${text("degraded")}: ${health.reasons.join(", ")}`],
    ["lastRun", time(health.lastRun?.endedAt)],
    ["watermark", time(health.watermark)],
    ["lag", number(health.lagSeconds, 0)],
    ["dirty", number(health.dirtyWindows)],
    ["ahead", number(health.partitionsAhead)],
    ["failures", number(health.failures24h)],
    ["lost", number(health.quarantineLost)],
  ];
  byId("view-maintenance").replaceChildren(
    make("h2", { id: "maintenance-title" }, text("maintenance")),
    make("dl", {}, ...facts.flatMap(([key, value]) => [make("dt", {}, text(key)), make("dd", {}, value || "–")])),
  );
}
