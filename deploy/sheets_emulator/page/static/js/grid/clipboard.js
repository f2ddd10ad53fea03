/** Blocks of cells as the text that spreadsheets put on the clipboard: tabs, lines, quotes. */

/**
 * The block that copied text stands for. A quoted cell may hold tabs, line breaks and `""`.
 * @param {string} text
 * @returns {string[][]} rows of cells; rows are padded to one width
 */
export function parseBlock(text) {
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  /** @type {string[][]} */
  const rows = [[]];
  let at = 0;
  while (at <= source.length) {
    const [cell, end] = source[at] === '"' ? quotedCell(source, at) : plainCell(source, at);
    rows[rows.length - 1].push(cell);
    if (source[end] === "\n") rows.push([]);
    at = end + 1;
  }
  const width = Math.max(...rows.map((row) => row.length));
  return rows.map((row) => [...row, ...Array(width - row.length).fill("")]);
}

/**
 * @param {string} source
 * @param {number} start
 * @returns {[string, number]} the cell and where its delimiter stands
 */
function plainCell(source, start) {
  let end = start;
  while (end < source.length && source[end] !== "\t" && source[end] !== "\n") end += 1;
  return [source.slice(start, end), end];
}

/**
 * A cell in quotes; one whose quotes are not closed properly is taken as plain text.
 * @param {string} source
 * @param {number} start
 * @returns {[string, number]}
 */
function quotedCell(source, start) {
  const quoted = /"((?:[^"]|"")*)"(?=[\t\n]|$)/y;
  quoted.lastIndex = start;
  const found = quoted.exec(source);
  return found ? [found[1].replaceAll('""', '"'), quoted.lastIndex] : plainCell(source, start);
}

/**
 * The text for the clipboard.
 * @param {string[][]} rows
 * @returns {string}
 */
export function formatBlock(rows) {
  const cell = (/** @type {string} */ text) =>
    /["\t\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  return rows.map((row) => row.map(cell).join("\t")).join("\n");
}
