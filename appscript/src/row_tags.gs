/**
 * Tags of rows without a full key. Where the database gives the key, the receiver has to find the
 * row again to write it there, and rows move; so the script attaches a tag to the row (developer
 * metadata, which nobody sees) and posts it along. The receiver removes it.
 *
 * A spreadsheet's tab holds 30,000 characters of metadata, so tags are short.
 * https://developers.google.com/workspace/sheets/api/guides/metadata
 */

const ROW_TAG_ = 'sheetbridge.row';
const ROW_TAG_LENGTH_ = 12;
const TAG_LOCK_WAIT_MS_ = 5000;

/**
 * Gives each row that needs one a tag, or finds the one that it has. A row whose key was just
 * cleared is left alone: its person is about to type another.
 *
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {PostedRow[]} rows
 * @param {() => Band} readAgain
 * @param {Band} band as read before
 * @returns {boolean} false: the rows moved while they were tagged, so nothing may be said of them
 */
function tagRows_(sheet, rows, readAgain, band) {
  const keyless = rows.filter((row) => !row.old_key && Object.values(row.key).some((part) => part === null));
  if (keyless.length === 0) {
    return true;
  }
  // Two cells that were typed one after the other are told by two runs at once: one of them tags.
  const lock = LockService.getScriptLock();
  lock.tryLock(TAG_LOCK_WAIT_MS_); // in vain: the row may bear two tags, with which the receiver copes
  try {
    return tagKeyless_(sheet, keyless, readAgain, band);
  } finally {
    lock.releaseLock();
  }
}

/**
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {PostedRow[]} keyless
 * @param {() => Band} readAgain
 * @param {Band} band as read before
 * @returns {boolean} false: the rows moved while they were tagged
 */
function tagKeyless_(sheet, keyless, readAgain, band) {
  const known = tagsByRow_(sheet);
  /** @type {string[]} */
  const made = [];
  for (const row of keyless) {
    const tag = known.get(row.row) || addTag_(sheet, row.row);
    if (tag !== null) {
      row.row_tag = tag;
      if (tag !== known.get(row.row)) {
        made.push(tag);
      }
    }
  }
  SpreadsheetApp.flush();
  if (JSON.stringify(readAgain().values) === JSON.stringify(band.values)) {
    return true;
  }
  findTags_(sheet)
    .filter((entry) => made.includes(entry.getValue() || ''))
    .forEach((entry) => entry.remove());
  return false;
}

/**
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {number} row
 * @returns {string | null} null where the tab holds no more metadata: the row is posted untagged
 */
function addTag_(sheet, row) {
  const tag = Utilities.getUuid().replace(/-/g, '').slice(0, ROW_TAG_LENGTH_);
  try {
    sheet
      .getRange(row + ':' + row)
      .addDeveloperMetadata(ROW_TAG_, tag, SpreadsheetApp.DeveloperMetadataVisibility.DOCUMENT);
  } catch (error) {
    console.warn('Row ' + row + ' gets no tag: ' + error);
    return null;
  }
  return tag;
}

/**
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @returns {Map<number, string>}
 */
function tagsByRow_(sheet) {
  /** @type {Map<number, string>} */
  const tags = new Map();
  for (const entry of findTags_(sheet)) {
    const row = entry.getLocation().getRow();
    const tag = entry.getValue();
    if (row && tag) {
      tags.set(row.getRow(), tag);
    }
  }
  return tags;
}

/**
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @returns {GoogleAppsScript.Spreadsheet.DeveloperMetadata[]}
 */
function findTags_(sheet) {
  return sheet.createDeveloperMetadataFinder().withKey(ROW_TAG_).find();
}
