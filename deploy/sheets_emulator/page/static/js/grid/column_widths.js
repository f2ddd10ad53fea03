/** Widths of columns, fitted to what they hold. */

/** @import { GridSource } from "./source.js" */

const NARROWEST = 64;
const WIDEST = 220;
const PADDING = 22;
const SAMPLED_ROWS = 120;

/**
 * A width for each column in pixels: wide enough for its label and for a sample of its cells.
 * @param {GridSource} source
 * @param {string} font CSS font of the labels, which begins with their weight
 * @returns {number[]}
 */
export function fittedWidths(source, font) {
  const pen = document.createElement("canvas").getContext("2d");
  if (!pen) return Array(source.columnCount).fill(NARROWEST * 2);
  const bold = font;
  const plain = font.replace(/^\d+ /, "");
  const step = Math.max(1, Math.floor(source.rowCount / SAMPLED_ROWS));
  return Array.from({ length: source.columnCount }, (_, column) => {
    const label = source.columnLabel(column);
    pen.font = bold;
    let widest = Math.max(
      pen.measureText(label.text).width + (label.key ? 16 : 0),
      pen.measureText(label.detail ?? "").width * 0.85,
    );
    pen.font = plain;
    for (let row = 0; row < source.rowCount; row += step) {
      widest = Math.max(widest, pen.measureText(source.cell(row, column).text).width);
    }
    return Math.round(Math.min(WIDEST, Math.max(NARROWEST, widest + PADDING)));
  });
}
