/** What changed between two states of a table, with rows followed by their key. */

/**
 * @typedef {{row: number, column: number}} Cell
 * @typedef {object} Difference
 * @property {Cell[]} cells cells of rows that were there before, at their new place
 * @property {number[]} added rows, at their new place
 * @property {string[]} removed keys of rows that are gone
 * @property {Map<string, number[]>} columnsByKey changed columns of each row that has a key
 */

/**
 * The identity of a row: its key cells as one text, the same for a sheet and a table.
 * @param {readonly unknown[]} row
 * @param {readonly number[]} keyColumns
 * @returns {string | null} null while a key cell is empty
 */
export function keyOf(row, keyColumns) {
  if (keyColumns.length === 0) return null;
  const parts = keyColumns.map((column) => row[column] ?? "");
  return parts.some((part) => part === "") ? null : JSON.stringify(parts.map(String));
}

/**
 * Compare a table with what it was.
 * @param {string[][]} before
 * @param {string[][]} after
 * @param {number[]} keyColumns none: rows are followed by their place
 * @param {number} [header] rows at the top that are no data
 * @returns {Difference}
 */
export function difference(before, after, keyColumns, header = 0) {
  const earlier = new Map();
  for (let row = header; row < before.length; row += 1) {
    earlier.set(identity(before[row], keyColumns, row), before[row]);
  }
  /** @type {Difference} */
  const found = { cells: [], added: [], removed: [], columnsByKey: new Map() };
  for (let row = header; row < after.length; row += 1) {
    const id = identity(after[row], keyColumns, row);
    const old = earlier.get(id);
    earlier.delete(id);
    const columns = old ? changedColumns(old, after[row]) : filledColumns(after[row]);
    if (!columns.length) continue;
    if (!old) found.added.push(row);
    else found.cells.push(...columns.map((column) => ({ row, column })));
    const key = keyOf(after[row], keyColumns);
    if (key) found.columnsByKey.set(key, columns);
  }
  for (const [id, old] of earlier) if (filledColumns(old).length) found.removed.push(id);
  return found;
}

/**
 * @param {string[]} row
 * @param {number[]} keyColumns
 * @param {number} place
 * @returns {string}
 */
function identity(row, keyColumns, place) {
  return keyOf(row, keyColumns) ?? `row ${place}`;
}

/**
 * @param {string[]} before
 * @param {string[]} after
 * @returns {number[]}
 */
function changedColumns(before, after) {
  const found = [];
  for (let column = 0; column < Math.max(before.length, after.length); column += 1) {
    if ((before[column] ?? "") !== (after[column] ?? "")) found.push(column);
  }
  return found;
}

/**
 * @param {string[]} row
 * @returns {number[]}
 */
function filledColumns(row) {
  return row.flatMap((text, column) => (text === "" ? [] : [column]));
}
