/** The live feed: rows of the mapped tables, and the change events of both topics. */

/** @import { PageMapping } from "./emulator.js" */
/** @import { CellChange } from "./journeys.js" */
import { fetchJson, follow } from "./services.js";

/**
 * @typedef {null | boolean | number | string} Shown
 * @typedef {{name: string, type: string, header: string}} TableColumn
 *
 * @typedef {object} TablePage
 * @property {string} mapping
 * @property {string} table
 * @property {string[]} key
 * @property {TableColumn[]} columns
 * @property {Shown[][]} rows
 * @property {number} total
 *
 * @typedef {object} Change
 * @property {string} mapping
 * @property {"database" | "sheet"} origin
 * @property {"c" | "u" | "d" | "r" | "t" | "edit" | "hint"} op
 * @property {string} topic
 * @property {number} offset
 * @property {number} at milliseconds since the epoch
 * @property {Record<string, Shown>} key
 * @property {CellChange[]} changed
 * @property {boolean} [own] Sheetbridge's own write
 * @property {string} [gtid]
 * @property {string} [author]
 * @property {string} [note]
 *
 * @typedef {{key: Shown[], row: Shown[] | null}} LiveRow
 * @typedef {{changes: Change[], unlisted: number, rows: Record<string, LiveRow[] | null>}} Changes
 * @typedef {{up: boolean | null, problem: string | null}} ServiceState
 * @typedef {{at: number, kafka: ServiceState, mysql: ServiceState,
 *   mappings: Record<string, string>}} FeedStatus `mappings`: why one cannot be shown, by name
 *
 * @typedef {{mapping: string, table: string, spreadsheet_id: string, tab: string, key: string[],
 *   mapped: Record<string, string> | null}} FeedMapping `mapped`: header by column; null: all
 * @typedef {{mappings: FeedMapping[]}} FeedMappings
 */

/**
 * @param {FeedMappings} told
 * @returns {PageMapping[]}
 */
export function pageMappings({ mappings }) {
  return mappings.map(({ mapping, mapped, table, spreadsheet_id, tab, key }) => ({
    name: mapping, table, spreadsheet_id, tab, key, columns: mapped ?? "*",
  }));
}

export class Feed {
  /** @param {string} url */
  constructor(url) {
    this.url = url.replace(/\/$/, "");
  }

  /**
   * What `sheetbridge.toml` maps now.
   * @returns {Promise<PageMapping[]>}
   */
  async mappings() {
    return pageMappings(await fetchJson(`${this.url}/tables`));
  }

  /**
   * All rows of a mapped table, in key order.
   * @param {string} mapping
   * @returns {Promise<TablePage>}
   */
  async table(mapping) {
    const path = `${this.url}/tables/${encodeURIComponent(mapping)}`;
    const page = await fetchJson(`${path}?limit=20000`);
    return page;
  }

  /**
   * @param {object} handlers
   * @param {(status: FeedStatus) => void} handlers.status
   * @param {(told: FeedMappings) => void} handlers.mappings
   * @param {(changes: Changes) => void} handlers.changes
   * @param {() => void} handlers.reload
   * @param {(open: boolean) => void} handlers.turned
   * @returns {() => void} ends it
   */
  follow({ turned, ...handlers }) {
    return follow(`${this.url}/events`, handlers, turned);
  }
}
