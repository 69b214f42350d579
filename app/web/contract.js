/**
 * Answers of the API that the page reads, as /openapi.json describes them: types only, no code.
 *
 * @typedef {object} CurrentPosition
 * @property {number} cdDispositivo
 * @property {number | null} cdPosicao
 * @property {string} dtRegistro
 * @property {number | null} dsLat degrees, WGS 84
 * @property {number | null} dsLong
 * @property {string | null} dsEndereco
 * @property {string | null} dsBairro
 * @property {string | null} dsCidade
 * @property {number | null} nrBat volts
 * @property {string | null} nrCodigo
 * @property {string | null} dsProduto
 * @property {string | null} dsDescricao
 * @property {boolean | null} blArea whether it is inside the geofence of its site
 * @property {string} dtAlteracao
 *
 * @typedef {object} Quarantined
 * @property {number} cdErro
 * @property {string} dsMotivo
 * @property {string} dsTexto
 * @property {string | null} dsPayload
 * @property {string} dsPayloadBase64
 * @property {number} nrTamanho
 * @property {boolean} blReprocessavel
 * @property {number | null} cdDispositivo
 * @property {string | null} dsTopico
 * @property {number} nrOcorrencias
 * @property {string} dtPrimeira
 * @property {string} dtUltima
 *
 * @typedef {object} Sensor
 * @property {number} cdSensor
 * @property {number} cdTipoSensor
 * @property {string | null} dsPonto
 */
export {};
