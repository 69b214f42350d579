/** The words of the page in Brazilian Portuguese and English. */

/** @type {Record<string, [string, string]>} text in Portuguese, in English */
const TEXTS = {
  skip: ["Ir para o conteúdo", "Skip to content"],
  sections: ["Seções", "Sections"],
  devices: ["Dispositivos", "Devices"],
  fences: ["Cercas", "Geofences"],
  fence: ["Cerca", "Geofence"],
  site: ["Local", "Site"],
  fencesHint: ["Escolha um local para ver ou mudar a sua cerca.", "Choose a site to see or change its geofence."],
  polygon: ["Polígono", "Polygon"],
  circle: ["Círculo de {radius} m", "Circle of {radius} m"],
  radius: ["Raio (m)", "Radius (m)"],
  save: ["Gravar", "Save"],
  saved: ["Gravado.", "Saved."],
  loadStored: ["Carregar o que está gravado", "Load what is stored"],
  corner: ["Vértice {number}", "Corner {number}"],
  edge: ["Borda do círculo", "Edge of the circle"],
  fenceCircle: [
    "Arraste o ponto na borda, ou escreva o raio. Com o teclado: foque o ponto e use as setas.",
    "Drag the point at the edge, or write the radius. By keyboard: focus the point and use the arrow keys.",
  ],
  fencePolygon: [
    "Arraste os vértices. Com o teclado: foque um vértice e use as setas.",
    "Drag its corners. By keyboard: focus a corner and use the arrow keys.",
  ],
  fenceNone: ["Sem cerca: o endereço não tem coordenadas.", "No geofence: the address has no coordinates."],
  fenceRead: ["Só administradores mudam cercas.", "Only administrators change geofences."],
  fenceConflict: [
    "Outra pessoa mudou este local depois que você o abriu. A sua mudança não foi gravada.",
    "Somebody else has changed this site since you opened it. Your change was not saved.",
  ],
  quarantine: ["Quarentena", "Quarantine"],
  maintenance: ["Manutenção", "Maintenance"],
  docs: ["Documentação da API", "API documentation"],
  language: ["Idioma", "Language"],
  theme: ["Tema", "Theme"],
  themeAuto: ["Tema do sistema", "System theme"],
  themeLight: ["Claro", "Light"],
  themeDark: ["Escuro", "Dark"],
  signIn: ["Entrar", "Sign in"],
  signOut: ["Sair", "Sign out"],
  email: ["E-mail", "E-mail"],
  password: ["Senha", "Password"],
  signInPerson: ["Entrar com e-mail", "Sign in with e-mail"],
  secret: ["Token ou chave de API", "Token or API key"],
  secretHint: [
    "scripts/run mostra um endereço que já traz o token. Fica guardado só nesta aba, até ela ser fechada.",
    "scripts/run prints an address that carries the token. It is kept in this tab only, until it is closed.",
  ],
  refusedSecret: ["O token ou a chave não vale, ou não vale mais.", "The token or key is not valid, or not any more."],
  unreachable: ["O servidor não responde; nova tentativa em instantes.", "The server does not answer; trying again."],
  refused: ["O servidor recusou: {text}", "The server refused: {text}"],
  search: ["Buscar", "Search"],
  state: ["Situação", "State"],
  all: ["Todas", "All"],
  outside: ["Fora da cerca", "Outside its geofence"],
  inside: ["Dentro da cerca", "Inside its geofence"],
  unfenced: ["Sem cerca", "No geofence"],
  silent: ["Sem sinal", "Silent"],
  count: ["{shown} de {total} dispositivos", "{shown} of {total} devices"],
  more: ["Mostrar mais {number}", "Show {number} more"],
  map: ["Mapa dos dispositivos", "Map of devices"],
  mapMissing: [
    "Sem mapa: falta MapLibre GL neste servidor. scripts/run o instala onde o registro do npm é alcançável.",
    "No map: this server does not have MapLibre GL. scripts/run installs it where the npm registry is reachable.",
  ],
  mapFailed: ["Sem mapa: o navegador não pôde desenhá-lo ({reason}).", "No map: the browser could not draw it ({reason})."],
  licence: ["licença", "licence"],
  quarantineHint: [
    "O que não pôde ser gravado, e por quê. Corrija a causa e reprocesse, ou descarte.",
    "What could not be stored, and why. Mend the cause and replay it, or discard it.",
  ],
  reason: ["Motivo", "Reason"],
  choose: ["Escolher", "Choose"],
  chooseOne: ["Escolher {code}", "Choose {code}"],
  device: ["Dispositivo", "Device"],
  times: ["Vezes", "Times"],
  payload: ["Conteúdo", "Payload"],
  next: ["Mais", "More"],
  replay: ["Reprocessar", "Replay"],
  discard: ["Descartar", "Discard"],
  discardAsk: ["Descartar {number} de vez?", "Discard {number} for good?"],
  replayed: [
    "Gravados: {stored}, repetidos: {duplicate}, em conflito: {conflict}, recusados: {rejected}, não reprocessáveis: {skipped}",
    "Stored: {stored}, duplicate: {duplicate}, in conflict: {conflict}, rejected: {rejected}, cannot be replayed: {skipped}",
  ],
  discarded: ["Descartados: {number}", "Discarded: {number}"],
  health: ["Situação", "State"],
  healthy: ["em dia", "up to date"],
  degraded: ["atrasada", "degraded"],
  lastRun: ["Última execução", "Last run"],
  watermark: ["Marca d'água", "Watermark"],
  lag: ["Segundos desde a marca d'água", "Seconds since the watermark"],
  dirty: ["Horas a recalcular", "Dirty hours"],
  ahead: ["Meses futuros com partições", "Future months with partitions"],
  failures: ["Falhas em 24 horas", "Failures in 24 hours"],
  lost: ["Perdidos de quarentenas cheias", "Lost from full quarantines"],
  day: ["Dia", "Day"],
  sensors: ["Sensores", "Sensors"],
  sensor: ["Sensor", "Sensor"],
  zoomHint: [
    "Arraste sobre a curva para ampliar, até as leituras; um duplo clique volta ao dia.",
    "Drag over a curve to zoom in, down to the readings; a double click goes back to the day.",
  ],
  zoomOut: ["Ver o dia inteiro", "Show the whole day"],
  moment: ["Momento", "Time"],
  curve: [
    "{title}: {count} pontos, de {low} a {high}; o último é {last}",
    "{title}: {count} points, from {low} to {high}; the last is {last}",
  ],
  sampled: [
    "Amostra: há mais leituras do que cabem na tela. Amplie para ver todas.",
    "A sample: there are more readings than can be shown. Zoom in to see all.",
  ],
  incomplete: [
    "Faltam leituras: há mais do que uma página, ou já expiraram. Amplie para ver todas as que existem.",
    "Readings are missing: there are more than a page holds, or they have expired. Zoom in to see all that exist.",
  ],
  unknownDevice: [
    "O dispositivo {code} não existe, ou não pertence aos seus clientes.",
    "Device {code} does not exist, or does not belong to your clients.",
  ],
  broken: ["Falha da página: {reason}. Recarregue-a; se persistir, avise.", "The page failed: {reason}. Reload it; report it if it persists."],
  curvesMissing: [
    "Sem curvas: falta uPlot neste servidor. scripts/run o instala onde o registro do npm é alcançável.",
    "No curves: this server does not have uPlot. scripts/run installs it where the npm registry is reachable.",
  ],
  messages: ["Últimas mensagens", "Last messages"],
  coordinates: ["Coordenadas", "Coordinates"],
  product: ["Produto", "Product"],
  none: ["Nada aqui.", "Nothing here."],
  code: ["Código", "Code"],
  name: ["Nome", "Name"],
  place: ["Local", "Place"],
  battery: ["Bateria (V)", "Battery (V)"],
  last: ["Último envio", "Last report"],
  live: ["Ao vivo", "Live"],
  polling: ["Atualizado às {time}", "Updated at {time}"],
  waiting: ["Sem conexão; nova tentativa", "Not connected; trying again"],
};

