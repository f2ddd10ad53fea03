/** The mapped table's rows as MySQL shows them, kept up by the rows that follow change events. */

/** @import { LiveRow, Shown, TablePage } from "./feed.js" */
/** @import { CellView, GridSource } from "./grid/source.js" */
import { keyOf } from "./row_difference.js";

/**
 * @typedef {{cells: {row: number, column: number}[], sighted: Map<string, string[]>}} Update
 *   changed cells; and for each changed row, by key, the changed columns (none: it came or went)
 */

export class TableModel {
  /** @param {TablePage} page */
  constructor(page) {
    this.page = page;
    this.rows = page.rows;
    this.columns = page.columns;
    this.keyColumns = page.key.map((name) => page.columns.findIndex((column) => column.name === name));
    /** @type {Map<string, number>} row by key */
    this.places = new Map();
    this.#index();
  }

  #index() {
    this.places = new Map(this.rows.map((row, place) => [keyOf(row, this.keyColumns) ?? "", place]));
  }

  /**
   * Take in rows as they are now.
   * @param {LiveRow[]} live
   * @returns {Update}
   */
  apply(live) {
    /** @type {Update} */
    const update = { cells: [], sighted: new Map() };
    const before = this.rows;
    const rows = new Map(before.map((row) => [keyOf(row, this.keyColumns) ?? "", row]));
    let moved = false;
    for (const { key, row } of live) {
      const id = JSON.stringify(key.map(String));
      const old = rows.get(id);
      if (row === null ? !old : old && same(old, row)) continue;
      moved ||= !old || row === null;
      if (row === null) rows.delete(id);
      else rows.set(id, row);
      update.sighted.set(id, old && row ? this.#changed(old, row) : []);
    }
    this.rows = [...rows.values()];
    if (moved) this.rows.sort((left, right) => this.#order(left, right));
    if (update.sighted.size) this.#index();
    for (const [id, names] of update.sighted) this.#collect(update, id, names);
    return update;
  }

  /**
   * Take in the whole table, read again.
   * @param {TablePage} page
   * @returns {Update | null} null where its columns changed: it must be shown as a new table
   */
  applyPage(page) {
    const names = (/** @type {TablePage} */ { columns }) => JSON.stringify(columns);
    if (names(page) !== names(this.page)) return null;
    const there = new Set(page.rows.map((row) => keyOf(row, this.keyColumns)));
    const gone = this.rows.filter((row) => !there.has(keyOf(row, this.keyColumns)));
    const live = [...gone.map((row) => ({ row, gone: true })), ...page.rows.map((row) => ({ row, gone: false }))];
    return this.apply(
      live.map((line) => ({
        key: this.keyColumns.map((column) => line.row[column]),
        row: line.gone ? null : line.row,
      })),
    );
  }

  /**
   * @param {Update} update
   * @param {string} id
   * @param {string[]} names
   */
  #collect(update, id, names) {
    const row = this.places.get(id);
    if (row === undefined) return;
    this.columns.forEach(({ name }, column) => {
      if (names.length === 0 || names.includes(name)) update.cells.push({ row, column });
    });
  }

  /**
   * @param {Shown[]} before
   * @param {Shown[]} after
   * @returns {string[]}
   */
  #changed(before, after) {
    return this.columns.flatMap(({ name }, column) =>
      before[column] === after[column] ? [] : [name],
    );
  }

  /**
   * @param {Shown[]} left
   * @param {Shown[]} right
   * @returns {number}
   */
  #order(left, right) {
    for (const column of this.keyColumns) {
      const [one, other] = [left[column], right[column]];
      if (one === other) continue;
      if (typeof one === "number" && typeof other === "number") return one - other;
      return String(one).localeCompare(String(other));
    }
    return 0;
  }

  /** @returns {GridSource} */
  source() {
    const model = this;
    return {
      get rowCount() {
        return model.rows.length;
      },
      columnCount: this.columns.length,
      frozenRows: 0,
      rowLabels: false,
      columnLabel: (column) => ({
        text: this.columns[column].name,
        detail: this.columns[column].type,
        key: this.keyColumns.includes(column),
      }),
      cell: (row, column) => view(this.rows[row]?.[column], this.columns[column].type),
    };
  }
}

const NUMERIC = new Set(["tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year"]);

/**
 * @param {Shown | undefined} value
 * @param {string} type
 * @returns {CellView}
 */
function view(value, type) {
  if (value === null || value === undefined) return { text: "NULL", kind: "null" };
  return { text: String(value), kind: NUMERIC.has(type) ? "number" : "text" };
}

/**
 * @param {Shown[]} left
 * @param {Shown[]} right
 * @returns {boolean}
 */
function same(left, right) {
  return left.length === right.length && left.every((value, place) => value === right[place]);
}
