/** Change events in words: which row, which cells, from what to what. */

/** @import { CellChange } from "./journeys.js" */
import { element } from "./dom.js";

const LISTED = 4;

/**
 * A row's key, short.
 * @param {string} key as `keyOf` makes it
 * @returns {string}
 */
export function keyText(key) {
  try {
    return JSON.parse(key).join(" · ");
  } catch {
    return key;
  }
}

/**
 * A value as a short piece of text; NULL and the empty text can be told apart.
 * @param {unknown} value
 * @param {"s" | "b"} tag for a value that is past, or that is now
 * @returns {HTMLElement}
 */
function valuePiece(value, tag) {
  if (value === null || value === undefined) return element("i", { class: "no-value" }, "NULL");
  if (value === "") return element("i", { class: "no-value" }, "empty");
  return element(tag, {}, String(value));
}

/**
 * The changed cells: `year 2004 → 2005`.
 * @param {CellChange[]} cells
 * @returns {HTMLElement}
 */
export function cellsPiece(cells) {
  const pieces = cells.slice(0, LISTED).map((cell) =>
    element(
      "span",
      { class: "cell-change" },
      element("span", { class: "column-name" }, cell.column),
      " ",
      "old" in cell && valuePiece(cell.old, "s"),
      "old" in cell && element("span", { class: "becomes", "aria-label": "becomes" }, " → "),
      "new" in cell && valuePiece(cell.new, "b"),
    ),
  );
  const more = cells.length - LISTED;
  return element(
    "span",
    { class: "cell-changes" },
    ...pieces,
    more > 0 ? element("span", { class: "more" }, `+${more} more`) : null,
  );
}
