/** A tab as the grid draws it: letters above, the header row frozen, some empty rows below. */

/** @import { SheetModel } from "./sheet_model.js" */
/** @import { CellKind, GridSource } from "./grid/source.js" */
import { columnLetters } from "./a1.js";

const ROWS_BELOW = 40;
const NUMBER = /^-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?(E[+-]?\d+)?%?$/i;
const ERROR = /^#(REF|N\/A|VALUE|NAME|DIV\/0|NUM|NULL|ERROR)[!?]?$/;

/**
 * @param {SheetModel} model
 * @returns {GridSource}
 */
export function sheetSource(model) {
  return {
    get rowCount() {
      return Math.max(model.rows.length, Math.min(model.gridRows, model.rows.length + ROWS_BELOW));
    },
    columnCount: Math.max(5, ...model.rows.map((row) => row.length)) + 1,
    frozenRows: 1,
    rowLabels: true,
    columnLabel: (column) => ({ text: columnLetters(column) }),
    cell: (row, column) => {
      const text = model.rows[row]?.[column] ?? "";
      return { text, kind: kindOf(text), note: model.notes.get(`${row}:${column}`) };
    },
  };
}

/**
 * @param {string} text as the sheet shows it
 * @returns {CellKind}
 */
function kindOf(text) {
  if (text === "") return "empty";
  if (NUMBER.test(text)) return "number";
  if (text === "TRUE" || text === "FALSE") return "boolean";
  return ERROR.test(text) ? "error" : "text";
}
