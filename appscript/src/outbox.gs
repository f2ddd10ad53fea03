/**
 * Posts that wait to be sent, in the document's properties.
 *
 * They wait in pages: a property holds as many posts as fit into it, one a line; a post that is
 * larger has several properties to itself. A page's name is
 * "outbox/<time>/<number>/<id>/<piece>of<pieces>", so sorting the names gives the order of the
 * edits. A new page needs no lock; adding to one, and taking out, does.
 *
 * @typedef {{bodies: string[], names: string[]}} Page  names: where it is kept, none if it is not
 */

const OUTBOX_PREFIX_ = 'outbox/';
const OUTBOX_LIMIT_BYTES_ = 400000; // of the 500 kB of the document's properties
const LOST_PIECES_AFTER_MS_ = 600000;

/**
 * Puts posts at the end, all or, where there is no room, none of them.
 *
 * @param {Post[]} posts
 * @param {Store} store as it stands
 * @param {boolean} locked whether we hold the document's lock, so that the last page may grow
 * @returns {boolean} false: the outbox is full, which is noted and shown
 */
function enqueue_(posts, store, locked) {
  const added = pagesOf_(posts, locked ? openPage_(store) : '', store);
  if (outboxBytes_(Object.assign({}, store, added)) > OUTBOX_LIMIT_BYTES_) {
    noteOverflow_(posts, store);
    return false;
  }
  if (!remember_(added, store)) {
    // Other runs have filled the store since we read it; what of this got in is no whole page.
    const properties = PropertiesService.getDocumentProperties();
    Object.keys(added).filter((name) => store[name] === undefined).forEach((name) => properties.deleteProperty(name));
    noteOverflow_(posts, store);
    return false;
  }
  return true;
}

/**
 * @param {Store} values
 * @param {Store} store they are put into it, too
 * @returns {boolean} false: there is no room for them
 */
function remember_(values, store) {
  try {
    PropertiesService.getDocumentProperties().setProperties(values);
  } catch {
    return false;
  }
  Object.assign(store, values);
  return true;
}

/**
 * @param {Store} store
 * @returns {string} name of the last page where posts can be added to it, else ''
 */
function openPage_(store) {
  const last = outboxNames_(store).pop();
  return last && piecesOfName_(last) === 1 ? last : '';
}

/**
 * @param {Post[]} posts
 * @param {string} open name of the page to begin with, or ''
 * @param {Store} store
 * @returns {Store} new pages by name, and the open one as it is then
 */
function pagesOf_(posts, open, store) {
  /** @type {Store} */
  const pages = {};
  let name = open;
  let text = open ? store[open] : '';
  posts.forEach((post, number) => {
    const longer = text ? text + '\n' + post.body : post.body;
    if (utf8Length_(longer) > PROPERTY_VALUE_BYTES_) {
      name = '';
    }
    const stem = OUTBOX_PREFIX_ + String(post.timeMs).padStart(15, '0') + '/' + String(number).padStart(5, '0') + '/' + post.id + '/';
    const pieces = piecesOf_(name ? longer : post.body, PROPERTY_VALUE_BYTES_);
    if (pieces.length > 1) {
      pieces.forEach((piece, i) => {
        pages[stem + String(i).padStart(3, '0') + 'of' + pieces.length] = piece;
      });
      text = '';
      return;
    }
    name = name || stem + '000of1';
    text = pieces[0];
    pages[name] = text;
  });
  return pages;
}

/**
 * @param {Store} store
 * @returns {Page[]} whole pages in order; one whose writer is not done is left for later
 */
function waitingPages_(store) {
  /** @type {Map<string, string[]>} */
  const byStem = new Map();
  for (const name of outboxNames_(store)) {
    const stem = name.slice(0, name.lastIndexOf('/'));
    byStem.set(stem, (byStem.get(stem) || []).concat(name));
  }
  return Array.from(byStem.values())
    .filter((names) => names.length === piecesOfName_(names[0]))
    .map((names) => ({ bodies: names.map((name) => store[name]).join('').split('\n'), names: names }));
}

/**
 * @param {string} name
 * @returns {number} how many pieces its page has
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

/**
 * @param {string[]} names of properties
 * @param {Store} store they are taken out of it, too
 */
function takeOut_(names, store) {
  const properties = PropertiesService.getDocumentProperties();
  for (const name of names) {
    properties.deleteProperty(name);
    delete store[name];
  }
}

/**
 * Drops pieces whose writer died half-way, long after it could still be writing.
 *
 * @param {Store} store
 * @param {number} now ms
 */
function dropLostPieces_(store, now) {
  const whole = new Set(waitingPages_(store).flatMap((page) => page.names));
  const lost = outboxNames_(store).filter(
    (name) => !whole.has(name) && Number(name.split('/')[1]) < now - LOST_PIECES_AFTER_MS_,
  );
  takeOut_(lost, store);
}
