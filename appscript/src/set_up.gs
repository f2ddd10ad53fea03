/**
 * Set-up: the webhook's address and secret are asked for and tried, then the triggers installed.
 * It may be run again at any time, to change either or to take over; it leaves one set of triggers.
 */

const GIVEN_URL_ = 'WEBHOOK_URL';
const GIVEN_SECRET_ = 'WEBHOOK_SECRET';

/**
 * Without a screen the script properties WEBHOOK_URL, WEBHOOK_SECRET and TAKE_OVER answer.
 * @returns {string} what was done
 */
function sheetbridgeSetUp() {
  const store = readStore_();
  const given = PropertiesService.getScriptProperties().getProperties();
  if (!mayInstall_(store, given)) {
    return 'Nothing was changed.';
  }
  const here = installationHere_(store);
  const url = given[GIVEN_URL_] || ask_('Address of the webhook (https://…)', here && here.webhookUrl);
  const secret = url && (given[GIVEN_SECRET_] || ask_('Secret of the webhook', here && here.secret, 'the present one'));
  if (!url || !secret) {
    return 'Nothing was changed.';
  }
  const installation = {
    webhookUrl: checkedUrl_(url),
    secret: secret.trim(),
    spreadsheetId: SpreadsheetApp.getActive().getId(),
    installer: effectiveUser_(),
    installedAt: Date.now(),
  };
  const mappings = tryWebhook_(store, installation);
  record_(store, installation);
  installTriggers_();
  heartbeat_(store, installation);
  const tabs = mappings.map((mapping) => mapping.tab).join(', ');
  return say_(
    tabs
      ? 'Set up. Mapped tabs: ' + tabs + '.'
      : 'Set up, but no tab of this spreadsheet is mapped yet: add a mapping to sheetbridge.toml.',
  );
}

/** Takes another secret, once the webhook accepts it. */
function sheetbridgeRotateSecret() {
  const store = readStore_();
  const installation = requireInstallation_(store);
  const given = PropertiesService.getScriptProperties().getProperty(GIVEN_SECRET_);
  const secret = given && given !== installation.secret ? given : ask_('New secret of the webhook', null);
  if (!secret) {
    return 'Nothing was changed.';
  }
  const renewed = Object.assign({}, installation, { secret: secret.trim() });
  tryWebhook_(store, renewed);
  recordInstallation_(store, renewed);
  return say_('The new secret is in use.');
}

/**
 * Whether this user may install. Triggers of another user cannot be seen or removed from here, but
 * they remove themselves once they find that somebody else is the installer.
 *
 * @param {Store} store
 * @param {Store} given
 * @returns {boolean}
 */
function mayInstall_(store, given) {
  const here = installationHere_(store);
  const installer = here && here.installer;
  const user = effectiveUser_();
  if (!installer || !user || installer === user || given.TAKE_OVER === 'yes') {
    return true;
  }
  const ui = ui_();
  if (!ui) {
    throw new Error(
      installer + ' has set Sheetbridge up here. Ask them, or set the script property TAKE_OVER to "yes".',
    );
  }
  const answer = ui.alert(TITLE_, installer + ' has set this up. Take over?', ui.ButtonSet.YES_NO);
  return answer === ui.Button.YES;
}

/**
 * @param {string} question
 * @param {string | null} kept an empty answer keeps this
 * @param {string} [name] what to call it where it must not be shown
 * @returns {string} '' when cancelled
 */
function ask_(question, kept, name) {
  const ui = ui_();
  if (!ui) {
    throw new Error('Set the script properties WEBHOOK_URL and WEBHOOK_SECRET, or run this from the menu.');
  }
  const shown = kept ? question + '\nLeave it empty to keep ' + (name || kept) : question;
  const answer = ui.prompt(TITLE_, shown, ui.ButtonSet.OK_CANCEL);
  if (answer.getSelectedButton() !== ui.Button.OK) {
    return '';
  }
  return answer.getResponseText().trim() || kept || '';
}

/**
 * @param {string} text
 * @returns {string} without a slash or path of ours at its end
 */
function checkedUrl_(text) {
  const url = text.trim().replace(/\/+$/, '').replace(/\/v1\/edits$/, '');
  if (!/^https?:\/\/[^\s/]+/.test(url)) {
    throw new Error('Not an address of a webhook: ' + text + '. It starts with https://.');
  }
  return url;
}

/**
 * @param {Store} store
 * @param {Installation} installation
 * @returns {Mapping[]} what the webhook knows of this spreadsheet; throws when it says no
 */
function tryWebhook_(store, installation) {
  const asked = refreshMappings_(store, installation);
  if (asked.mappings) {
    return asked.mappings;
  }
  if (asked.answer.status === 401) {
    throw new Error('The webhook does not accept this secret: ' + asked.answer.message);
  }
  if (asked.answer.status === 404 && asked.answer.fate === 'refused') {
    return [];
  }
  throw new Error(
    'No answer from the webhook at ' + installation.webhookUrl + ' (' + asked.answer.message +
      '). Start it, or mend the address.',
  );
}

/**
 * @param {Store} store
 * @param {Installation} installation
 */
function record_(store, installation) {
  if (!installationHere_(store)) {
    // Edits and notes of the spreadsheet that this may be a copy of.
    takeOut_(outboxNames_(store).concat(overflowNames_(store)), store);
  }
  takeOut_([REFUSED_, TROUBLE_, HEARTBEAT_].filter((name) => store[name] !== undefined), store);
  recordInstallation_(store, installation);
}

/**
 * @param {string} message
 * @returns {string} the message
 */
function say_(message) {
  toast_(message);
  return message;
}
