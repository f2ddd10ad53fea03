/** A button over a grid: rows changed out of view, and it brings one to them. */

/** @import { VirtualGrid } from "./grid/virtual_grid.js" */

export class Elsewhere {
  /**
   * @param {HTMLElement} button
   * @param {VirtualGrid} grid
   */
  constructor(button, grid) {
    this.button = button;
    this.grid = grid;
    this.row = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    button.addEventListener("click", () => {
      this.grid.reveal(this.row, { centre: true });
      this.button.hidden = true;
    });
  }

  /**
   * Tell of rows that changed, unless one of them is in view.
   * @param {number[]} rows
   */
  tell(rows) {
    const [row] = rows;
    if (row === undefined || this.grid.root.clientHeight === 0) return;
    if (rows.some((one) => this.grid.side(one) === 0)) return;
    this.row = row;
    const count = new Set(rows).size;
    const arrow = this.grid.side(row) < 0 ? "↑" : "↓";
    this.button.textContent = `${arrow} ${count === 1 ? "A row" : `${count} rows`} changed`;
    this.button.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.button.hidden = true), 8000);
  }
}
