/**
 * What set-up recorded in this document, and whether this run may act on it.
 *
 * Everything lives in the document's properties, so it belongs to the spreadsheet, not to a user.
 * They are read once a run, as one call (property reads are counted by the day).
 *
 * @typedef {Record<string, string>} Store
 * @typedef {{webhookUrl: string, secret: string, spreadsheetId: string}} Installation
 */

const SPREADSHEET_ID_ = 'SPREADSHEET_ID';
const WEBHOOK_URL_ = 'WEBHOOK_URL';
const WEBHOOK_SECRET_ = 'WEBHOOK_SECRET';
const INSTALLER_ = 'INSTALLER';
const INSTALLED_AT_ = 'INSTALLED_AT';
const PAUSED_ = 'PAUSED';

/** @returns {Store} every document property, by name */
function readStore_() {
  return PropertiesService.getDocumentProperties().getProperties();
}

/**
 * The installation, if there is one for this very spreadsheet; else null.
 * A copied spreadsheet has another id than the one recorded, so a copy never posts.
 *
 * @param {Store} store
 * @returns {Installation | null}
 */
function installationHere_(store) {
  const url = store[WEBHOOK_URL_];
  const secret = store[WEBHOOK_SECRET_];
  const recorded = store[SPREADSHEET_ID_];
  if (!url || !secret || !recorded || recorded !== SpreadsheetApp.getActive().getId()) {
    return null;
  }
  return { webhookUrl: url, secret: secret, spreadsheetId: recorded };
}

/**
 * The installation that a trigger's run may act for; null means: do nothing.
 * A trigger of somebody who no longer is the installer removes itself: nobody else can see it.
 *
 * @param {Store} store
 * @param {{triggerUid?: string} | undefined} event
 * @returns {Installation | null}
 */
function installationOfTrigger_(store, event) {
  const installation = installationHere_(store);
  if (!installation || store[PAUSED_]) {
    return null;
  }
  const user = effectiveUser_();
  const installer = store[INSTALLER_];
  if (user && installer && user !== installer) {
    removeTrigger_(event && event.triggerUid);
    return null;
  }
  return installation;
}

/** @returns {string} e-mail of whom this run belongs to; '' where Google does not tell */
function effectiveUser_() {
  return Session.getEffectiveUser().getEmail() || '';
}
