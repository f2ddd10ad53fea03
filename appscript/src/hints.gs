/**
 * Which tabs a change concerns, and changes of content that no edit event told of.
 *
 * Whether sorting, undo or another program's write fire an edit event is not certain, so an EDIT
 * change with no edit event near it makes a hint. The times wait in the cache, which costs no
 * property writes and may forget: the receiver compares on its own timer too.
 */

const EDIT_SEEN_ = 'edit-seen';
const CHANGE_SEEN_ = 'change-seen';
const UNTOLD_ = 'untold';
const SEEN_SECONDS_ = 600;
const NEAR_MS_ = 10000;

/** @returns {GoogleAppsScript.Cache.Cache} */
function cache_() {
  const cache = CacheService.getDocumentCache();
  if (!cache) {
    throw new Error('This script belongs to no spreadsheet.'); // only in a script of its own
  }
  return cache;
}

/** @param {number} timeMs */
function noteEditSeen_(timeMs) {
  cache_().put(EDIT_SEEN_, String(timeMs), SEEN_SECONDS_);
}

/** @param {number} timeMs */
function noteChangeSeen_(timeMs) {
  cache_().put(CHANGE_SEEN_, String(timeMs), SEEN_SECONDS_);
}

/** Something could not even be noted: the timer is to have every tab compared. */
function noteUntold_() {
  cache_().put(UNTOLD_, 'yes', SEEN_SECONDS_);
}

/**
 * @param {Store} store
 * @param {Installation} installation
 */
function hintUnseenEdits_(store, installation) {
  const cache = cache_();
  const seen = cache.getAll([EDIT_SEEN_, CHANGE_SEEN_, UNTOLD_]);
  if (seen[UNTOLD_]) {
    cache.remove(UNTOLD_);
    hintAll_(store, installation, 'OTHER');
  }
  const changedAt = Number(seen[CHANGE_SEEN_] || 0);
  const editedAt = Number(seen[EDIT_SEEN_] || 0);
  if (changedAt === 0 || Date.now() - changedAt < NEAR_MS_) {
    return; // nothing, or its edit event may still come
  }
  cache.remove(CHANGE_SEEN_);
  if (changedAt - editedAt > NEAR_MS_) {
    hintAll_(store, installation, 'EDIT');
  }
}

/**
 * @param {Store} store
 * @param {Installation} installation
 * @param {string} changeType
 */
function hintAll_(store, installation, changeType) {
  const now = Date.now();
  deliver_(
    installation,
    mappings_(store, installation).map((mapping) =>
      hintPost_(originOf_(installation, mapping, now, undefined), changeType),
    ),
  );
}

/**
 * The mappings that a change may concern: of the tab where it happened where that is mapped, else
 * all (a change event names no tab for certain, and a needless comparison is cheap).
 *
 * @param {Mapping[]} mappings
 * @param {{source?: any}} event
 * @returns {Mapping[]}
 */
function changedMappings_(mappings, event) {
  const sheet = event.source && event.source.getActiveSheet();
  const here = sheet ? mappingOfTab_(mappings, sheet.getName()) : null;
  return here ? [here] : mappings;
}
