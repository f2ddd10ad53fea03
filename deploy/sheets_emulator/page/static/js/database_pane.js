/** The database's side: the live table, and a statement to change it with. Read only. */

/** @import { TableModel } from "./table_model.js" */
import { byId } from "./dom.js";
import { GridHand } from "./grid/grid_hand.js";
import { VirtualGrid } from "./grid/virtual_grid.js";
import { exampleStatement } from "./sql_example.js";

export class DatabasePane {
  /** @param {(key: string) => void} selectedKey a person chose a row here */
  constructor(selectedKey) {
    this.grid = new VirtualGrid(byId("database-grid"), { id: "table", label: "MySQL table, read only" });
    /** @type {TableModel | null} */
    this.model = null;
    this.linking = false;
    /** @type {string | null} the key that was linked last */
    this.linked = null;
    this.hand = new GridHand(this.grid, {
      selected: () => {
        const row = this.model?.rows[this.hand.selection.anchor.row];
        this.#showStatement();
        if (row && this.model && !this.linking) {
          selectedKey(JSON.stringify(this.model.keyColumns.map((column) => String(row[column]))));
        }
      },
    });
    byId("copy-statement").addEventListener("click", (event) => {
      void navigator.clipboard?.writeText(byId("statement").textContent ?? "");
      const text = /** @type {HTMLElement} */ (event.currentTarget).querySelector("span");
      if (!text) return;
      text.textContent = "Copied";
      setTimeout(() => (text.textContent = "Copy"), 1500);
    });
  }

  /**
   * @param {TableModel | null} model
   * @param {string} table the table's name
   */
  show(model, table) {
    this.model = model;
    byId("table-name").textContent = table;
    if (model) this.grid.show(model.source());
    this.refresh();
  }

  /** Draw again after the model changed. */
  refresh() {
    const count = this.model?.rows.length;
    byId("database-subtitle").textContent =
      count === undefined ? "" : `${count.toLocaleString("en")} rows, live; read only here`;
    this.grid.refresh();
    this.#showStatement();
  }

  /**
   * Show the row of that key, which was chosen on the other side, right beside it.
   * @param {string | null} key
   * @param {number} offset where it stands there, in pixels below the grid's top
   */
  link(key, offset) {
    const row = key === null ? undefined : this.model?.places.get(key);
    if (row === undefined) return;
    const isShown = row === this.hand.selection.anchor.row && this.grid.side(row) === 0;
    if (isShown && this.linked === key) return;
    this.linked = key;
    this.linking = true;
    this.hand.selection.moveTo({ row, column: this.hand.selection.anchor.column });
    this.grid.align(row, offset);
    this.#showStatement();
    this.linking = false;
  }

  #showStatement() {
    const { row, column } = this.hand.selection.anchor;
    const statement = this.model ? exampleStatement(this.model, row, column) : null;
    byId("statement").textContent = statement ?? "";
    byId("statement-box").hidden = statement === null;
  }
}
