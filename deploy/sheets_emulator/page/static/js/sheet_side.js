/** The sheet's side at work: a person's acts go out, changes come in. */

/** @import { Desk } from "./desk.js" */
/** @import { EmulatedSpreadsheet, Tab } from "./emulator.js" */
/** @import { MappingView } from "./mapping_view.js" */
/** @import { Difference } from "./row_difference.js" */
/** @import { Actor } from "./sheet_model.js" */
/** @import { CellChange, Journey, State } from "./journeys.js" */
import { flashColour } from "./colours.js";
import { setCover } from "./cover.js";
import { byId } from "./dom.js";
import { Elsewhere } from "./elsewhere.js";
import { keyOf } from "./row_difference.js";
import { SheetModel } from "./sheet_model.js";
import { SheetPane } from "./sheet_pane.js";
import { alike } from "./values_alike.js";
import { now } from "./time_text.js";

const AGAIN = 3000;

export class SheetSide {
  /**
   * @param {EmulatedSpreadsheet} spreadsheet
   * @param {Desk} desk
   * @param {object} calls
   * @param {(tab: string) => Promise<void>} calls.openTab
   * @param {(key: string | null, offset: number) => void} calls.selectedKey
   */
  constructor(spreadsheet, desk, calls) {
    this.spreadsheet = spreadsheet;
    this.desk = desk;
    this.calls = calls;
    /** @type {MappingView | null} */
    this.mapping = null;
    this.cover = byId("sheet-cover");
    this.model = new SheetModel(spreadsheet, (actors, changed) => this.#updated(actors, changed));
    this.pane = new SheetPane(this.model, {
      write: (at, block, manner) => this.#write(at, block, manner),
      insertRows: (start, count) => {
        this.#do(this.model.insertRows(start, count));
        this.pane.refresh();
      },
      deleteRows: (start, count) => this.#delete(start, count),
      sort: (column, ascending) =>
        this.#do(this.spreadsheet.sort(this.model.tab, column + 1, ascending)),
      selectedRow: () => this.link(),
      openTab: (tab) => void calls.openTab(tab),
    });
    this.elsewhere = new Elsewhere(byId("sheet-elsewhere"), this.pane.grid);
  }

  /**
   * @param {string} tab
   * @param {MappingView | null} mapping
   * @param {Tab[]} tabs
   * @param {Set<string>} mapped titles of mapped tabs
   */
  async open(tab, mapping, tabs, mapped) {
    this.mapping = mapping;
    setCover(this.cover, { kind: "loading", title: "Reading the sheet" });
    this.model.tab = tab;
    this.pane.showTabs(tabs, mapped);
    try {
      await this.model.open(tab, mapping?.keyHeaders ?? []);
    } catch (error) {
      const text = `${error instanceof Error ? error.message : error} Trying again.`;
      setCover(this.cover, { kind: "problem", title: "The sheet cannot be read", text });
      setTimeout(() => this.model.tab === tab && this.open(tab, mapping, tabs, mapped), AGAIN);
      return;
    }
    if (this.model.tab !== tab) return;
    this.pane.show();
    setCover(this.cover, null);
  }

  /**
   * Follow changes from now on.
   * @param {(tab: string | null) => void} changed a tab changed; null: any of them may have
   */
  follow(changed) {
    let open = true;
    this.spreadsheet.follow(
      (notice) => {
        changed(notice.tab);
        this.model.heed(notice);
      },
      (isOpen) => {
        if (isOpen && !open) {
          changed(null);
          this.model.reload();
        }
        open = isOpen;
        this.desk.services.set(
          isOpen
            ? { name: "Sheet", mood: "good", word: "connected" }
            : {
                name: "Sheet",
                mood: "bad",
                word: "away",
                problem: "The Sheets emulator does not answer. What you see is what was last read; it will catch up by itself.",
              },
        );
      },
    );
  }

  /**
   * @param {number} row
   * @returns {string | null}
   */
  #keyAt(row) {
    return row === 0 ? null : keyOf(this.model.rows[row] ?? [], this.model.keyColumns);
  }

