/** A person's hand on a grid: keys, pointer and clipboard, turned into selections and edits. */

/** @import { Cell } from "./selection.js" */
/** @import { Intent } from "./keyboard.js" */
/** @import { VirtualGrid } from "./virtual_grid.js" */
import { cellName } from "../a1.js";
import { CellEditor } from "./cell_editor.js";
import { formatBlock, parseBlock } from "./clipboard.js";
import { intentOf } from "./keyboard.js";
import { Selection } from "./selection.js";

/**
 * @typedef {"type" | "paste" | "clear"} Manner
 *
 * @typedef {object} HandCalls
 * @property {() => void} selected
 * @property {(at: Cell, block: string[][], manner: Manner) => void} [write] absent where the grid is read only
 * @property {(cell: Cell) => Promise<string> | string} [content] what is edited: a formula's text
 * @property {(text: string) => void} [typed] while a cell is being edited
 * @property {(x: number, y: number) => void} [menu]
 */

export class GridHand {
  /**
   * @param {VirtualGrid} grid
   * @param {HandCalls} calls
   */
  constructor(grid, calls) {
    this.grid = grid;
    this.calls = calls;
    this.selection = new Selection();
    this.dragging = false;
    grid.classesOf = (row, column) => this.#classes(row, column);
    this.editor = new CellEditor(grid.canvas, {
      commit: (cell, text) => calls.write?.(cell, [[text]], "type"),
      leave: (rows, columns) => {
        grid.root.focus({ preventScroll: true });
        this.#step(rows, columns, false);
      },
      typed: (text) => calls.typed?.(text),
    });
    this.#listen();
  }

  #listen() {
    const { root } = this.grid;
    root.tabIndex = 0;
    root.addEventListener("keydown", (event) => this.#key(event));
    root.addEventListener("pointerdown", (event) => this.#down(event));
    root.addEventListener("pointermove", (event) => this.#drag(event));
    window.addEventListener("pointerup", () => (this.dragging = false));
    root.addEventListener("dblclick", (event) => {
      if (this.grid.cellAt(event.target)) this.edit(null);
    });
    root.addEventListener("contextmenu", (event) => this.#menu(event));
    root.addEventListener("copy", (event) => this.#copy(event));
    root.addEventListener("cut", (event) => {
      if (this.#copy(event)) this.clear();
    });
    root.addEventListener("paste", (event) => this.#paste(event));
  }

  /**
   * @param {number} row
   * @param {number} column
   * @returns {string}
   */
  #classes(row, column) {
    const { anchor, several } = this.selection;
    if (row === anchor.row && column === anchor.column) return "active";
    if (several && this.selection.holds(row, column)) return "selected";
    return row === anchor.row ? "beside" : "";
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.target !== this.grid.root) return;
    const intent = intentOf(event);
    if (!intent || (!this.calls.write && ["edit", "clear"].includes(intent.kind))) return;
    event.preventDefault();
    this.#act(intent);
  }

  /** @param {Intent} intent */
  #act(intent) {
    switch (intent.kind) {
      case "move":
        return this.#step(intent.rows, intent.columns, intent.extend);
      case "page":
        return this.#step(intent.direction * this.#pageRows(), 0, intent.extend);
      case "edge":
        return this.#toEdge(intent.row, intent.column, intent.extend);
      case "edit":
        return void this.edit(intent.text);
      case "clear":
        return this.clear();
      case "selectAll":
        return this.#selectAll();
      case "menu":
        return this.#menuAtCell();
    }
  }

  /** @returns {number} */
  #pageRows() {
    return Math.max(1, Math.floor(this.grid.root.clientHeight / this.grid.rowHeight) - 2);
  }

  /**
   * @param {number} rows
   * @param {number} columns
   * @param {boolean} extend
   */
  #step(rows, columns, extend) {
    const { row, column } = this.selection.head;
    this.select({ row: row + rows, column: column + columns }, extend);
  }

  /**
   * @param {-1 | 0 | 1} row
   * @param {-1 | 0 | 1} column
   * @param {boolean} extend
   */
  #toEdge(row, column, extend) {
    const { head } = this.selection;
    const edge = (/** @type {number} */ which, /** @type {number} */ here, /** @type {number} */ count) =>
      which === 0 ? here : which < 0 ? 0 : count - 1;
    const { rowCount, columnCount } = this.grid.source;
    this.select(
      { row: edge(row, head.row, rowCount), column: edge(column, head.column, columnCount) },
      extend,
    );
  }

