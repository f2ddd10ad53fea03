/** The mapping on view: which header of the sheet is which column of the table. Pure. */

/** @import { PageMapping } from "./emulator.js" */

export class MappingView {
  /** @param {PageMapping} mapping */
  constructor(mapping) {
    this.source = mapping;
    this.name = mapping.name;
    this.table = mapping.table;
    this.tab = mapping.tab;
    this.key = mapping.key;
    const { columns } = mapping;
    /** @type {Record<string, string> | null} headers by column where they differ */
    this.renamed = columns && typeof columns === "object" && !Array.isArray(columns) ? columns : null;
    /** @type {Set<string> | null} null: every column is mapped */
    this.mapped = columns === "*" || !columns ? null : new Set(Array.isArray(columns) ? columns : Object.keys(columns));
  }

  /** @returns {string[]} headers of the key columns */
  get keyHeaders() {
    return this.key.map((column) => this.renamed?.[column] ?? column);
  }

  /**
   * @param {string | undefined} header
   * @returns {string | null} the column; null where the header is not mapped
   */
  column(header) {
    if (!header) return null;
    const found = Object.entries(this.renamed ?? {}).find(([, shown]) => shown === header);
    const column = found ? found[0] : header;
    return !this.mapped || this.mapped.has(column) || this.key.includes(column) ? column : null;
  }

  /**
   * @param {Record<string, unknown>} key by column
   * @returns {string} the row's identity, as `keyOf` makes it
   */
  keyOf(key) {
    return JSON.stringify(this.key.map((column) => String(key[column])));
  }
}
