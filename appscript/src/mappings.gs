/**
 * Which tabs are mapped, their key and mapped headers, and how large a request may be: asked from
 * the webhook, kept in the document's properties, asked again by the heartbeat and when a post
 * meets "unknown mapping".
 *
 * @typedef {{name: string, tab: string, key: string[], columns: string[] | '*'}} Mapping
 * @typedef {{mappings: Mapping[], max_body: number}} Told
 */

const MAPPINGS_PREFIX_ = 'mappings/';

/**
 * The mappings last heard of; asks the webhook where none are kept.
 *
 * @param {Store} store
 * @param {Installation} installation
 * @returns {Mapping[]}
 */
function mappings_(store, installation) {
  const told = told_(store);
  return told ? told.mappings : refreshMappings_(store, installation).mappings || [];
}

/**
 * @param {Store} store
 * @returns {number} bytes that a request may have
 */
function bodyLimit_(store) {
  const told = told_(store);
  return Math.min(BATCH_BYTES_, (told && told.max_body) || BATCH_BYTES_);
}

/**
 * @param {Store} store
 * @returns {Told | null}
 */
function told_(store) {
  let text = '';
  for (let i = 0; store[MAPPINGS_PREFIX_ + i] !== undefined; i += 1) {
    text += store[MAPPINGS_PREFIX_ + i];
  }
  return parsedOrNull_(text);
}

/**
 * Asks the webhook and keeps what it says; without an answer the kept list stays.
 *
 * @param {Store} store
 * @param {Installation} installation
 * @returns {{mappings: Mapping[] | null, answer: Answer}}
 */
function refreshMappings_(store, installation) {
  const body = JSON.stringify({ version: 1, spreadsheet_id: installation.spreadsheetId });
  const answer = callWebhook_(installation, MAPPINGS_PATH_, body);
  if (answer.fate !== 'accepted' || !Array.isArray(answer.json.mappings)) {
    return { mappings: null, answer: answer };
  }
  noteTold_(store, { mappings: answer.json.mappings, max_body: answer.json.max_body });
  return { mappings: answer.json.mappings, answer: answer };
}

/**
 * @param {Store} store
 * @param {Told} told
 */
function noteTold_(store, told) {
  const text = JSON.stringify(told);
  if (text === JSON.stringify(told_(store))) {
    return; // property writes are counted by the day
  }
  const properties = PropertiesService.getDocumentProperties();
  const pieces = piecesOf_(text, PROPERTY_VALUE_BYTES_);
  /** @type {Store} */
  const wanted = {};
  pieces.forEach((piece, i) => {
    wanted[MAPPINGS_PREFIX_ + i] = piece;
  });
  for (const name of Object.keys(store)) {
    if (name.startsWith(MAPPINGS_PREFIX_) && wanted[name] === undefined) {
      properties.deleteProperty(name);
      delete store[name];
    }
  }
  properties.setProperties(wanted);
  Object.assign(store, wanted);
}

/**
 * @param {Mapping[]} mappings
 * @param {string} tab
 * @returns {Mapping | null} tab names match whatever their case, as Sheets itself has it
 */
function mappingOfTab_(mappings, tab) {
  const wanted = tab.toLowerCase();
  return mappings.find((mapping) => mapping.tab.toLowerCase() === wanted) || null;
}

/**
 * Where a mapping's headers stand.
 *
 * @typedef {{header: string, column: number, isKey: boolean}} MappedColumn  column counts from 1
 *
 * @param {Mapping} mapping
 * @param {unknown[]} headers content of the header row, from column 1
 * @returns {{columns: MappedColumn[], missing: string[]}} in sheet order; missing key headers
 */
function layout_(mapping, headers) {
  /** @type {MappedColumn[]} */
  const columns = [];
  const seen = new Set();
  headers.forEach((content, i) => {
    const header = String(content === null || content === undefined ? '' : content).trim();
    const isKey = mapping.key.includes(header);
    const mapped = mapping.columns === '*' || mapping.columns.includes(header) || isKey;
    if (header !== '' && mapped && !seen.has(header)) {
      seen.add(header);
      columns.push({ header: header, column: i + 1, isKey: isKey });
    }
  });
  return { columns: columns, missing: mapping.key.filter((header) => !seen.has(header)) };
}
