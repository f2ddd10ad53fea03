/** A1 notation: how people name cells. Rows and columns count from 0 here, from 1 in the names. */

/**
 * The letters of a column.
 * @param {number} column
 * @returns {string} `A` for 0, `AA` for 26
 */
export function columnLetters(column) {
  let letters = "";
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}

/**
 * The name of a cell.
 * @param {number} row
 * @param {number} column
 * @returns {string}
 */
export function cellName(row, column) {
  return `${columnLetters(column)}${row + 1}`;
}

/**
 * The name of a block of cells; a single cell has no colon.
 * @param {{top: number, left: number, bottom: number, right: number}} block corners, all inside
 * @returns {string}
 */
export function blockName({ top, left, bottom, right }) {
  const first = cellName(top, left);
  return top === bottom && left === right ? first : `${first}:${cellName(bottom, right)}`;
}

/**
 * The first cell that a range names: `'my tab'!B2:C9` begins at row 1, column 1. A range of whole
 * columns or rows begins at its first cell.
 * @param {string} range
 * @returns {{row: number, column: number}}
 */
export function rangeStart(range) {
  const cells = range.slice(range.lastIndexOf("!") + 1);
  const found = /^\$?([A-Za-z]*)\$?(\d*)/.exec(cells);
  const column = [...(found?.[1] ?? "").toUpperCase()].reduce(
    (sum, letter) => sum * 26 + letter.charCodeAt(0) - 64,
    0,
  );
  return { row: Math.max(0, Number(found?.[2] || 1) - 1), column: Math.max(0, column - 1) };
}

/**
 * How many rows and columns a range has; null where it is not closed on both ends.
 * @param {string} range
 * @returns {{rows: number, columns: number} | null}
 */
export function rangeSize(range) {
  const [first, last = first] = range.slice(range.lastIndexOf("!") + 1).split(":");
  const closed = /^\$?[A-Za-z]+\$?\d+$/;
  if (!closed.test(first) || !closed.test(last)) return null;
  const start = rangeStart(first);
  const end = rangeStart(last);
  return { rows: end.row - start.row + 1, columns: end.column - start.column + 1 };
}
