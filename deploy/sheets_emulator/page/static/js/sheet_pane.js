/** The sheet's side: tool bar, formula bar, grid and tabs, and what a person does there. */

/** @import { Tab } from "./emulator.js" */
/** @import { SheetModel } from "./sheet_model.js" */
import { blockName, cellName } from "./a1.js";
import { byId, element, refill } from "./dom.js";
import { GridHand } from "./grid/grid_hand.js";
import { VirtualGrid } from "./grid/virtual_grid.js";
import { RowMenu } from "./row_menu.js";
import { sheetSource } from "./sheet_source.js";

/**
 * @typedef {object} SheetCalls
 * @property {(at: {row: number, column: number}, block: string[][],
 *   manner: import("./grid/grid_hand.js").Manner) => void} write
 * @property {(start: number, count: number) => void} insertRows rows from 0
 * @property {(start: number, count: number) => void} deleteRows
 * @property {(column: number, ascending: boolean) => void} sort
 * @property {() => void} selectedRow
 * @property {(tab: string) => void} openTab
 */

export class SheetPane {
  /**
   * @param {SheetModel} model
   * @param {SheetCalls} calls
   */
  constructor(model, calls) {
    this.model = model;
    this.calls = calls;
    this.grid = new VirtualGrid(byId("sheet-grid"), { id: "sheet", label: "Google Sheet" });
    this.menu = new RowMenu(this.grid.root);
    this.formula = /** @type {HTMLInputElement} */ (byId("formula"));
    this.hand = new GridHand(this.grid, {
      selected: () => this.#selected(),
      write: (at, block, manner) => calls.write(at, block, manner),
      content: (cell) => this.#content(cell),
      typed: (text) => (this.formula.value = text),
      menu: (x, y) => this.menu.open(x, y, this.#menuItems()),
    });
    this.#listen();
  }

  #listen() {
    byId("insert-row").addEventListener("click", () => this.#insert(1));
    byId("delete-rows").addEventListener("click", () => this.#delete());
    byId("sort-up").addEventListener("click", () => this.#sort(true));
    byId("sort-down").addEventListener("click", () => this.#sort(false));
    this.formula.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.#takeFormula();
      else if (event.key === "Escape") this.#showContent();
      else return;
      event.preventDefault();
      this.grid.root.focus({ preventScroll: true });
    });
    this.formula.addEventListener("blur", () => this.#takeFormula());
  }

  /** Draw a tab that was just read. */
  show() {
    this.grid.show(sheetSource(this.model));
    this.hand.selection.moveTo({ row: Math.min(1, this.model.rows.length), column: 0 });
    this.grid.refresh();
    this.#selected();
  }

  /** Draw again after the model changed; new columns show only when they are used. */
  refresh() {
    const used = Math.max(0, ...this.model.rows.map((row) => row.length));
    if (used >= this.grid.source.columnCount) this.grid.show(sheetSource(this.model));
    this.hand.selection.clamp(this.grid.source.rowCount, this.grid.source.columnCount);
    this.grid.refresh();
    this.#buttons();
    this.calls.selectedRow();
    if (document.activeElement !== this.formula && !this.hand.editor.cell) this.#showContent();
  }

  /**
   * @param {Tab[]} tabs
   * @param {Set<string>} mapped titles of tabs that are kept in step
   */
  showTabs(tabs, mapped) {
    const buttons = tabs
      .filter(({ hidden }) => !hidden)
      .map(({ title }) => {
        const button = element(
          "button",
          {
            type: "button",
            role: "tab",
            class: "sheet-tab",
            "aria-selected": String(title === this.model.tab),
            title: mapped.has(title) ? "Kept in step with a table" : "Not mapped to a table",
          },
          mapped.has(title) ? element("span", { class: "in-step", "aria-hidden": "true" }) : null,
          title,
        );
        button.addEventListener("click", () => this.calls.openTab(title));
        return button;
      });
    refill(byId("sheet-tabs"), ...buttons);
  }

  #selected() {
    const { anchor, block } = this.hand.selection;
    byId("cell-name").textContent = this.hand.selection.several
      ? blockName(block)
      : cellName(anchor.row, anchor.column);
    this.formula.value = this.grid.source.cell(anchor.row, anchor.column).text;
    this.#buttons();
    this.calls.selectedRow();
  }

  #buttons() {
    const { top, bottom } = this.hand.selection.block;
    const count = bottom - top + 1;
    const button = /** @type {HTMLButtonElement} */ (byId("delete-rows"));
    button.disabled = top === 0 || this.model.rows.length <= top;
    byId("delete-rows-text").textContent = count > 1 ? `Delete ${count} rows` : "Delete row";
    const header = this.model.headers[this.hand.selection.anchor.column];
    byId("sort-up").title = `Sort the rows by ${header ?? "this column"}, ascending`;
    byId("sort-down").title = `Sort the rows by ${header ?? "this column"}, descending`;
  }

  /**
   * @param {{row: number, column: number}} cell
   * @returns {Promise<string>} what is edited there
   */
  async #content({ row, column }) {
    const shown = this.grid.source.cell(row, column).text;
    const name = cellName(row, column);
    return this.model.spreadsheet.content(this.model.tab, name).catch(() => shown);
  }

  #showContent() {
    const { anchor } = this.hand.selection;
    this.formula.value = this.grid.source.cell(anchor.row, anchor.column).text;
  }

  #takeFormula() {
    const { anchor } = this.hand.selection;
    const held = this.grid.source.cell(anchor.row, anchor.column).text;
    if (this.formula.value !== held) this.calls.write({ ...anchor }, [[this.formula.value]], "type");
  }

  /** @param {0 | 1} below */
  #insert(below) {
    const { top, bottom } = this.hand.selection.block;
    const count = bottom - top + 1;
    const start = Math.max(1, below ? bottom + 1 : top);
    this.calls.insertRows(start, count);
    this.hand.select({ row: start, column: 0 });
    this.grid.root.focus({ preventScroll: true });
  }

  #delete() {
    const { top, bottom } = this.hand.selection.block;
    if (top > 0) this.calls.deleteRows(top, bottom - top + 1);
    this.hand.select({ row: top, column: this.hand.selection.anchor.column });
    this.grid.root.focus({ preventScroll: true });
  }

  /** @param {boolean} ascending */
  #sort(ascending) {
    this.calls.sort(this.hand.selection.anchor.column, ascending);
    this.grid.root.focus({ preventScroll: true });
  }

  /** @returns {import("./row_menu.js").MenuItem[]} */
  #menuItems() {
    const { top, bottom } = this.hand.selection.block;
    const rows = bottom > top ? `${bottom - top + 1} rows` : "row";
    const items = [
      { label: `Insert ${rows} above`, run: () => this.#insert(0) },
      { label: `Insert ${rows} below`, run: () => this.#insert(1) },
      { label: "Clear cells", run: () => this.hand.clear() },
      { label: "Sort rows A → Z by this column", run: () => this.#sort(true) },
      { label: "Sort rows Z → A by this column", run: () => this.#sort(false) },
    ];
    return top > 0
      ? [...items, { label: `Delete ${rows}`, run: () => this.#delete(), danger: true }]
      : items;
  }
}
