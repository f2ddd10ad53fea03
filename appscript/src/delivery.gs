/**
 * Sends posts, the document's oldest first, as many in one request as may be. One run at a time
 * sends, under the document's lock. Others do not wait for it, since the time that triggers run is
 * counted by the day: they put their posts into the outbox, knock, and end; the holder looks for a
 * knock once it has let go of the lock.
 *
 * @typedef {{failures: number, nextAt: number, status: number, message: string}} Trouble
 */

const TROUBLE_ = 'TROUBLE';
const REFUSED_ = 'REFUSED';
const KNOCK_ = 'knock';
const KNOCK_SECONDS_ = 600;
const LOCK_WAIT_MS_ = 100;
const SENDING_LIMIT_MS_ = 240000; // of the 6 minutes that a run may take
const FIRST_PAUSE_MS_ = 2000;
const LONGEST_PAUSE_MS_ = 60000;

/**
 * @param {Installation} installation
 * @param {Post[]} posts in order
 */
function deliver_(installation, posts) {
  if (posts.length === 0) {
    return;
  }
  const lock = LockService.getDocumentLock();
  if (lock.tryLock(LOCK_WAIT_MS_)) {
    sendLocked_(lock, installation, posts, false);
    return;
  }
  if (!enqueue_(posts, readStore_(), false)) {
    return;
  }
  cache_().put(KNOCK_, 'yes', KNOCK_SECONDS_); // after the posts are in, before we ask again
  if (lock.tryLock(LOCK_WAIT_MS_)) {
    sendLocked_(lock, installation, [], false);
  }
}

/**
 * Sends all there is, and what others have put in meanwhile.
 *
 * @param {GoogleAppsScript.Lock.Lock} lock held; let go of in the end
 * @param {Installation} installation
 * @param {Post[]} fresh not yet in the outbox
 * @param {boolean} insist send even while we hold back after failures
 */
function sendLocked_(lock, installation, fresh, insist) {
  const deadline = Date.now() + SENDING_LIMIT_MS_;
  let going = true;
  for (let posts = fresh; going; posts = []) {
    try {
      going = drain_(installation, posts, insist, deadline);
    } finally {
      lock.releaseLock();
    }
    going = going && takeKnock_() && lock.tryLock(LOCK_WAIT_MS_);
  }
}

/** @returns {boolean} somebody put posts into the outbox while the lock was held */
function takeKnock_() {
  const knocked = cache_().get(KNOCK_) !== null;
  if (knocked) {
    cache_().remove(KNOCK_); // before the outbox is read again
  }
  return knocked;
}

/**
 * Sends what waits, then what is given; what could not be sent waits.
 * Call it under the document's lock.
 *
 * @param {Installation} installation
 * @param {Post[]} fresh not yet in the outbox
 * @param {boolean} insist
 * @param {number} deadline ms; what is left by then is for the next run
 * @returns {boolean} true: everything was sent (or refused for good)
 */
function drain_(installation, fresh, insist, deadline) {
  const store = readStore_();
  const trouble = parsedOrNull_(store[TROUBLE_]);
  if (trouble && !insist && Date.now() < trouble.nextAt) {
    keep_(fresh, store);
    return false;
  }
  let pages = waitingPages_(store);
  let posts = fresh;
  for (;;) {
    const batch = batchOf_(pages, posts, bodyLimit_(store));
    const hints = Date.now() > deadline ? null : send_(installation, store, batch.bodies);
    if (hints === null) {
      keep_(posts, store);
      return false;
    }
    takeOut_(batch.names, store);
    pages = pages.slice(batch.pages);
    posts = posts.slice(batch.posts).concat(hints);
    if (pages.length === 0 && posts.length === 0) {
      pages = overflowPages_(installation, store);
      if (pages.length === 0) {
        return true;
      }
    }
  }
}

/**
 * @param {Post[]} posts
 * @param {Store} store
 */
function keep_(posts, store) {
  if (posts.length > 0) {
    enqueue_(posts, store, true);
  }
}

