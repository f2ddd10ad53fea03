/**
 * What outlives a run: properties and triggers of each spreadsheet's script, kept in a file; and
 * its cache, which is not.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const WRITE_DELAY_MS = 100;

/**
 * @typedef {{uid: string, handler: string, kind: string, owner: string, minutes: number | null,
 *            nextAt: number | null}} Trigger
 * @typedef {{document: Record<string, string>, script: Record<string, string>,
 *            user: Record<string, Record<string, string>>, triggers: Trigger[]}} Script
 */

/**
 * @param {string | null} path null: keep nothing
 */
export function openState(path) {
  /** @type {Map<string, Script>} */
  const scripts = new Map(Object.entries(path ? readJson(path) : {}));
  let timer = null;

  function flush() {
    clearTimeout(timer);
    timer = null;
    if (path) {
      // A whole new file and a rename: a crash leaves the old state or the new one.
      writeFileSync(`${path}.new`, JSON.stringify(Object.fromEntries(scripts)), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    }
  }

  return {
    scripts,
    flush,
    /** @param {string} spreadsheetId @returns {Script} */
    script(spreadsheetId) {
      let script = scripts.get(spreadsheetId);
      if (!script) {
        script = { document: {}, script: {}, user: {}, triggers: [] };
        scripts.set(spreadsheetId, script);
      }
      return script;
    },
    /** Writes soon. */
    changed() {
      timer ??= path ? setTimeout(flush, WRITE_DELAY_MS) : null;
    },
  };
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') {
      return {};
    }
    throw error;
  }
}
