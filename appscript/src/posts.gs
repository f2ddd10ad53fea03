/**
 * Posts: what goes to the webhook. Each has an id that every resend keeps.
 *
 * @typedef {{value: Content, old?: Content, formula?: string}} PostedCell
 * @typedef {{row: number, key: Record<string, Content>, cells: Record<string, PostedCell>,
 *            typed?: boolean, key_edited?: boolean, old_key?: Record<string, Content>}} PostedRow
 * @typedef {{id: string, kind: string, tab: string, timeMs: number, body: string}} Post
 * @typedef {{spreadsheetId: string, tab: string, timeMs: number, editor: string | null}} Origin
 */

const POST_ROWS_ = 500;
const POST_BYTES_ = 250000;

/**
 * @param {Origin} origin
 * @param {PostedRow[]} rows
 * @returns {Post[]} in the rows' order, each of at most POST_ROWS_ rows and about POST_BYTES_
 */
function editPosts_(origin, rows) {
  /** @type {Post[]} */
  const posts = [];
  /** @type {PostedRow[]} */
  let batch = [];
  let bytes = 0;
  for (const row of rows) {
    const size = utf8Length_(JSON.stringify(row)) + 1;
    if (batch.length > 0 && (batch.length >= POST_ROWS_ || bytes + size > POST_BYTES_)) {
      posts.push(post_('edit', origin, { rows: batch }));
      batch = [];
      bytes = 0;
    }
    batch.push(row);
    bytes += size;
  }
  if (batch.length > 0) {
    posts.push(post_('edit', origin, { rows: batch }));
  }
  return posts;
}

/**
 * A hint: something happened that is not an edit of known cells; the receiver compares the tab.
 *
 * @param {Origin} origin
 * @param {string} changeType Apps Script's changeType, or MOVED or HEADER
 * @returns {Post}
 */
function hintPost_(origin, changeType) {
  return post_('hint', origin, { change_type: changeType });
}

/**
 * @param {Origin} origin
 * @returns {Post}
 */
function heartbeatPost_(origin) {
  return post_('heartbeat', origin, {});
}

/**
 * @param {'edit' | 'hint' | 'heartbeat'} kind
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
