/**
 * Sends posts, the document's oldest first. One run at a time sends, under the document's lock;
 * the others put their posts into the outbox and wait until it has emptied it.
 *
 * @typedef {{failures: number, nextAt: number, status: number, message: string}} Trouble
 */

const TROUBLE_ = 'TROUBLE';
const REFUSED_ = 'REFUSED';
const SENDING_LIMIT_MS_ = 240000; // of the 6 minutes that a run may take
const TURN_LIMIT_MS_ = 25000;
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
  if (lock.tryLock(1)) {
    try {
      drain_(installation, posts, false);
    } finally {
      lock.releaseLock();
    }
    return;
  }
  if (enqueue_(posts) && waitForTurn_(lock, posts)) {
    try {
      drain_(installation, [], false);
    } finally {
      lock.releaseLock();
    }
  }
}

/**
 * @param {GoogleAppsScript.Lock.Lock} lock
 * @param {Post[]} posts already in the outbox
 * @returns {boolean} true: the lock is ours; false: another run has sent them, or the timer will
 */
function waitForTurn_(lock, posts) {
  const deadline = Date.now() + TURN_LIMIT_MS_;
  const last = posts[posts.length - 1].id;
  while (!lock.tryLock(1000)) {
    const store = readStore_();
    if (Date.now() > deadline || !waitingPosts_(store).some((post) => post.id === last)) {
      return false;
    }
  }
  return true;
}

/**
 * Sends what waits, then what is given, until nothing is left; what could not be sent waits.
 * Call it under the document's lock.
 *
 * @param {Installation} installation
 * @param {Post[]} fresh not yet in the outbox
 * @param {boolean} insist send even while we hold back after failures
 * @returns {boolean} true: everything was sent (or refused for good)
 */
function drain_(installation, fresh, insist) {
  const deadline = Date.now() + SENDING_LIMIT_MS_;
  for (;;) {
    const store = readStore_();
    const trouble = parsedOrNull_(store[TROUBLE_]);
    if (trouble && !insist && Date.now() < trouble.nextAt) {
      enqueueIfAny_(fresh);
      return false;
    }
    const waiting = waitingPosts_(store);
    if (waiting.length === 0 && fresh.length === 0) {
      tellOverflow_(store, installation);
      return true;
    }
    for (const post of waiting) {
      if (Date.now() > deadline || !send_(installation, store, post)) {
        enqueueIfAny_(fresh);
        return false;
      }
      takeOut_(post.names);
    }
    while (fresh.length > 0) {
      if (Date.now() > deadline || !send_(installation, store, fresh[0])) {
        enqueue_(fresh);
        return false;
      }
      fresh = fresh.slice(1);
    }
  }
}

/** @param {Post[]} posts */
function enqueueIfAny_(posts) {
  if (posts.length > 0) {
    enqueue_(posts);
  }
}

/**
 * @param {Installation} installation
 * @param {Store} store as read under this lock
 * @param {{id: string, body: string}} post
 * @returns {boolean} false: it must be sent again later
 */
function send_(installation, store, post) {
  const answer = callWebhook_(installation, EDITS_PATH_, post.body);
  if (answer.fate === 'retry') {
    noteTrouble_(store, answer);
    return false;
  }
  if (answer.fate === 'refused') {
    noteRefused_(store, post, answer);
    if (answer.status === 404) {
      refreshMappings_(store, installation);
    } else {
      hintInstead_(installation, post);
    }
  }
  if (store[TROUBLE_]) {
    PropertiesService.getDocumentProperties().deleteProperty(TROUBLE_);
    delete store[TROUBLE_];
  }
  return true;
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
  store[TROUBLE_] = JSON.stringify({
    failures: failures,
    nextAt: Date.now() + Math.round(pause * jitter),
    status: answer.status,
    message: answer.message,
  });
  PropertiesService.getDocumentProperties().setProperty(TROUBLE_, store[TROUBLE_]);
}

/**
 * Notes a post that the webhook refuses for good; the status shows it until the next set-up.
 *
 * @param {Store} store
 * @param {{id: string, body: string}} post
 * @param {Answer} answer
 */
function noteRefused_(store, post, answer) {
  const before = parsedOrNull_(store[REFUSED_]);
  const sent = parsedOrNull_(post.body) || {};
  store[REFUSED_] = JSON.stringify({
    count: before ? before.count + 1 : 1,
    id: post.id,
    tab: sent.tab,
    time_ms: sent.time_ms,
    status: answer.status,
    code: answer.code,
    message: answer.message.slice(0, 1000),
  });
  PropertiesService.getDocumentProperties().setProperty(REFUSED_, store[REFUSED_]);
  toast_('An edit was refused: ' + answer.message);
}

/**
 * Of a refused edit only a hint is left, on which the receiver compares the tab.
 *
 * @param {Installation} installation
 * @param {{body: string}} post
 */
function hintInstead_(installation, post) {
  const sent = parsedOrNull_(post.body);
  if (sent && sent.kind === 'edit') {
    const origin = { spreadsheetId: installation.spreadsheetId, tab: sent.tab, timeMs: sent.time_ms, editor: sent.editor };
    enqueue_([hintPost_(origin, 'OTHER')]);
  }
}

/**
 * After an overflow: asks the receiver to compare the tabs whose posts were not kept.
 *
 * @param {Store} store
 * @param {Installation} installation
 */
function tellOverflow_(store, installation) {
  const overflow = parsedOrNull_(store[OVERFLOW_]);
  if (!overflow) {
    return;
  }
  for (const tab of overflow.tabs) {
    const origin = { spreadsheetId: installation.spreadsheetId, tab: tab, timeMs: Date.now(), editor: null };
    if (!send_(installation, store, hintPost_(origin, 'OTHER'))) {
      return;
    }
  }
  PropertiesService.getDocumentProperties().deleteProperty(OVERFLOW_);
}
