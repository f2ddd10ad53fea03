/**
 * What Google calls, and the triggers that make it do so. They are installable ones: simple ones
 * may not reach the network. None is named onEdit or onChange, or it would run twice.
 */

const EDITED_HANDLER_ = 'sheetbridgeEdited';
const CHANGED_HANDLER_ = 'sheetbridgeChanged';
const MINUTE_HANDLER_ = 'sheetbridgeEveryMinute';
const TRIGGERS_ = 3;

/**
 * Cells were typed, pasted, filled or cleared by a person.
 * @param {EditEvent} event
 */
function sheetbridgeEdited(event) {
  const startedAt = Date.now(); // before anything is read: the cells showed it at or after this
  const store = readStore_();
  const installation = installationOfTrigger_(store, event);
  if (!installation) {
    return;
  }
  noteEditSeen_(startedAt);
  const tab = event.range.getSheet().getName();
  const mapping = mappingOfTab_(mappings_(store, installation), tab);
  if (mapping) {
    const origin = originOf_(installation, mapping, startedAt, event);
    deliver_(installation, collectEdit_(event, origin, mapping, bodyLimit_(store)));
  }
}

/**
 * Rows, columns or tabs came, went or moved.
 * @param {{changeType: string, source?: any, user?: any, triggerUid?: string}} event
 */
function sheetbridgeChanged(event) {
  const startedAt = Date.now();
  if (event.changeType === 'FORMAT') {
    return;
  }
  if (event.changeType === 'EDIT') {
    noteChangeSeen_(startedAt); // every edit fires this, too: no more than this is done for it
    return;
  }
  const store = readStore_();
  const installation = installationOfTrigger_(store, event);
  if (!installation) {
    return;
  }
  const mappings = changedMappings_(mappings_(store, installation), event);
  deliver_(
    installation,
    mappings.map((mapping) =>
      hintPost_(originOf_(installation, mapping, startedAt, event), event.changeType),
    ),
  );
}

/**
 * Sends what waits, the heartbeat, and a hint for changes that no edit event told of.
 * @param {{triggerUid?: string} | undefined} event
 */
function sheetbridgeEveryMinute(event) {
  const store = readStore_();
  const installation = installationOfTrigger_(store, event);
  if (!installation) {
    return;
  }
  if (outboxNames_(store).length > 0 || overflowNames_(store).length > 0) {
    resend_(installation, store);
  }
  hintUnseenEdits_(store, installation);
  heartbeatIfDue_(store, installation);
}

/**
 * @param {Installation} installation
 * @param {Mapping} mapping
 * @param {number} timeMs
 * @param {{user?: any} | undefined} event
 * @returns {Origin}
 */
function originOf_(installation, mapping, timeMs, event) {
  return {
    spreadsheetId: installation.spreadsheetId,
    tab: mapping.tab,
    timeMs: timeMs,
    editor: emailOf_(event && event.user),
  };
}

/**
 * @param {any} user a User, or the plain object that some events carry
 * @returns {string | null} Google tells it only within one organisation
 */
function emailOf_(user) {
  if (!user) {
    return null;
  }
  return (typeof user.getEmail === 'function' ? user.getEmail() : user.email) || null;
}

/**
 * @param {Installation} installation
 * @param {Store} store
 */
function resend_(installation, store) {
  const lock = LockService.getDocumentLock();
  if (!lock.tryLock(5000)) {
    return; // whoever holds it is sending
  }
  dropLostPieces_(store, Date.now());
  sendLocked_(lock, installation, [], true);
}

/** Installs this user's triggers anew; an earlier set of theirs is removed first. */
function installTriggers_() {
  removeOwnTriggers_();
  const spreadsheet = SpreadsheetApp.getActive();
  ScriptApp.newTrigger(EDITED_HANDLER_).forSpreadsheet(spreadsheet).onEdit().create();
  ScriptApp.newTrigger(CHANGED_HANDLER_).forSpreadsheet(spreadsheet).onChange().create();
  ScriptApp.newTrigger(MINUTE_HANDLER_).timeBased().everyMinutes(1).create();
}

/** Google shows a user only their own triggers, so these are all that we can remove. */
function removeOwnTriggers_() {
  ownTriggers_().forEach((trigger) => ScriptApp.deleteTrigger(trigger));
}

/** @returns {GoogleAppsScript.Script.Trigger[]} */
function ownTriggers_() {
  const handlers = [EDITED_HANDLER_, CHANGED_HANDLER_, MINUTE_HANDLER_];
  return ScriptApp.getProjectTriggers().filter((trigger) => handlers.includes(trigger.getHandlerFunction()));
}

/** @param {string | undefined} uid of the trigger whose run this is */
function removeTrigger_(uid) {
  ScriptApp.getProjectTriggers()
    .filter((trigger) => trigger.getUniqueId() === uid)
    .forEach((trigger) => ScriptApp.deleteTrigger(trigger));
}
