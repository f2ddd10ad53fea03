/** Range. https://developers.google.com/apps-script/reference/spreadsheet/range */
const { a1Of, quoted } = require('./a1.cjs');
const { formatDate } = require('./utilities.cjs');
const { cellValue } = require('./cell_values.cjs');
const metadata = require('./metadata.cjs');

class Range {
  #document;
  #sheet;
  #area;

  /** @param {object} document @param {object} sheet @param {{row, column, rows, columns}} area */
  constructor(document, sheet, area) {
    this.#document = document;
    this.#sheet = sheet;
    this.#area = area;
    if (!(area.row >= 1 && area.column >= 1)) {
      throw new Error('Exception: The starting row or column of the range is too small.');
    }
    if (!(area.rows >= 1 && area.columns >= 1)) {
      throw new Error('Exception: The number of rows or columns in the range must be at least 1.');
    }
    // Events and scripts (many read them) know the corners under these names.
    this.rowStart = area.row;
    this.rowEnd = area.row + area.rows - 1;
    this.columnStart = area.column;
    this.columnEnd = area.column + area.columns - 1;
  }

  getRow() {
    return this.rowStart;
  }

  getRowIndex() {
    return this.rowStart;
  }

  getLastRow() {
    return this.rowEnd;
  }

  getColumn() {
    return this.columnStart;
  }

  getLastColumn() {
    return this.columnEnd;
  }

  getNumRows() {
    return this.#area.rows;
  }

  getHeight() {
    return this.#area.rows;
  }

  getNumColumns() {
    return this.#area.columns;
  }

  getWidth() {
    return this.#area.columns;
  }

  getSheet() {
    return this.#sheet;
  }

  getGridId() {
    return this.#sheet.getSheetId();
  }

  getA1Notation() {
    return a1Of(this.#area);
  }

  getCell(row, column) {
    return this.offset(row - 1, column - 1, 1, 1);
  }

  offset(rows, columns, height = this.#area.rows, width = this.#area.columns) {
    const area = { row: this.rowStart + rows, column: this.columnStart + columns, rows: height, columns: width };
    return new Range(this.#document, this.#sheet, area);
  }

  getValues() {
    const zone = this.#document.timeZone();
    return this.#each((cell) => cellValue(cell, zone));
  }

  getDisplayValues() {
    return this.#each((cell) => cell.formattedValue ?? '');
  }

  getFormulas() {
    return this.#each((cell) => cell.userEnteredValue?.formulaValue ?? '');
  }

  getNotes() {
    return this.#each((cell) => cell.note ?? '');
  }

  getNumberFormats() {
    return this.#each((cell) => cell.effectiveFormat?.numberFormat?.pattern ?? 'General');
  }

  getValue() {
    return this.getValues()[0][0];
  }

  getDisplayValue() {
    return this.getDisplayValues()[0][0];
  }

  getFormula() {
    return this.getFormulas()[0][0];
  }

  getNote() {
    return this.getNotes()[0][0];
  }

  getNumberFormat() {
    return this.getNumberFormats()[0][0];
  }

  isBlank() {
    return this.getDisplayValues().flat().every((text) => text === '');
  }

  setValue(value) {
    return this.setValues(this.#filledWith(value));
  }

  setFormula(formula) {
    return this.setValue(formula);
  }

  setFormulas(formulas) {
    return this.setValues(formulas);
  }

  setValues(values) {
    if (values.length !== this.#area.rows || values.some((row) => row.length !== this.#area.columns)) {
      throw new Error(
        `Exception: The number of rows or columns in the data does not match the range. The range has ${this.#area.rows} rows and ${this.#area.columns} columns.`,
      );
    }
    const zone = this.#document.timeZone();
    const entered = values.map((row) =>
      row.map((value) => (value instanceof Date ? formatDate(value, zone, 'yyyy-MM-dd HH:mm:ss.SSS') : value ?? '')),
    );
    this.#document.writeValues(this.#qualified(), entered);
    return this;
  }

  clearContent() {
    return this.setValue('');
  }

  setNote(note) {
    return this.#repeat({ note: note ?? '' }, 'note');
  }

  clearNote() {
    return this.setNote('');
  }

  setNumberFormat(pattern) {
    const type = pattern === '@' ? 'TEXT' : 'NUMBER';
    return this.#repeat({ userEnteredFormat: { numberFormat: { type, pattern } } }, 'userEnteredFormat.numberFormat');
  }

  /** @param {unknown[]} told key, value, visibility */
  addDeveloperMetadata(...told) {
    if (this.#area.rows !== 1 || this.columnStart !== 1 || this.columnEnd < this.#sheet.grid().columns) {
      throw new Error('Exception: Adding developer metadata to arbitrary ranges is not currently supported.');
    }
    metadata.addToRow(this.#document, this.#sheet, this.rowStart, told);
    return this;
  }

  #repeat(cell, fields) {
    const range = {
      sheetId: this.#sheet.getSheetId(),
      startRowIndex: this.rowStart - 1,
      endRowIndex: this.rowEnd,
      startColumnIndex: this.columnStart - 1,
      endColumnIndex: this.columnEnd,
    };
    this.#document.batchUpdate([{ repeatCell: { range, cell, fields } }]);
    return this;
  }

  #filledWith(value) {
    return Array.from({ length: this.#area.rows }, () => Array(this.#area.columns).fill(value));
  }

  #qualified() {
    return `${quoted(this.#sheet.getName())}!${a1Of(this.#area)}`;
  }

  /** The cells as they stand, every row at full width. */
  #each(read) {
    const grid = this.#sheet.grid();
    if (this.rowEnd > grid.rows || this.columnEnd > grid.columns) {
      throw new Error('Exception: The coordinates of the range are outside the dimensions of the sheet.');
    }
    const rows = this.#document.cells(this.#qualified());
    return Array.from({ length: this.#area.rows }, (_, i) =>
      Array.from({ length: this.#area.columns }, (__, j) => read(rows[i]?.values?.[j] ?? {})),
    );
  }
}

module.exports = { Range };
