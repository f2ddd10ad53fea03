/** The emulated spreadsheet: what it shows, and a person's acts on it. */

import { fetchJson, follow } from "./services.js";

/**
 * @typedef {{title: string, hidden: boolean}} Tab
 * @typedef {{live_url: string | null, spreadsheet_id: string | null, mappings: PageMapping[]}} PageConfig
 * @typedef {{name: string, table: string, spreadsheet_id: string, tab: string, key: string[],
 *   columns?: "*" | string[] | Record<string, string>}} PageMapping
 */

/**
 * What whoever started the stack wrote for the page.
 * @returns {Promise<PageConfig>}
 */
export function pageConfig() {
  return fetchJson("/_control/page.json", { cache: "no-store" });
}

export class EmulatedSpreadsheet {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    this.api = `/_internal/v4/spreadsheets/${encodeURIComponent(id)}`;
    this.control = `/_control/spreadsheets/${encodeURIComponent(id)}`;
  }

  /** @returns {Promise<{title: string, tabs: Tab[]}>} */
  async describe() {
    const fields = "properties.title,sheets.properties(title,hidden)";
    const found = await fetchJson(`${this.api}?fields=${encodeURIComponent(fields)}`);
    /** @type {{properties: {title: string, hidden?: boolean}}[]} */
    const sheets = found.sheets ?? [];
    return {
      title: found.properties?.title ?? "",
      tabs: sheets.map(({ properties }) => ({
        title: properties.title,
        hidden: properties.hidden ?? false,
      })),
    };
  }

  /**
   * @param {string} tab
   * @returns {Promise<number>} rows of the tab's grid, empty ones too
   */
  async rowCount(tab) {
    const fields = "sheets.properties(title,gridProperties.rowCount)";
    const found = await fetchJson(`${this.api}?fields=${encodeURIComponent(fields)}`);
    const sheet = (found.sheets ?? []).find(
      (/** @type {any} */ { properties }) => properties.title === tab,
    );
    return sheet?.properties.gridProperties?.rowCount ?? 0;
  }

  /**
   * What a tab shows, as text.
   * @param {string} place a tab's title, or a range of a tab as notices name it
   * @returns {Promise<string[][]>} ragged: trailing empty cells are left out
   */
  async shown(place) {
    const name = place.includes("!") ? encodeURIComponent(place) : range(place);
    const found = await fetchJson(`${this.api}/values/${name}`);
    return (found.values ?? []).map((/** @type {unknown[]} */ row) => row.map(String));
  }

  /**
   * What one edits in a cell: its formula, or its value.
   * @param {string} tab
   * @param {string} cell
   * @returns {Promise<string>}
   */
  async content(tab, cell) {
    const found = await fetchJson(
      `${this.api}/values/${range(tab, cell)}?valueRenderOption=FORMULA&dateTimeRenderOption=FORMATTED_STRING`,
    );
    return String(found.values?.[0]?.[0] ?? "");
  }

  /**
   * Notes at cells, such as why an edit was refused.
   * @param {string} tab
   * @returns {Promise<Map<string, string>>} by `row:column`, counted from 0
   */
  async notes(tab) {
    const fields = "sheets.data(startRow,startColumn,rowData.values.note)";
    const found = await fetchJson(
      `${this.api}?ranges=${range(tab)}&fields=${encodeURIComponent(fields)}`,
    );
    const notes = new Map();
    for (const data of found.sheets?.[0]?.data ?? []) {
      (data.rowData ?? []).forEach((/** @type {any} */ line, /** @type {number} */ row) =>
        (line.values ?? []).forEach((/** @type {any} */ cell, /** @type {number} */ column) => {
          if (cell.note) {
            notes.set(`${row + (data.startRow ?? 0)}:${column + (data.startColumn ?? 0)}`, cell.note);
          }
        }),
      );
    }
    return notes;
  }

  /**
   * @param {string} act
   * @param {Record<string, unknown>} body
   * @returns {Promise<unknown>}
   */
  #act(act, body) {
    return fetchJson(`${this.control}/${act}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  /**
   * Type or paste.
   * @param {string} tab
   * @param {string} rangeName such as `B2:C3`
   * @param {string[][]} values
   * @param {boolean} [paste] they come from the clipboard
   */
  edit(tab, rangeName, values, paste = false) {
    return this.#act("edit", { tab, range: rangeName, values, paste });
  }

  /**
   * Press Delete.
   * @param {string} tab
   * @param {string} rangeName
   */
  clear(tab, rangeName) {
    return this.#act("clear", { tab, range: rangeName });
  }

  /**
   * @param {string} tab
   * @param {number} start first new row, from 1
   * @param {number} count
   */
  insertRows(tab, start, count) {
    return this.#act("insert_rows", { tab, start, count });
  }

  /**
   * @param {string} tab
   * @param {number} start first row, from 1
   * @param {number} count
   */
  deleteRows(tab, start, count) {
    return this.#act("delete_rows", { tab, start, count });
  }

  /**
   * @param {string} tab
   * @param {number | string} column
   * @param {boolean} ascending
   */
  sort(tab, column, ascending) {
    return this.#act("sort", { tab, column, ascending });
  }

  /**
   * Be told of changes.
   * @param {(change: any) => void} changed
   * @param {(open: boolean) => void} turned
   * @returns {() => void} ends it
   */
  follow(changed, turned) {
    return follow(`${this.control}/changes`, { message: changed, change: changed }, turned);
  }
}

/**
 * @param {string} tab
 * @param {string} [cell]
 * @returns {string} quoted for a path
 */
function range(tab, cell) {
  const quoted = `'${tab.replaceAll("'", "''")}'`;
  return encodeURIComponent(cell ? `${quoted}!${cell}` : quoted);
}
