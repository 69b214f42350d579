/**
 * Answers of the API that the page reads: types only, no code. They are those of /openapi.json, from which openapi.d.ts is
 * made for the check of types (tests/web), so that the page cannot read what the API does not answer.
 *
 * @typedef {import("./openapi.js").components["schemas"]} Schemas
 * @typedef {Schemas["CurrentPosition"]} CurrentPosition
 * @typedef {Schemas["Quarantined"]} Quarantined
 * @typedef {Schemas["SensorRow"]} Sensor
 * @typedef {Schemas["TipoSensorRow"]} SensorType
 * @typedef {Schemas["DispositivoRow"]} Device
 * @typedef {Schemas["DestinatarioRow"]} Site
 * @typedef {Schemas["EnderecoRow"]} Address
 * @typedef {Schemas["ProdutoRow"]} Product
 * @typedef {Schemas["ImagemRow"]} Picture
 * @typedef {Schemas["Chart"]} Chart
 * @typedef {Schemas["CategoryChart"]} CategoryChart
 * @typedef {Schemas["LatestValue"]} LatestValue
 * @typedef {Schemas["HistoryRow"]} Report
 * @typedef {Schemas["DataPoints"]} DataPoints
 * @typedef {Schemas["Me"]} Me
 * @typedef {Schemas["SeriesHealth"]} Health
 */
export {};
