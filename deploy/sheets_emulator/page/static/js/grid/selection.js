/** Which cells are selected: a block spanned by an anchor and the active cell. */

/**
 * @typedef {{row: number, column: number}} Cell
 * @typedef {{top: number, left: number, bottom: number, right: number}} Block corners, all inside
 */

export class Selection {
  constructor() {
    /** @type {Cell} where the block began; the cell that is edited */
    this.anchor = { row: 0, column: 0 };
    /** @type {Cell} where the block ends */
    this.head = { row: 0, column: 0 };
  }

  /**
   * Select one cell, or extend the block to it.
   * @param {Cell} cell
   * @param {boolean} [extend]
   */
  moveTo(cell, extend = false) {
    this.head = { ...cell };
    if (!extend) this.anchor = { ...cell };
  }

  /**
   * Select whole rows.
   * @param {number} row
   * @param {number} lastColumn
   * @param {boolean} [extend] keep the anchor's row
   */
  moveToRow(row, lastColumn, extend = false) {
    this.anchor = { row: extend ? this.anchor.row : row, column: 0 };
    this.head = { row, column: lastColumn };
  }

  /** @returns {Block} */
  get block() {
    return {
      top: Math.min(this.anchor.row, this.head.row),
      left: Math.min(this.anchor.column, this.head.column),
      bottom: Math.max(this.anchor.row, this.head.row),
      right: Math.max(this.anchor.column, this.head.column),
    };
  }

  /**
   * @param {number} row
   * @param {number} column
   * @returns {boolean}
   */
  holds(row, column) {
    const { top, left, bottom, right } = this.block;
    return row >= top && row <= bottom && column >= left && column <= right;
  }

  /** @returns {boolean} whether more than one cell is selected */
  get several() {
    return this.anchor.row !== this.head.row || this.anchor.column !== this.head.column;
  }

  /**
   * Keep the selection inside a grid that became smaller.
   * @param {number} rows
   * @param {number} columns
   */
  clamp(rows, columns) {
    for (const cell of [this.anchor, this.head]) {
      cell.row = Math.max(0, Math.min(cell.row, rows - 1));
      cell.column = Math.max(0, Math.min(cell.column, columns - 1));
    }
  }
}
