/** A1 notation. */

/** @param {number} column from 1 @returns {string} */
function columnName(column) {
  let name = '';
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  }
  return name;
}

/** @param {string} name @returns {number} from 1 */
function columnNumber(name) {
  return [...name.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
}

/**
 * @param {{row: number, column: number, rows: number, columns: number}} area
 * @returns {string} such as B2:C5, or B2 for a single cell
 */
function a1Of({ row, column, rows, columns }) {
  const first = columnName(column) + row;
  return rows === 1 && columns === 1 ? first : `${first}:${columnName(column + columns - 1)}${row + rows - 1}`;
}

/**
 * @param {string} text without a tab name: B2, B2:C5, B:C, 2:5
 * @param {{rows: number, columns: number}} grid bounds of open ends
 */
function areaOf(text, grid) {
  const match = /^\$?([A-Za-z]*)\$?(\d*)(?::\$?([A-Za-z]*)\$?(\d*))?$/.exec(text);
  if (!match || text === '') {
    throw new Error(`Exception: Range not found: ${text}`);
  }
  const [, leftName, topName, rightName = leftName, bottomName = topName] = match;
  const left = leftName ? columnNumber(leftName) : 1;
  const top = topName ? Number(topName) : 1;
  const right = rightName ? columnNumber(rightName) : grid.columns;
  const bottom = bottomName ? Number(bottomName) : grid.rows;
  return { row: top, column: left, rows: bottom - top + 1, columns: right - left + 1 };
}

/** @param {string} name @returns {string} the tab's name as a range begins with it */
function quoted(name) {
  return `'${name.replace(/'/g, "''")}'`;
}

module.exports = { a1Of, areaOf, columnName, quoted };