  #selectAll() {
    const { rowCount, columnCount } = this.grid.source;
    this.selection.moveTo({ row: 0, column: 0 });
    this.selection.moveTo({ row: rowCount - 1, column: columnCount - 1 }, true);
    this.#selected();
  }

  /**
   * Select a cell and bring it into view.
   * @param {Cell} cell
   * @param {boolean} [extend]
   */
  select(cell, extend = false) {
    this.selection.moveTo(cell, extend);
    this.selection.clamp(this.grid.source.rowCount, this.grid.source.columnCount);
    this.grid.reveal(this.selection.head.row, { column: this.selection.head.column });
    this.#selected();
  }

  #selected() {
    const { row, column } = this.selection.anchor;
    this.grid.root.setAttribute("aria-activedescendant", `${this.grid.id}-${row}-${column}`);
    this.grid.draw();
    this.calls.selected();
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const cell = this.grid.cellAt(event.target);
    if (!cell || event.button > 0) return;
    if (event.pointerType === "mouse") this.dragging = true;
    if (cell.column < 0) {
      this.selection.moveToRow(cell.row, this.grid.source.columnCount - 1, event.shiftKey);
    } else {
      this.selection.moveTo(cell, event.shiftKey);
    }
    this.#selected();
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    if (!this.dragging || event.buttons !== 1) return;
    const cell = this.grid.cellAt(document.elementFromPoint(event.clientX, event.clientY));
    const { head } = this.selection;
    if (!cell || cell.column < 0 || (cell.row === head.row && cell.column === head.column)) return;
    this.selection.moveTo(cell, true);
    this.#selected();
  }

  /** @param {MouseEvent} event */
  #menu(event) {
    const cell = this.grid.cellAt(event.target);
    if (!cell || !this.calls.menu) return;
    event.preventDefault();
    if (!this.selection.holds(cell.row, Math.max(0, cell.column))) {
      this.select({ row: cell.row, column: Math.max(0, cell.column) });
    }
    this.calls.menu(event.clientX, event.clientY);
  }

  #menuAtCell() {
    const box = this.grid.view(this.selection.anchor.row)?.cells[this.selection.anchor.column];
    const corner = box?.getBoundingClientRect();
    if (corner) this.calls.menu?.(corner.left, corner.bottom);
  }

  /**
   * Edit the active cell.
   * @param {string | null} typed the character that began it, or null to edit what is there
   */
  async edit(typed) {
    const { calls, grid } = this;
    if (!calls.write) return;
    const cell = { ...this.selection.anchor };
    const held = grid.source.cell(cell.row, cell.column).text;
    const content = typed === null && calls.content ? await calls.content(cell) : held;
    grid.reveal(cell.row, { column: cell.column });
    this.selection.moveTo(cell);
    const label = `Content of ${cellName(cell.row, cell.column)}`;
    this.editor.open(cell, grid.place(cell), content, typed, label);
  }

  /** Empty the selected cells. */
  clear() {
    const { top, left, bottom, right } = this.selection.block;
    const row = () => Array(right - left + 1).fill("");
    this.calls.write?.(
      { row: top, column: left },
      Array.from({ length: bottom - top + 1 }, row),
      "clear",
    );
  }

  /**
   * @param {ClipboardEvent} event
   * @returns {boolean} whether the copy was ours
   */
  #copy(event) {
    if (event.target !== this.grid.root || !event.clipboardData) return false;
    event.preventDefault();
    event.clipboardData.setData("text/plain", formatBlock(this.selectedTexts()));
    return true;
  }

  /** @returns {string[][]} what the selected cells show */
  selectedTexts() {
    const { top, left, bottom, right } = this.selection.block;
    return Array.from({ length: bottom - top + 1 }, (_, row) =>
      Array.from(
        { length: right - left + 1 },
        (__, column) => this.grid.source.cell(top + row, left + column).text,
      ),
    );
  }

  /** @param {ClipboardEvent} event */
  #paste(event) {
    if (event.target !== this.grid.root || !event.clipboardData || !this.calls.write) return;
    event.preventDefault();
    const { top, left, bottom, right } = this.selection.block;
    let block = parseBlock(event.clipboardData.getData("text/plain"));
    if (block.length === 1 && block[0].length === 1) {
      block = Array.from({ length: bottom - top + 1 }, () => Array(right - left + 1).fill(block[0][0]));
    }
    this.calls.write({ row: top, column: left }, block, "paste");
    this.selection.moveTo({ row: top, column: left });
    this.selection.moveTo({ row: top + block.length - 1, column: left + block[0].length - 1 }, true);
    this.selection.clamp(this.grid.source.rowCount, this.grid.source.columnCount);
    this.#selected();
  }
}
