/** Sheet: a tab. https://developers.google.com/apps-script/reference/spreadsheet/sheet */
const { areaOf } = require('./a1.cjs');
const { Finder } = require('./metadata.cjs');
const { Range } = require('./range.cjs');

class Sheet {
  #document;
  #id;

  constructor(document, id) {
    this.#document = document;
    this.#id = id;
  }

  getSheetId() {
    return this.#id;
  }

  getName() {
    return this.#properties().title;
  }

  getSheetName() {
    return this.getName();
  }

  getIndex() {
    return this.#properties().index + 1;
  }

  getParent() {
    return this.#document.spreadsheet;
  }

  getMaxRows() {
    return this.grid().rows;
  }

  getMaxColumns() {
    return this.grid().columns;
  }

  getFrozenRows() {
    return this.#properties().gridProperties?.frozenRowCount ?? 0;
  }

  isSheetHidden() {
    return this.#properties().hidden ?? false;
  }

  /** @returns {{rows: number, columns: number}} */
  grid() {
    const { rowCount, columnCount } = this.#properties().gridProperties;
    return { rows: rowCount, columns: columnCount };
  }

  getLastRow() {
    return this.#content().length;
  }

  getLastColumn() {
    return Math.max(0, ...this.#content().map((row) => row.length));
  }

  getDataRange() {
    return this.getRange(1, 1, Math.max(1, this.getLastRow()), Math.max(1, this.getLastColumn()));
  }

  getRange(first, column, rows = 1, columns = 1) {
    const area = typeof first === 'string' ? areaOf(first, this.grid()) : { row: first, column, rows, columns };
    return new Range(this.#document, this, area);
  }

  getActiveRange() {
    return this.getRange(1, 1);
  }

  createDeveloperMetadataFinder() {
    return new Finder(this.#document, this);
  }

  appendRow(values) {
    const row = this.getLastRow() + 1;
    if (row > this.getMaxRows()) {
      this.insertRowsAfter(this.getMaxRows(), 1);
    }
    this.getRange(row, 1, 1, values.length).setValues([values]);
    return this;
  }

  insertRowsAfter(row, count) {
    return this.#insert('ROWS', row, count);
  }

  insertRowAfter(row) {
    return this.insertRowsAfter(row, 1);
  }

  insertRowsBefore(row, count) {
    return this.#insert('ROWS', row - 1, count);
  }

  insertRowBefore(row) {
    return this.insertRowsBefore(row, 1);
  }

  insertColumnsAfter(column, count) {
    return this.#insert('COLUMNS', column, count);
  }

  deleteRows(row, count) {
    return this.#delete('ROWS', row - 1, count);
  }

  deleteRow(row) {
    return this.deleteRows(row, 1);
  }

  deleteColumns(column, count) {
    return this.#delete('COLUMNS', column - 1, count);
  }

  setName(title) {
    const properties = { sheetId: this.#id, title };
    this.#document.batchUpdate([{ updateSheetProperties: { properties, fields: 'title' } }]);
    return this;
  }

  #insert(dimension, startIndex, count) {
    const range = { sheetId: this.#id, dimension, startIndex, endIndex: startIndex + count };
    this.#document.batchUpdate([{ insertDimension: { range, inheritFromBefore: startIndex > 0 } }]);
    return this;
  }

  #delete(dimension, startIndex, count) {
    const range = { sheetId: this.#id, dimension, startIndex, endIndex: startIndex + count };
    this.#document.batchUpdate([{ deleteDimension: { range } }]);
    return this;
  }

  #content() {
    return this.#document.values(this.getName());
  }

  #properties() {
    const found = this.#document.sheets().find((sheet) => sheet.sheetId === this.#id);
    if (!found) {
      throw new Error(`Exception: Sheet ${this.#id} not found`);
    }
    return found;
  }
}

module.exports = { Sheet };