export const LANGUAGES = /** @type {const} */ (["pt-BR", "en"]);
/** @typedef {(typeof LANGUAGES)[number]} Language */

/** @type {Language} */
let language = "en";

/** @returns {Language} */
export function current() {
  return language;
}

/**
 * The language of a list that the browser prefers; English by default.
 * @param {readonly string[]} preferred
 * @returns {Language}
 */
export function chosen(preferred) {
  for (const one of preferred) {
    if (one.toLowerCase().startsWith("pt")) return "pt-BR";
    if (one.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

/**
 * A text in the current language, with values in place of {names}.
 * @param {string} key
 * @param {Record<string, string | number>} values
 */
export function text(key, values = {}) {
  const both = TEXTS[key];
  if (!both) throw new Error(`There is no text ${key}`);
  const found = both[language === "pt-BR" ? 0 : 1];
  return found.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/**
 * Use this language, and write it into the page.
 * @param {Language} one
 */
export function use(one) {
  language = one;
  document.documentElement.lang = one;
  write(document);
}

/**
 * Write the texts that elements name in data-text and data-label.
 * @param {ParentNode} root
 */
export function write(root) {
  for (const element of root.querySelectorAll("[data-text]")) {
    element.textContent = text(element.getAttribute("data-text") ?? "");
  }
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", text(element.getAttribute("data-label") ?? ""));
  }
}

/** A time in the person's own zone; an empty text for none. @param {string | null | undefined} iso */
export function time(iso) {
  return iso ? kept("time", () => new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "medium" })).format(new Date(iso)) : "";
}

/** @param {number | null | undefined} value @param {number} digits */
export function number(value, digits = 2) {
  if (value === null || value === undefined) return "";
  return kept(`number ${digits}`, () => new Intl.NumberFormat(language, { maximumFractionDigits: digits })).format(value);
}

/** The order of texts in the current language; A9 comes before A10. */
export function collator() {
  return kept("order", () => new Intl.Collator(language, { numeric: true }));
}

/** @type {Map<string, any>} what is slow to make, by language */
const made = new Map();

/** @template T @param {string} name @param {() => T} make @returns {T} */
function kept(name, make) {
  const key = `${language} ${name}`;
  if (!made.has(key)) made.set(key, make());
  return made.get(key);
}
