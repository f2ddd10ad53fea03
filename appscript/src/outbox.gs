/**
 * Posts that wait to be sent, in the document's properties.
 *
 * Each post has properties of its own, so putting one in needs no lock; taking out does. A name is
 * "outbox/<time>/<number>/<id>/<piece>of<pieces>": sorting the names gives the order of the edits.
 *
 * @typedef {{id: string, body: string, names: string[]}} Waiting
 */

const OUTBOX_PREFIX_ = 'outbox/';
const OUTBOX_LIMIT_BYTES_ = 400000;
const OVERFLOW_ = 'OVERFLOW';
const LOST_PIECES_AFTER_MS_ = 600000;

/**
 * Puts posts at the end, all or, where there is no room, none of them.
 *
 * @param {Post[]} posts
 * @returns {boolean} false: the outbox is full, which is noted and shown
 */
function enqueue_(posts) {
  const properties = PropertiesService.getDocumentProperties();
  /** @type {Store} */
  const added = {};
  posts.forEach((post, number) => Object.assign(added, namedPieces_(post, number)));
  const used = outboxBytes_(properties.getProperties());
  if (used + outboxBytes_(added) > OUTBOX_LIMIT_BYTES_) {
    noteOverflow_(posts);
    return false;
  }
  try {
    properties.setProperties(added);
  } catch {
    Object.keys(added).forEach((name) => properties.deleteProperty(name));
    noteOverflow_(posts); // the store is full of other programs' properties
    return false;
  }
  return true;
}

/**
 * @param {Post} post
 * @param {number} number its place among those put in together
 * @returns {Store}
 */
function namedPieces_(post, number) {
  const pieces = piecesOf_(post.body, PROPERTY_VALUE_BYTES_);
  const time = String(post.timeMs).padStart(15, '0');
  const stem = OUTBOX_PREFIX_ + time + '/' + String(number).padStart(5, '0') + '/' + post.id + '/';
  /** @type {Store} */
  const named = {};
  pieces.forEach((piece, i) => {
    named[stem + String(i).padStart(3, '0') + 'of' + pieces.length] = piece;
  });
  return named;
}

/**
 * @param {Store} store
 * @returns {Waiting[]} whole posts in order; one whose writer is not done is left for later
 */
function waitingPosts_(store) {
  /** @type {Map<string, Waiting>} */
  const byId = new Map();
  for (const name of outboxNames_(store)) {
    const id = name.split('/')[3];
    const post = byId.get(id) || { id: id, body: '', names: [] };
    post.body += store[name];
    post.names.push(name);
    byId.set(id, post);
  }
  return Array.from(byId.values()).filter((post) => post.names.length === piecesOfName_(post.names[0]));
}

/**
 * @param {string} name
 * @returns {number} how many pieces its post has
 */
function piecesOfName_(name) {
  return Number(name.slice(name.lastIndexOf('of') + 2));
}

/**
 * @param {Store} store
 * @returns {string[]} sorted
 */
function outboxNames_(store) {
  return Object.keys(store).filter((name) => name.startsWith(OUTBOX_PREFIX_)).sort();
}

/**
 * @param {Store} store
 * @returns {number}
 */
function outboxBytes_(store) {
  return outboxNames_(store).reduce((sum, name) => sum + name.length + utf8Length_(store[name]), 0);
}

/** @param {string[]} names */
function takeOut_(names) {
  const properties = PropertiesService.getDocumentProperties();
  names.forEach((name) => properties.deleteProperty(name));
}

/**
 * Drops pieces whose writer died half-way, long after it could still be writing.
 *
 * @param {Store} store
 * @param {number} now ms
 */
function dropLostPieces_(store, now) {
  const whole = new Set(waitingPosts_(store).flatMap((post) => post.names));
  takeOut_(
    outboxNames_(store).filter(
      (name) => !whole.has(name) && Number(name.split('/')[1]) < now - LOST_PIECES_AFTER_MS_,
    ),
  );
}

/**
 * Notes loudly that posts could not be kept; once the outbox is empty a hint tells the receiver
 * to compare those tabs.
 *
 * @param {Post[]} posts
 */
function noteOverflow_(posts) {
  const properties = PropertiesService.getDocumentProperties();
  const before = parsedOrNull_(properties.getProperty(OVERFLOW_) || '') || { since: Date.now(), posts: 0, tabs: [] };
  const tabs = Array.from(new Set(before.tabs.concat(posts.map((post) => post.tab))));
  properties.setProperty(
    OVERFLOW_,
    JSON.stringify({ since: before.since, posts: before.posts + posts.length, tabs: tabs }),
  );
  toast_('The outbox is full: edits wait for a comparison of the whole tab. Is the webhook running?');
}
