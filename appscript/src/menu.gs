/**
 * The menu "Sheetbridge". A simple trigger builds it, so it needs no leave from anybody. What is
 * wrong stands at its top.
 */

const TITLE_ = 'Sheetbridge';

/** Google calls this when somebody opens the spreadsheet. */
function onOpen() {
  const menu = SpreadsheetApp.getUi().createMenu(TITLE_);
  const facts = menuFacts_();
  if (facts.warnings.length > 0) {
    menu.addItem('⚠ ' + facts.warnings[0], 'sheetbridgeStatus').addSeparator();
  }
  if (!facts.isSetUp) {
    menu.addItem('Set up…', 'sheetbridgeSetUp').addItem('Status', 'sheetbridgeStatus').addToUi();
    return;
  }
  menu
    .addItem('Status', 'sheetbridgeStatus')
    .addItem('Sync now', 'sheetbridgeSyncNow')
    .addItem('Pause', 'sheetbridgePause')
    .addItem('Resume', 'sheetbridgeResume')
    .addSeparator()
    .addItem('Set up…', 'sheetbridgeSetUp')
    .addItem('Rotate secret…', 'sheetbridgeRotateSecret')
    .addToUi();
}

/** @returns {{warnings: string[], isSetUp: boolean}} */
function menuFacts_() {
  try {
    const store = readStore_();
    return { warnings: warnings_(store), isSetUp: installationHere_(store) !== null };
  } catch (error) {
    // The day's property reads may be used up; the menu must not vanish with them.
    const reason = error instanceof Error ? error.message : error;
    return { warnings: ['The script cannot read its notes: ' + reason], isSetUp: true };
  }
}

/** Has every mapped tab compared with its table now. */
function sheetbridgeSyncNow() {
  command_('reconcile', 'Every mapped tab is compared with its table now.');
}

/** Edits are still sent, so that they keep order and time; the receiver applies them at Resume. */
function sheetbridgePause() {
  command_('pause', 'Asked to pause: edits are kept and not applied until you choose Resume. Status shows when it has.');
}

/** Goes on with what was edited meanwhile. */
function sheetbridgeResume() {
  command_('resume', 'Asked to resume. Status shows when it has.');
}

/**
 * Sends a command for every mapped tab, behind the edits that wait.
 *
 * @param {'reconcile' | 'pause' | 'resume'} command
 * @param {string} done what to say
 */
function command_(command, done) {
  const store = readStore_();
  const installation = requireInstallation_(store);
  const mappings = mappings_(store, installation);
  const now = Date.now();
  const event = { user: Session.getActiveUser() };
  deliver_(
    installation,
    mappings.map((mapping) => commandPost_(originOf_(installation, mapping, now, event), command)),
  );
  const waits = outboxNames_(readStore_()).length > 0;
  toast_(
    mappings.length === 0
      ? 'No tab of this spreadsheet is mapped.'
      : waits
        ? 'The webhook does not take it now; it is told as soon as it does.'
        : done,
  );
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
