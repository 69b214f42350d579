// The first screen of a front end, by the types of the description: who am I, where is everything, follow it,
// a curve, and a change that must not overwrite somebody else's. Prints what it found, as JSON.
import createClient from "openapi-fetch";
import type { components, paths } from "./v2.js";

declare const process: { argv: string[] };

type Position = components["schemas"]["CurrentPosition"];

type Events = components["schemas"]["StreamEvents"];

// The stream has its events described by name: their rows are those of current positions.
const shown: { [E in keyof Events]?: (data: Events[E]) => Position[] | number[] } = {
  positions: (data) => data.data,
  removed: (data) => data.cdDispositivos,
};

const [baseUrl, token] = process.argv.slice(2);
const client = createClient<paths>({
  baseUrl,
  headers: { Authorization: `Bearer ${token}` },
});

function must<T>(answer: { data?: T; error?: { error_code: string }; response: Response }): T {
  if (answer.error || answer.data === undefined) {
    throw new Error(`${answer.response.url}: ${answer.error?.error_code}`);
  }
  return answer.data;
}

async function positions(desde?: string): Promise<{ rows: Position[]; next: string | null }> {
  const page = must(await client.GET("/v2/TbPosicaoAtual", { params: { query: { desde } } }));
  if (!("data" in page)) throw new Error("asked for JSON");
  return { rows: page.data, next: page.nextDesde };
}

const me = must(await client.GET("/v2/eu"));
const all = await positions();
const later = await positions(all.next ?? undefined);
const device = all.rows[0]!;
const path = { codigo: device.cdDispositivo };
const read = await client.GET("/v2/dispositivos/{codigo}", { params: { path } });
const row = must(read);
const version = read.response.headers.get("ETag")!;
const change = (header: { "If-Match": string }) =>
  client.PATCH("/v2/dispositivos/{codigo}", { params: { path, header }, body: { dsObs: "seen" } });
const changed = must(await change({ "If-Match": version }));
const stale = await change({ "If-Match": version });
const erased = must(
  await client.PATCH("/v2/dispositivos/{codigo}", { params: { path }, body: { dsObs: null } }),
);
const sensors = must(await client.GET("/v2/sensores", { params: { query: { cdDispositivo: 7 } } }));
const days = { dtInicio: "2026-01-01", dtFim: "2026-01-02" };
const points = must(
  await client.GET("/v2/data/points", { params: { query: { cdSensor: sensors.data[0]!.cdSensor, ...days } } }),
);
const history = must(
  await client.GET("/v2/HistoricoPaginaDispositivo/{cdDispositivo}", {
    params: { path: { cdDispositivo: 7 }, query: { pageSize: 1 } },
  }),
);
const missing = await client.GET("/v2/dispositivos/{codigo}", { params: { path: { codigo: 99999 } } });

console.log(
  JSON.stringify({
    role: me.role,
    events: Object.keys(shown),
    clients: me.clientes.map((one) => one.cdCliente),
    devices: all.rows.length,
    later: later.rows.length,
    is_recent: Date.now() - new Date(device.dtAlteracao).getTime() < 3_600_000,
    name: row.dsDispositivo,
    notes: [changed.dsObs, erased.dsObs],
    stale: [stale.response.status, stale.error?.error_code],
    resolution: typeof points === "object" && "agg" in points ? points.agg : null,
    history: typeof history === "object" && "total" in history ? history.total : null,
    missing: [missing.response.status, missing.error?.error_code],
  }),
);
