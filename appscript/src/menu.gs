/**
 * The menu "Sheetbridge". A simple trigger builds it, so it needs no leave from anybody.
 */

const TITLE_ = 'Sheetbridge';

/** Google calls this when somebody opens the spreadsheet. */
function onOpen() {
  SpreadsheetApp.getUi()
    .createMenu(TITLE_)
    .addItem('Set up…', 'sheetbridgeSetUp')
    .addItem('Sync now', 'sheetbridgeSyncNow')
    .addItem('Status', 'sheetbridgeStatus')
    .addSeparator()
    .addItem('Pause', 'sheetbridgePause')
    .addItem('Resume', 'sheetbridgeResume')
    .addItem('Rotate secret…', 'sheetbridgeRotateSecret')
    .addToUi();
}

/** Asks the receiver to compare every mapped tab now. */
function sheetbridgeSyncNow() {
  const store = readStore_();
  const installation = requireInstallation_(store);
  hintAll_(store, installation, 'OTHER');
  toast_(outboxNames_(readStore_()).length > 0 ? 'The webhook does not answer; it will be asked again.' : 'Asked.');
}

/** Edits are not posted until somebody resumes. */
function sheetbridgePause() {
  requireInstallation_(readStore_());
  PropertiesService.getDocumentProperties().setProperty(PAUSED_, String(Date.now()));
  toast_('Paused: edits of this spreadsheet are not sent.');
}

/** Posts again, and has the tabs compared for what was edited meanwhile. */
function sheetbridgeResume() {
  PropertiesService.getDocumentProperties().deleteProperty(PAUSED_);
  sheetbridgeSyncNow();
}

/**
 * @param {Store} store
 * @returns {Installation}
 */
function requireInstallation_(store) {
  const installation = installationHere_(store);
  if (!installation) {
    throw new Error('Sheetbridge is not set up in this spreadsheet. Choose Sheetbridge > Set up….');
  }
  return installation;
}

/** @returns {GoogleAppsScript.Base.Ui | null} null where nobody sits before a screen */
function ui_() {
  try {
    return SpreadsheetApp.getUi();
  } catch {
    return null;
  }
}

/** @param {string} message */
function toast_(message) {
  SpreadsheetApp.getActive().toast(message, TITLE_);
}
