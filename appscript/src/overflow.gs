/**
 * When the outbox is full. The sheet still holds what was typed, so nothing is lost: which tabs are
 * concerned is noted, one property each, and once the outbox is empty a hint has them compared.
 * A person sees it at once, in the menu's warning and in the status.
 */

const OVERFLOW_PREFIX_ = 'overflow/';

/**
 * @param {Post[]} posts that could not be kept
 * @param {Store} store
 */
function noteOverflow_(posts, store) {
  toast_('The outbox is full. What you type stays in the sheet and is compared later. Is the webhook running?');
  /** @type {Store} */
  const noted = {};
  for (const post of posts) {
    const name = OVERFLOW_PREFIX_ + post.tab;
    const before = parsedOrNull_(noted[name] || store[name]) || { since: Date.now(), posts: 0 };
    noted[name] = JSON.stringify({ since: before.since, posts: before.posts + 1 });
  }
  if (!remember_(noted, store)) {
    noteUntold_(); // not even room for that: the timer has every tab compared
  }
}

/**
 * @param {Store} store
 * @returns {string[]} names of the properties
 */
function overflowNames_(store) {
  return Object.keys(store).filter((name) => name.startsWith(OVERFLOW_PREFIX_));
}

/**
 * @param {Store} store
 * @returns {{since: string, posts: number, tabs: string[]} | null}
 */
function overflow_(store) {
  const names = overflowNames_(store);
  const noted = names.map((name) => parsedOrNull_(store[name]));
  return names.length === 0
    ? null
    : {
        since: new Date(Math.min(...noted.map((each) => each.since))).toISOString(),
        posts: noted.reduce((sum, each) => sum + each.posts, 0),
        tabs: names.map((name) => name.slice(OVERFLOW_PREFIX_.length)),
      };
}

/**
 * The hints for the tabs that were noted, put into the outbox before the note goes. What another
 * run cannot keep meanwhile stands in the sheet before the hint is sent, so it is found as well.
 * Call it under the document's lock, when the outbox is empty.
 *
 * @param {Installation} installation
 * @param {Store} store
 * @returns {Page[]}
 */
function overflowPages_(installation, store) {
  const names = overflowNames_(store);
  const hints = names.map((name) => {
    const tab = name.slice(OVERFLOW_PREFIX_.length);
    return hintPost_({ spreadsheetId: installation.spreadsheetId, tab: tab, timeMs: Date.now(), editor: null }, 'OTHER');
  });
  if (hints.length === 0 || !enqueue_(hints, store, true)) {
    return [];
  }
  takeOut_(names, store);
  return waitingPages_(store);
}
