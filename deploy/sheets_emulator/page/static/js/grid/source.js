/**
 * What a grid shows. The grid asks for the cells in view whenever it draws them.
 *
 * @typedef {"text" | "number" | "boolean" | "null" | "empty" | "error"} CellKind
 * @typedef {{text: string, kind: CellKind, note?: string}} CellView
 *   `note` is a remark of the other side, such as why an edit was refused
 *
 * @typedef {object} GridSource
 * @property {number} rowCount frozen rows included
 * @property {number} columnCount
 * @property {0 | 1} frozenRows rows at the top that do not scroll
 * @property {boolean} rowLabels whether a label stands before each row
 * @property {(column: number) => {text: string, detail?: string, key?: boolean}} columnLabel
 * @property {(row: number, column: number) => CellView} cell
 */

/** @type {GridSource} */
export const NOTHING = {
  rowCount: 0,
  columnCount: 0,
  frozenRows: 0,
  rowLabels: false,
  columnLabel: () => ({ text: "" }),
  cell: () => ({ text: "", kind: "empty" }),
};
