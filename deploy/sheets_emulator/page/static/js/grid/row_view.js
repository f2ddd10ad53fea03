/** One drawn row. Rows are few and are filled again with other cells while one scrolls. */

/** @import { GridSource } from "./source.js" */
import { element } from "../dom.js";

const FLASH_MS = 1800;

export class RowView {
  /**
   * @param {string} gridId prefix of the cells' ids
   * @param {GridSource} source
   */
  constructor(gridId, source) {
    this.gridId = gridId;
    this.source = source;
    this.row = -1;
    this.label = element("div", { class: "row-label", role: "rowheader" });
    this.cells = Array.from({ length: source.columnCount }, () =>
      element("div", { class: "cell", role: "gridcell" }),
    );
    /** @type {string[]} what each cell shows, to leave it alone while that stays */
    this.shown = [];
    /** @type {Animation[]} ended or not; other cells must not inherit them */
    this.flashes = [];
    this.root = element(
      "div",
      { class: "grid-row", role: "row" },
      source.rowLabels && this.label,
      ...this.cells,
    );
  }

  /**
   * Show a row; does little where the cells are as they were.
   * @param {number} row
   * @param {(row: number, column: number) => string} classesOf further classes of a cell
   */
  fill(row, classesOf) {
    if (row !== this.row) this.#turnTo(row);
    this.cells.forEach((cell, column) => {
      const view = this.source.cell(row, column);
      const classes = `cell ${view.kind}${view.note ? " noted" : ""} ${classesOf(row, column)}`;
      const shown = `${classes}\n${view.note ?? ""}\n${view.text}`;
      if (shown === this.shown[column]) return;
      this.shown[column] = shown;
      cell.className = classes;
      cell.textContent = view.text;
      cell.title = view.note ?? "";
    });
  }

  /** @param {number} row */
  #turnTo(row) {
    this.row = row;
    this.shown = [];
    this.label.textContent = String(row + 1);
    this.root.setAttribute("aria-rowindex", String(row + 2));
    this.root.dataset.row = String(row);
    this.cells.forEach((cell, column) => {
      cell.id = `${this.gridId}-${row}-${column}`;
      cell.dataset.column = String(column);
      cell.setAttribute("aria-colindex", String(column + 1));
    });
    for (const flash of this.flashes) flash.cancel();
    this.flashes = [];
  }

  /**
   * Show that a cell has just changed: it fades from the colour, or, where motion is unwanted,
   * holds it for the time.
   * @param {number} column
   * @param {string} colour
   */
  flash(column, colour) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const flash = this.cells[column]?.animate(
      { backgroundColor: [colour, still ? colour : "transparent"] },
      { duration: FLASH_MS, easing: "cubic-bezier(.5, 0, .8, .5)" },
    );
    if (flash) this.flashes.push(flash);
  }
}