/**
 * The next request: whole pages first, then posts, as much as goes into one body.
 *
 * @param {Page[]} pages
 * @param {Post[]} posts
 * @param {number} limit bytes
 * @returns {{bodies: string[], names: string[], pages: number, posts: number}} how many of each
 */
function batchOf_(pages, posts, limit) {
  const batch = { bodies: /** @type {string[]} */ ([]), names: /** @type {string[]} */ ([]), pages: 0, posts: 0 };
  let bytes = 0;
  for (const bodies of pages.map((page) => page.bodies).concat(posts.map((post) => [post.body]))) {
    bytes += bodies.reduce((sum, body) => sum + utf8Length_(body) + 1, 0);
    const full = bytes > limit || batch.bodies.length + bodies.length > BATCH_POSTS_;
    if (full && batch.bodies.length > 0) {
      break;
    }
    batch.bodies = batch.bodies.concat(bodies);
    if (batch.pages < pages.length) {
      batch.names = batch.names.concat(pages[batch.pages].names);
      batch.pages += 1;
    } else {
      batch.posts += 1;
    }
  }
  return batch;
}

/**
 * @param {Installation} installation
 * @param {Store} store as read under this lock
 * @param {string[]} bodies
 * @returns {Post[] | null} null: they must be sent again later; else hints in the place of edits
 *   that were refused for good
 */
function send_(installation, store, bodies) {
  if (bodies.length === 0) {
    return [];
  }
  const answer = postBodies_(installation, bodies);
  if (answer.fate === 'retry') {
    noteTrouble_(store, answer);
    return null;
  }
  if (store[TROUBLE_]) {
    takeOut_([TROUBLE_], store);
  }
  if (answer.fate === 'accepted') {
    return [];
  }
  if (bodies.length === 1) {
    return refused_(installation, store, bodies[0], answer);
  }
  // A batch is taken or refused as a whole: one by one shows which of them is at fault.
  /** @type {Post[]} */
  let hints = [];
  for (const body of bodies) {
    const more = send_(installation, store, [body]);
    if (more === null) {
      return null;
    }
    hints = hints.concat(more);
  }
  return hints;
}

/**
 * Notes a failure and until when further edits need not try; the timer tries all the same.
 *
 * @param {Store} store
 * @param {Answer} answer
 */
function noteTrouble_(store, answer) {
  const before = parsedOrNull_(store[TROUBLE_]);
  const failures = before ? before.failures + 1 : 1;
  const pause = Math.min(FIRST_PAUSE_MS_ * Math.pow(2, failures - 1), LONGEST_PAUSE_MS_);
  const jitter = 0.5 + Math.random() / 2;
  const trouble = {
    failures: failures,
    nextAt: Date.now() + Math.round(pause * jitter),
    status: answer.status,
    message: answer.message,
  };
  remember_({ [TROUBLE_]: JSON.stringify(trouble) }, store);
  if (failures === 1) {
    toast_('The webhook does not take edits now; they are kept and sent later.');
  }
}

/**
 * Notes a post that the webhook refuses for good; the status shows it until the next set-up. Of an
 * edit a hint is left, on which the receiver compares the tab.
 *
 * @param {Installation} installation
 * @param {Store} store
 * @param {string} body
 * @param {Answer} answer
 * @returns {Post[]}
 */
function refused_(installation, store, body, answer) {
  const before = parsedOrNull_(store[REFUSED_]);
  const sent = parsedOrNull_(body) || {};
  const refused = {
    count: before ? before.count + 1 : 1,
    id: sent.id,
    tab: sent.tab,
    time_ms: sent.time_ms,
    status: answer.status,
    code: answer.code,
    message: answer.message.slice(0, 1000),
  };
  remember_({ [REFUSED_]: JSON.stringify(refused) }, store);
  toast_('An edit was refused: ' + answer.message);
  if (answer.status === 404) {
    refreshMappings_(store, installation);
    return [];
  }
  const origin = { spreadsheetId: installation.spreadsheetId, tab: sent.tab, timeMs: sent.time_ms, editor: sent.editor };
  return sent.kind === 'edit' ? [hintPost_(origin, 'OTHER')] : [];
}
