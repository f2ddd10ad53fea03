/** What a key means in a grid. Pure, so that it can be tested without a browser. */

/**
 * @typedef {{key: string, shiftKey: boolean, ctrlKey: boolean, metaKey: boolean,
 *   altKey: boolean, isComposing?: boolean}} Key
 * @typedef {{kind: "move", rows: number, columns: number, extend: boolean}
 *   | {kind: "edge", row: -1 | 0 | 1, column: -1 | 0 | 1, extend: boolean}
 *   | {kind: "page", direction: -1 | 1, extend: boolean}
 *   | {kind: "edit", text: string | null}
 *   | {kind: "clear"} | {kind: "selectAll"} | {kind: "menu"}} Intent
 *   `edge` goes to the first (-1) or last (1) row or column and leaves the other (0) alone;
 *   `edit` begins with that text, or with what the cell holds where it is null
 */

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/**
 * The intent behind a key pressed while no cell is being edited.
 * @param {Key} pressed
 * @returns {Intent | null} null where the key is the browser's
 */
export function intentOf(pressed) {
  const { key, shiftKey: extend, altKey } = pressed;
  const command = pressed.ctrlKey || pressed.metaKey;
  if (pressed.isComposing || altKey) return null;
  if (key in ARROWS) return arrow(ARROWS[key], command, extend);
  if (command) return withCommand(key, extend);
  switch (key) {
    case "Home":
      return { kind: "edge", row: 0, column: -1, extend };
    case "End":
      return { kind: "edge", row: 0, column: 1, extend };
    case "PageUp":
      return { kind: "page", direction: -1, extend };
    case "PageDown":
      return { kind: "page", direction: 1, extend };
    case "Enter":
    case "F2":
      return { kind: "edit", text: null };
    case "Delete":
    case "Backspace":
      return { kind: "clear" };
    case "ContextMenu":
      return { kind: "menu" };
    case "F10":
      return extend ? { kind: "menu" } : null;
    default:
      return [...key].length === 1 ? { kind: "edit", text: key } : null;
  }
}

/**
 * @param {[number, number]} step
 * @param {boolean} command
 * @param {boolean} extend
 * @returns {Intent}
 */
function arrow([rows, columns], command, extend) {
  if (!command) return { kind: "move", rows, columns, extend };
  return {
    kind: "edge",
    row: /** @type {-1 | 0 | 1} */ (rows),
    column: /** @type {-1 | 0 | 1} */ (columns),
    extend,
  };
}

/**
 * @param {string} key
 * @param {boolean} extend
 * @returns {Intent | null}
 */
function withCommand(key, extend) {
  if (key === "Home") return { kind: "edge", row: -1, column: -1, extend };
  if (key === "End") return { kind: "edge", row: 1, column: 1, extend };
  return key.toLowerCase() === "a" ? { kind: "selectAll" } : null;
}
