/**
 * The spreadsheet behind SpreadsheetApp's objects: reads and writes go to the emulator,
 * which answers in the Sheets API's shapes.
 *
 * Reads are kept for the execution until it writes, sleeps or waits for a lock, as Google itself
 * reads ahead and keeps what it read.
 */
const { quoted } = require('./a1.cjs');

const CELL_FIELDS =
  'sheets.data.rowData.values(userEnteredValue,effectiveValue,formattedValue,note,' +
  'effectiveFormat.numberFormat,userEnteredFormat.numberFormat)';
const META_FIELDS = 'spreadsheetId,spreadsheetUrl,properties(title,timeZone,locale),sheets.properties';

class Document {
  #bridge;
  #kept = new Map();
  #keptAt = 0;

  constructor(bridge) {
    this.#bridge = bridge;
    this.id = bridge.execution.spreadsheetId;
    this.spreadsheet = null;
  }

  properties() {
    return this.#meta().properties;
  }

  url() {
    return this.#meta().spreadsheetUrl ?? `https://docs.google.com/spreadsheets/d/${this.id}/edit`;
  }

  timeZone() {
    return this.properties().timeZone ?? 'Etc/GMT';
  }

  sheets() {
    return this.#meta().sheets.map((sheet) => ({ sheetId: 0, index: 0, ...sheet.properties }));
  }

  /** @param {string} range A1 with the tab @returns {{values?: object[]}[]} rows of CellData */
  cells(range) {
    return this.#read({ method: 'get', ranges: [range], fields: CELL_FIELDS }).sheets?.[0]?.data?.[0]?.rowData ?? [];
  }

  /** @param {string} tab @returns {unknown[][]} without trailing empty rows and cells */
  values(tab) {
    return this.#read({ method: 'values_get', range: quoted(tab) });
  }

  /** @param {object} lookup the API's DeveloperMetadataLookup @returns {object[]} entries */
  searchMetadata(lookup) {
    const found = this.#read({ method: 'metadata_search', lookup });
    return (found.matchedDeveloperMetadata ?? []).map((match) => match.developerMetadata);
  }

  writeValues(range, values) {
    this.#write({ method: 'values_update', range, values });
  }

  batchUpdate(requests) {
    return this.#write({ method: 'batch_update', requests });
  }

  forget() {
    this.#bridge.changes += 1;
  }

  #meta() {
    return this.#read({ method: 'get', ranges: [], fields: META_FIELDS });
  }

  #read(call) {
    if (this.#keptAt !== this.#bridge.changes) {
      this.#kept.clear();
      this.#keptAt = this.#bridge.changes;
    }
    const name = JSON.stringify(call);
    if (!this.#kept.has(name)) {
      this.#kept.set(name, this.#bridge.call('sheets', call));
    }
    return this.#kept.get(name);
  }

  #write(call) {
    this.forget();
    return this.#bridge.call('sheets', call);
  }
}

module.exports = { Document };
