/**
 * Posts: what goes to the webhook. Each has an id that every resend keeps.
 *
 * @typedef {{value: Content, old?: Content, formula?: string}} PostedCell
 * @typedef {{row: number, key: Record<string, Content>, cells: Record<string, PostedCell>,
 *            typed?: boolean, key_edited?: boolean, old_key?: Record<string, Content>,
 *            row_tag?: string}} PostedRow
 * @typedef {{id: string, kind: string, tab: string, timeMs: number, body: string}} Post
 * @typedef {{spreadsheetId: string, tab: string, timeMs: number, editor: string | null}} Origin
 */

const POST_ROWS_ = 500;
const POST_BYTES_ = 250000;
const POST_FRAME_BYTES_ = 1000; // what a post has beside its rows, generously
const BATCH_POSTS_ = 500;
const BATCH_BYTES_ = 900000; // Kafka takes 1 MB a record; UrlFetchApp 50 MB a request

/**
 * @param {Origin} origin
 * @param {PostedRow[]} rows
 * @param {number} limit bytes that a post may have
 * @returns {Post[]} in the rows' order, each of at most POST_ROWS_ rows and about POST_BYTES_; a
 *   row that is larger than any post may be is left to the receiver's comparison
 */
function editPosts_(origin, rows, limit) {
  const room = limit - POST_FRAME_BYTES_;
  /** @type {Post[]} */
  const posts = [];
  /** @type {PostedRow[]} */
  let batch = [];
  let bytes = 0;
  let tooLarge = false;
  const close = () => {
    if (batch.length > 0) {
      posts.push(post_('edit', origin, { rows: batch }));
      batch = [];
      bytes = 0;
    }
  };
  for (const row of rows) {
    const size = utf8Length_(JSON.stringify(row)) + 1;
    if (size > room) {
      tooLarge = true;
      continue;
    }
    if (batch.length >= POST_ROWS_ || bytes + size > Math.min(POST_BYTES_, room)) {
      close();
    }
    batch.push(row);
    bytes += size;
  }
  close();
  return tooLarge ? posts.concat(hintPost_(origin, 'TOO_LARGE')) : posts;
}

/**
 * A hint: something happened that is not an edit of known cells; the receiver compares the tab.
 *
 * @param {Origin} origin
 * @param {string} changeType Apps Script's changeType, or MOVED, HEADER or TOO_LARGE
 * @returns {Post}
 */
function hintPost_(origin, changeType) {
  return post_('hint', origin, { change_type: changeType });
}

/**
 * What a person chose in the menu.
 *
 * @param {Origin} origin
 * @param {'reconcile' | 'pause' | 'resume'} command
 * @returns {Post}
 */
function commandPost_(origin, command) {
  return post_('command', origin, { command: command });
}

/**
 * @param {Origin} origin
 * @returns {Post}
 */
function heartbeatPost_(origin) {
  return post_('heartbeat', origin, {});
}

/**
 * @param {'edit' | 'hint' | 'command' | 'heartbeat'} kind
 * @param {Origin} origin
 * @param {object} content
 * @returns {Post}
 */
function post_(kind, origin, content) {
  const id = Utilities.getUuid();
  const body = Object.assign(
    {
      version: 1,
      id: id,
      kind: kind,
      spreadsheet_id: origin.spreadsheetId,
      tab: origin.tab,
      time_ms: origin.timeMs,
      editor: origin.editor,
    },
    content,
  );
  return { id: id, kind: kind, tab: origin.tab, timeMs: origin.timeMs, body: JSON.stringify(body) };
}
