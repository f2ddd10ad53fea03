/**
 * The spreadsheet behind SpreadsheetApp's objects: reads and writes through the Sheets API.
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
    return this.#read(`?ranges=${encodeURIComponent(range)}&fields=${encodeURIComponent(CELL_FIELDS)}`)
      .sheets?.[0]?.data?.[0]?.rowData ?? [];
  }

  /** @param {string} tab @returns {unknown[][]} without trailing empty rows and cells */
  values(tab) {
    const path = `/values/${encodeURIComponent(quoted(tab))}?valueRenderOption=UNFORMATTED_VALUE`;
    return this.#read(path).values ?? [];
  }

  writeValues(range, values) {
    const path = `/values/${encodeURIComponent(range)}?valueInputOption=USER_ENTERED`;
    this.#write('PUT', path, { range, values });
  }

  batchUpdate(requests) {
    return this.#write('POST', ':batchUpdate', { requests });
  }

  forget() {
    this.#bridge.changes += 1;
  }

  #meta() {
    return this.#read(`?fields=${encodeURIComponent(META_FIELDS)}`);
  }

  #read(path) {
    if (this.#keptAt !== this.#bridge.changes) {
      this.#kept.clear();
      this.#keptAt = this.#bridge.changes;
    }
    if (!this.#kept.has(path)) {
      this.#kept.set(path, this.#call('GET', path));
    }
    return this.#kept.get(path);
  }

  #write(method, path, body) {
    this.forget();
    return this.#call(method, path, body);
  }

  #call(method, path, body) {
    return this.#bridge.call('sheets', { method, path: `/spreadsheets/${this.id}${path}`, body });
  }
}

module.exports = { Document };