  /** Let the other side show the row that is selected here. */
  link() {
    const { row } = this.pane.hand.selection.anchor;
    this.calls.selectedKey(this.#keyAt(row), this.pane.grid.offset(row));
  }

  /**
   * Show the row of that key.
   * @param {string} key
   */
  show(key) {
    const row = this.model.rows.findIndex(
      (cells, place) => place > 0 && keyOf(cells, this.model.keyColumns) === key,
    );
    if (row <= 0) return;
    this.pane.grid.reveal(row, { centre: true });
    this.pane.hand.select({ row, column: this.pane.hand.selection.anchor.column });
  }

  /**
   * Whether a note stands at a cell of a change made here.
   * @param {Journey} journey
   * @returns {boolean}
   */
  refused(journey) {
    const row = journey.origin === "sheet" ? this.#rowOf(journey) : -1;
    return journey.cells.some(({ column }) => row > 0 && this.model.notes.has(`${row}:${this.#place(column)}`));
  }

  /**
   * Whether the sheet shows what a database change says.
   * @param {Journey} journey
   * @returns {State | null}
   */
  holds(journey) {
    const row = this.#rowOf(journey);
    if (journey.what === "delete") return row < 0 && this.mapping?.name === journey.mapping ? "same" : null;
    const shown = this.model.rows[row];
    const isSame = journey.cells.every((cell) => alike(shown?.[this.#place(cell.column)], cell.new));
    return row > 0 && isSame ? "same" : null;
  }

  /**
   * @param {Journey} journey
   * @returns {number} -1 where it is not on this tab
   */
  #rowOf({ mapping, key }) {
    if (mapping !== this.mapping?.name) return -1;
    const { rows, keyColumns } = this.model;
    return rows.findIndex((cells, place) => place > 0 && keyOf(cells, keyColumns) === key);
  }

  /**
   * @param {string} column of the table
   * @returns {number} its place in the sheet
   */
  #place(column) {
    return this.model.headers.findIndex((header) => this.mapping?.column(header) === column);
  }

  /** @param {Promise<unknown>} act */
  #do(act) {
    act.catch((error) => {
      this.desk.toast(`The sheet did not take that: ${error.message}`);
      this.model.reload();
    });
  }

  /**
   * @param {{row: number, column: number}} at
   * @param {string[][]} block
   * @param {import("./grid/grid_hand.js").Manner} manner
   */
  #write(at, block, manner) {
    const startedAt = now();
    const before = this.model.rows;
    this.#do(this.model.write(at, block, manner));
    block.forEach((_, line) => this.#begin(before[at.row + line] ?? [], at.row + line, startedAt));
    this.pane.refresh();
  }

  /**
   * Begin the journey of an edited row, if it has a key that was not itself edited.
   * @param {string[]} before
   * @param {number} row
   * @param {number} startedAt
   */
  #begin(before, row, startedAt) {
    const { mapping } = this;
    const key = this.#keyAt(row);
    const old = keyOf(before, this.model.keyColumns);
    if (!mapping || !key || (old !== null && old !== key)) return;
    const after = this.model.rows[row] ?? [];
    /** @type {CellChange[]} */
    const cells = [];
    this.model.headers.forEach((header, column) => {
      const name = mapping.column(header);
      const [was, is] = [before[column] ?? "", after[column] ?? ""];
      if (name && was !== is) cells.push(old === null ? { column: name, new: is } : { column: name, old: was, new: is });
    });
    if (!cells.length) return;
    const change = /** @type {const} */ ({ origin: "sheet", mapping: mapping.name, key, what: "write" });
    this.desk.begin({ ...change, cells, startedAt }, true);
  }

  /**
   * @param {number} start from 0
   * @param {number} count
   */
  #delete(start, count) {
    const startedAt = now();
    const keys = Array.from({ length: count }, (_, line) => this.#keyAt(start + line));
    this.#do(this.model.deleteRows(start, count));
    this.pane.refresh();
    for (const key of keys) {
      if (!key || !this.mapping) continue;
      const change = /** @type {const} */ ({ origin: "sheet", what: "delete", cells: [] });
      this.desk.begin({ ...change, cells: [], mapping: this.mapping.name, key, startedAt }, true);
    }
  }

  /**
   * @param {Set<Actor>} actors
   * @param {Difference} changed
   */
  #updated(actors, changed) {
    this.pane.refresh();
    const fromDatabase = actors.has("api");
    const cells = [
      ...changed.cells,
      ...changed.added.flatMap((row) =>
        (this.model.rows[row] ?? []).map((_, column) => ({ row, column })),
      ),
    ];
    if (!cells.length && !changed.removed.length) return;
    this.pane.grid.flash(cells, flashColour(fromDatabase ? "database" : "sheet"));
    if (!fromDatabase) return;
    this.desk.views.stir("sheet");
    this.elsewhere.tell(cells.map(({ row }) => row));
    this.#sight(changed);
  }

  /** @param {Difference} changed */
  #sight({ columnsByKey, removed }) {
    const { mapping } = this;
    if (!mapping) return;
    const at = now();
    const side = /** @type {const} */ ("sheet");
    for (const [key, columns] of columnsByKey) {
      const names = columns.flatMap((column) => mapping.column(this.model.headers[column]) ?? []);
      if (names.length) this.desk.sight({ side, mapping: mapping.name, key, columns: names, at });
    }
    for (const key of removed) {
      this.desk.sight({ side, mapping: mapping.name, key, columns: [], at });
    }
  }
}
