/**
 * What set-up recorded in this document, and whether this run may act on it.
 *
 * It lives in the document's properties, so it belongs to the spreadsheet, not to a user. It is one
 * property, written at once, so that a set-up is there whole or not at all. Properties are read
 * once a run, in one call, since their reads are counted by the day.
 *
 * @typedef {Record<string, string>} Store
 * @typedef {{webhookUrl: string, secret: string, spreadsheetId: string, installer: string,
 *            installedAt: number}} Installation
 */

const INSTALLATION_ = 'INSTALLATION';

/** @returns {Store} every document property, by name */
function readStore_() {
  return PropertiesService.getDocumentProperties().getProperties();
}

/**
 * @param {Store} store
 * @returns {Installation | null} what was recorded, be it for another spreadsheet
 */
function recordedInstallation_(store) {
  return parsedOrNull_(store[INSTALLATION_]);
}

/**
 * The installation, if there is one for this very spreadsheet; else null.
 * A copied spreadsheet has another id than the one recorded, so a copy never posts.
 *
 * @param {Store} store
 * @returns {Installation | null}
 */
function installationHere_(store) {
  const recorded = recordedInstallation_(store);
  return recorded && recorded.spreadsheetId === SpreadsheetApp.getActive().getId() ? recorded : null;
}

/**
 * @param {Store} store
 * @param {Installation} installation
 */
function recordInstallation_(store, installation) {
  store[INSTALLATION_] = JSON.stringify(installation);
  PropertiesService.getDocumentProperties().setProperty(INSTALLATION_, store[INSTALLATION_]);
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
  if (!installation) {
    return null;
  }
  const user = effectiveUser_();
  if (user && installation.installer && user !== installation.installer) {
    removeTrigger_(event && event.triggerUid);
    return null;
  }
  return installation;
}

/** @returns {string} e-mail of whom this run belongs to; '' where Google does not tell */
function effectiveUser_() {
  return Session.getEffectiveUser().getEmail() || '';
}
