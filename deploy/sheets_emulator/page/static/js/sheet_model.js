/** What a tab shows, kept up with the spreadsheet: notices say where to look, reading says what. */

/** @import { EmulatedSpreadsheet } from "./emulator.js" */
/** @import { Difference } from "./row_difference.js" */
import { blockName, rangeSize, rangeStart } from "./a1.js";
import { difference } from "./row_difference.js";

/**
 * @typedef {"api" | "person" | "script"} Actor who changed the spreadsheet
 * @typedef {{actor: Actor, tab: string | null, range: string | null}} Notice
 * @typedef {{actors: Set<Actor>, range: string | null}} Look
 */

export class SheetModel {
  /**
   * @param {EmulatedSpreadsheet} spreadsheet
   * @param {(actors: Set<Actor>, changed: Difference) => void} updated
   */
  constructor(spreadsheet, updated) {
    this.spreadsheet = spreadsheet;
    this.updated = updated;
    this.tab = "";
    /** @type {string[][]} ragged rows; the first holds the headers */
    this.rows = [];
    /** @type {Map<string, string>} by `row:column` */
    this.notes = new Map();
    this.gridRows = 0;
    /** @type {string[]} headers of the key columns */
    this.keyHeaders = [];
    /** @type {Look[]} */
    this.looks = [];
    this.looking = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.notesTimer = undefined;
  }

  /** @returns {string[]} */
  get headers() {
    return this.rows[0] ?? [];
  }

  /** @returns {number[]} */
  get keyColumns() {
    const columns = this.keyHeaders.map((header) => this.headers.indexOf(header));
    return columns.includes(-1) ? [] : columns;
  }

  /**
   * Read a tab from the beginning.
   * @param {string} tab
   * @param {string[]} keyHeaders
   */
  async open(tab, keyHeaders) {
    this.tab = tab;
    this.keyHeaders = keyHeaders;
    this.looks = [];
    const [rows, gridRows] = await Promise.all([
      this.spreadsheet.shown(tab),
      this.spreadsheet.rowCount(tab),
    ]);
    if (this.tab !== tab) return;
    this.rows = rows;
    this.gridRows = gridRows;
    this.notes = new Map();
    void this.#readNotes();
  }

  /**
   * Something changed, perhaps here.
   * @param {Notice} notice
   */
  heed(notice) {
    if (notice.tab !== null && notice.tab !== this.tab) return;
    const last = this.looks.at(-1);
    if (last && last.range === null) last.actors.add(notice.actor);
    else this.looks.push({ actors: new Set([notice.actor]), range: notice.range });
    if (this.looks.length > 8) this.#joinLooks();
    void this.#lookAll();
  }

  /** Read all again, such as after a lost connection. */
  reload() {
    this.heed({ actor: "api", tab: null, range: null });
  }

  #joinLooks() {
    const actors = new Set(this.looks.flatMap((look) => [...look.actors]));
    this.looks = [{ actors, range: null }];
  }

  async #lookAll() {
    if (this.looking) return;
    this.looking = true;
    try {
      for (let look = this.looks.shift(); look; look = this.looks.shift()) await this.#look(look);
    } catch {
      this.looks = [];
    } finally {
      this.looking = false;
    }
  }

  /** @param {Look} look */
  async #look({ actors, range }) {
    const { tab } = this;
    const size = range === null ? null : rangeSize(range);
    const rows =
      range !== null && size
        ? this.#patched(range, size, await this.spreadsheet.shown(range))
        : await this.spreadsheet.shown(tab);
    if (!size) this.gridRows = await this.spreadsheet.rowCount(tab);
    if (tab !== this.tab) return;
    const before = this.rows;
    this.rows = rows;
    this.updated(actors, difference(before, rows, this.keyColumns, 1));
    clearTimeout(this.notesTimer);
    this.notesTimer = setTimeout(() => void this.#readNotes(), 250);
  }

  /**
   * @param {string} range
   * @param {{rows: number, columns: number}} size
   * @param {string[][]} values
   * @returns {string[][]}
   */
  #patched(range, size, values) {
    const start = rangeStart(range);
    const rows = [...this.rows];
    for (let line = 0; line < size.rows; line += 1) {
      rows[start.row + line] = withCells(rows[start.row + line] ?? [], start.column, size.columns, values[line] ?? []);
    }
    for (let row = 0; row < rows.length; row += 1) rows[row] ??= [];
    return trimmed(rows);
  }

  async #readNotes() {
    const { tab } = this;
    const notes = await this.spreadsheet.notes(tab).catch(() => null);
    if (notes === null || tab !== this.tab) return;
    this.notes = notes;
    this.updated(new Set(), { cells: [], added: [], removed: [], columnsByKey: new Map() });
  }

  /**
   * Insert empty rows, shown at once.
   * @param {number} start first new row, from 0
   * @param {number} count
   * @returns {Promise<unknown>}
   */
  insertRows(start, count) {
    if (start < this.rows.length) {
      this.rows = this.rows.toSpliced(start, 0, ...Array.from({ length: count }, () => []));
    }
    return this.spreadsheet.insertRows(this.tab, start + 1, count);
  }

  /**
   * Delete rows, gone at once.
   * @param {number} start from 0
   * @param {number} count
   * @returns {Promise<unknown>}
   */
  deleteRows(start, count) {
    this.rows = trimmed(this.rows.toSpliced(start, count));
    return this.spreadsheet.deleteRows(this.tab, start + 1, count);
  }

  /**
   * Type or paste as a person: shown at once, and as the spreadsheet took it a moment later.
   * @param {{row: number, column: number}} at
   * @param {string[][]} block
   * @param {import("./grid/grid_hand.js").Manner} manner
   * @returns {Promise<unknown>}
   */
  write(at, block, manner) {
    const width = block[0].length;
    const rows = [...this.rows];
    block.forEach((cells, line) => {
      rows[at.row + line] = withCells(rows[at.row + line] ?? [], at.column, width, cells);
    });
    for (let row = 0; row < rows.length; row += 1) rows[row] ??= [];
    this.rows = trimmed(rows);
    const name = blockName({
      top: at.row,
      left: at.column,
      bottom: at.row + block.length - 1,
      right: at.column + width - 1,
    });
    return manner === "clear"
      ? this.spreadsheet.clear(this.tab, name)
      : this.spreadsheet.edit(this.tab, name, block, manner === "paste");
  }
}

/**
 * @param {string[]} row
 * @param {number} start
 * @param {number} width
 * @param {string[]} cells fewer than `width`: the rest is empty
 * @returns {string[]}
 */
function withCells(row, start, width, cells) {
  const made = Array.from({ length: Math.max(row.length, start + width) }, (_, column) =>
    column >= start && column < start + width ? (cells[column - start] ?? "") : (row[column] ?? ""),
  );
  while (made.length && made[made.length - 1] === "") made.pop();
  return made;
}

/**
 * @param {string[][]} rows
 * @returns {string[][]} without empty rows at the end
 */
function trimmed(rows) {
  let { length } = rows;
  while (length && rows[length - 1].length === 0) length -= 1;
  return rows.slice(0, length);
}
