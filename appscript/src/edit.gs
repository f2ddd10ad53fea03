/**
 * From an edit event to posts: the range is read again, since the event itself tells only of
 * single typed cells.
 *
 * @typedef {{range: GoogleAppsScript.Spreadsheet.Range, value?: any, oldValue?: any, user?: any,
 *            triggerUid?: string}} EditEvent
 * @typedef {{typed: boolean, value: any, oldValue: any}} Typing
 * @typedef {{values: any[][], formulas: string[][]}} Band  rows as read, from column 1
 */

const HEADER_ROW_ = 1;

/**
 * @param {EditEvent} event
 * @param {Origin} origin
 * @param {Mapping} mapping of the edited tab
 * @param {number} limit bytes that a post may have
 * @returns {Post[]} in order
 */
function collectEdit_(event, origin, mapping, limit) {
  const range = event.range;
  const sheet = range.getSheet();
  const headers = sheet.getRange(HEADER_ROW_, 1, 1, sheet.getMaxColumns()).getValues()[0];
  const layout = layout_(mapping, headers);
  const posts = range.getRow() <= HEADER_ROW_ ? [hintPost_(origin, 'HEADER')] : [];
  if (layout.missing.length > 0) {
    return posts.length > 0 ? posts : [hintPost_(origin, 'HEADER')];
  }
  const edited = layout.columns.filter(
    (column) => column.column >= range.getColumn() && column.column <= range.getLastColumn(),
  );
  const top = Math.max(range.getRow(), HEADER_ROW_ + 1);
  if (edited.length === 0 || range.getLastRow() < top) {
    return posts;
  }
  if (range.getLastRow() > sheet.getMaxRows()) {
    return posts.concat(hintPost_(origin, 'MOVED')); // rows were deleted since
  }
  const band = readBand_(sheet, top, range.getLastRow(), layout.columns);
  const timeZone = sheet.getParent().getSpreadsheetTimeZone();
  const typing = typingOf_(event);
  if (typing.typed && wasMoved_(range, band, typing, timeZone)) {
    return posts.concat(hintPost_(origin, 'MOVED'));
  }
  const found = rowsOf_(band, top, layout.columns, edited, typing, timeZone);
  if (!tagRows_(sheet, found.rows, () => readBand_(sheet, top, range.getLastRow(), layout.columns), band)) {
    return posts.concat(hintPost_(origin, 'MOVED'));
  }
  if (found.untold) {
    posts.push(hintPost_(origin, 'EDIT'));
  }
  return posts.concat(editPosts_(origin, found.rows, limit));
}

/**
 * What the event says of a single typed cell. Clearing gives no value, or an object that holds
 * the old one; a cell pasted from elsewhere gives neither value nor oldValue.
 *
 * @param {EditEvent} event
 * @returns {Typing} value undefined: cleared
 */
function typingOf_(event) {
  const single = event.range.getNumRows() === 1 && event.range.getNumColumns() === 1;
  if (!single) {
    return { typed: false, value: undefined, oldValue: undefined };
  }
  const cleared = event.value !== null && typeof event.value === 'object';
  const value = cleared ? undefined : event.value;
  const oldValue = cleared && event.oldValue === undefined ? event.value.oldValue : event.oldValue;
  return { typed: value !== undefined || oldValue !== undefined, value: value, oldValue: oldValue };
}

/**
 * @param {GoogleAppsScript.Spreadsheet.Range} range a single cell
 * @param {Band} band
 * @param {Typing} typing
 * @param {string} timeZone
 * @returns {boolean} the row was sorted, moved or overwritten since
 */
function wasMoved_(range, band, typing, timeZone) {
  const at = range.getColumn() - 1;
  if (typing.value === undefined) {
    return band.values[0][at] !== ''; // it was cleared
  }
  return !stillShows_(typing.value, {
    value: band.values[0][at],
    formula: band.formulas[0][at],
    display: () => range.getDisplayValue(),
    timeZone: timeZone,
  });
}

/**
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {number} top
 * @param {number} bottom
 * @param {MappedColumn[]} columns
 * @returns {Band} columns 1 to the last mapped one
 */
function readBand_(sheet, top, bottom, columns) {
  const last = Math.max(...columns.map((column) => column.column));
  const band = sheet.getRange(top, 1, bottom - top + 1, last);
  return { values: band.getValues(), formulas: band.getFormulas() };
}

/**
 * The edited rows. A row with no mapped content at all is left out; where that emptied its key,
 * and where a date cannot be told for certain, the row is left to the receiver's comparison. A row
 * whose key was edited, or that has no full key, is sent whole.
 *
 * @param {Band} band
 * @param {number} top
 * @param {MappedColumn[]} columns
 * @param {MappedColumn[]} edited
 * @param {Typing} typing
 * @param {string} timeZone
 * @returns {{rows: PostedRow[], untold: boolean}}
 */
function rowsOf_(band, top, columns, edited, typing, timeZone) {
  const keyEdited = edited.some((column) => column.isKey);
  const keys = columns.filter((column) => column.isKey);
  /** @type {PostedRow[]} */
  const rows = [];
  let untold = false;
  band.values.forEach((values, i) => {
    if (columns.every((column) => values[column.column - 1] === '')) {
      untold = untold || keyEdited;
      return;
    }
    const whole = keyEdited || keys.some((column) => values[column.column - 1] === '');
    const sent = whole ? columns : edited;
    if (sent.concat(keys).some((column) => mayBeSkippedHour_(values[column.column - 1], timeZone))) {
      untold = true;
      return;
    }
    /** @type {PostedRow} */
    const row = { row: top + i, key: keyOf_(values, columns, timeZone), cells: {} };
    if (typing.typed) {
      row.typed = true;
    }
    if (keyEdited) {
      row.key_edited = true;
    }
    for (const column of sent) {
      row.cells[column.header] = cellOf_(values, band.formulas[i], column, timeZone);
    }
    if (typing.typed) {
      addOld_(row, edited[0], typing, values[edited[0].column - 1]);
    }
    rows.push(row);
  });
  return { rows: rows, untold: untold };
}

/**
 * @param {any[]} values
 * @param {MappedColumn[]} columns
 * @param {string} timeZone
 * @returns {Record<string, Content>}
 */
function keyOf_(values, columns, timeZone) {
  /** @type {Record<string, Content>} */
  const key = {};
  for (const column of columns) {
    if (column.isKey) {
      key[column.header] = contentOf_(values[column.column - 1], timeZone);
    }
  }
  return key;
}

/**
 * @param {any[]} values
 * @param {string[]} formulas
 * @param {MappedColumn} column
 * @param {string} timeZone
 * @returns {PostedCell}
 */
function cellOf_(values, formulas, column, timeZone) {
  const at = column.column - 1;
  /** @type {PostedCell} */
  const cell = { value: contentOf_(values[at], timeZone) };
  if (formulas[at]) {
    cell.formula = formulas[at];
  }
  return cell;
}

/**
 * Adds what the typed cell held before. With a value and no oldValue the cell was empty.
 *
 * @param {PostedRow} row
 * @param {MappedColumn} column the typed one
 * @param {Typing} typing
 * @param {unknown} now
 */
function addOld_(row, column, typing, now) {
  const old = oldContentOf_(typing.oldValue, now);
  row.cells[column.header].old = old;
  if (column.isKey && old !== null) {
    row.old_key = Object.assign({}, row.key, { [column.header]: old });
  }
}
