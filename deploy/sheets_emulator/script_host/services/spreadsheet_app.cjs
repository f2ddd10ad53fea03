/** SpreadsheetApp and Spreadsheet. https://developers.google.com/apps-script/reference/spreadsheet */
const { Document } = require('./document.cjs');
const { LocationType, Visibility } = require('./metadata.cjs');
const { Sheet } = require('./sheet.cjs');
const { makeUi } = require('./ui.cjs');

class Spreadsheet {
  #bridge;
  #document;
  #activeId = null;

  constructor(bridge) {
    this.#bridge = bridge;
    this.#document = new Document(bridge);
    this.#document.spreadsheet = this;
  }

  getId() {
    return this.#document.id;
  }

  getName() {
    return this.#document.properties().title;
  }

  getUrl() {
    return this.#document.url();
  }

  getSpreadsheetTimeZone() {
    return this.#document.timeZone();
  }

  getSpreadsheetLocale() {
    return this.#document.properties().locale ?? 'en_US';
  }

  getSheets() {
    return this.#document.sheets().map((sheet) => new Sheet(this.#document, sheet.sheetId));
  }

  getNumSheets() {
    return this.getSheets().length;
  }

  getSheetByName(name) {
    const wanted = name.toLowerCase();
    return this.getSheets().find((sheet) => sheet.getName().toLowerCase() === wanted) ?? null;
  }

  getSheetById(id) {
    return this.getSheets().find((sheet) => sheet.getSheetId() === id) ?? null;
  }

  getActiveSheet() {
    return (this.#activeId === null ? null : this.getSheetById(this.#activeId)) ?? this.getSheets()[0];
  }

  setActiveSheet(sheet) {
    this.#activeId = sheet.getSheetId();
    return sheet;
  }

  /** The tab before the person whose gesture runs the script. */
  activate(sheetId) {
    this.#activeId = sheetId;
  }

  getRange(text) {
    const at = text.lastIndexOf('!');
    const sheet = at < 0 ? this.getActiveSheet() : this.getSheetByName(text.slice(0, at).replace(/^'|'$/g, '').replace(/''/g, "'"));
    if (!sheet) {
      throw new Error(`Exception: Range not found: ${text}`);
    }
    return sheet.getRange(text.slice(at + 1));
  }

  insertSheet(title) {
    this.#document.batchUpdate([{ addSheet: { properties: { title } } }]);
    return this.getSheetByName(title);
  }

  deleteSheet(sheet) {
    this.#document.batchUpdate([{ deleteSheet: { sheetId: sheet.getSheetId() } }]);
  }

  toast(message, title = '', seconds = 5) {
    this.#bridge.record.toasts.push({ message, title, seconds });
  }

  forget() {
    this.#document.forget();
  }
}

/** @param {import('./bridge.cjs').Bridge} bridge */
function makeSpreadsheetApp(bridge) {
  const spreadsheet = new Spreadsheet(bridge);
  const open = () => {
    bridge.requireScope('spreadsheets.currentonly', 'spreadsheets');
    return spreadsheet;
  };
  const refuse = (id) => {
    if (id === spreadsheet.getId()) {
      bridge.requireScope('spreadsheets');
      return spreadsheet;
    }
    throw new Error('Exception: You do not have permission to call SpreadsheetApp.openById.');
  };
  return {
    open,
    activate: (sheetId) => spreadsheet.activate(sheetId),
    rangeOf({ sheetId, row, column, rows, columns }) {
      spreadsheet.activate(sheetId);
      return spreadsheet.getSheetById(sheetId).getRange(row, column, rows, columns);
    },
    service: {
      DeveloperMetadataLocationType: LocationType,
      DeveloperMetadataVisibility: Visibility,
      getActive: open,
      getActiveSpreadsheet: open,
      getActiveSheet: () => open().getActiveSheet(),
      openById: refuse,
      openByUrl: (url) => refuse(/\/d\/([^/]+)/.exec(url)?.[1]),
      flush: () => spreadsheet.forget(),
      getUi() {
        if (bridge.execution.answers === null) {
          throw new Error('Exception: Cannot call SpreadsheetApp.getUi() from this context.');
        }
        return makeUiOnce(bridge);
      },
    },
  };
}

/** One Ui an execution, so that answers are used up in order. */
function makeUiOnce(bridge) {
  bridge.ui ??= makeUi(bridge);
  return bridge.ui;
}

module.exports = { makeSpreadsheetApp };
