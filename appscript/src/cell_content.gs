/**
 * Content of a cell as the webhook takes it: null, boolean, number, string,
 * {"date": "2004-01-02T00:00:00.000"} (wall clock in the spreadsheet's zone) or {"error": "#REF!"}.
 *
 * @typedef {null | boolean | number | string | {date: string} | {error: string}} Content
 */

// Range.getValues gives errors as these texts.
// https://support.google.com/docs/answer/3093305 lists them by ERROR.TYPE.
const ERROR_TEXT_ = /^#(NULL!|DIV\/0!|VALUE!|REF!|NAME\?|NUM!|N\/A|ERROR!|SPILL!|CALC!)$/;
const PLAIN_NUMBER_ = /^-?(0|[1-9]\d*)(\.\d+)?$/;
const JAVA_DOUBLE_ = /^-?\d+(\.0|\.\d+E-?\d+)$/;
const MS_PER_DAY_ = 86400000;

/**
 * @param {unknown} value one of Range.getValues
 * @param {string} timeZone the spreadsheet's
 * @returns {Content}
 */
function contentOf_(value, timeZone) {
  if (value === null || value === undefined || value === '') {
    return null;
  }
  if (value instanceof Date) {
    return { date: Utilities.formatDate(value, timeZone, "yyyy-MM-dd'T'HH:mm:ss.SSS") };
  }
  if (typeof value === 'string') {
    return ERROR_TEXT_.test(value) ? { error: value } : value;
  }
  if (typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  return String(value);
}

/**
 * Whether a date cell may hold another wall clock than the Date shows. A zone that puts its clocks
 * forward skips an hour; a cell can hold it all the same, and reads as the hour after it.
 *
 * @param {unknown} value one of Range.getValues
 * @param {string} timeZone the spreadsheet's
 * @returns {boolean}
 */
function mayBeSkippedHour_(value, timeZone) {
  if (!(value instanceof Date) || Utilities.formatDate(value, timeZone, 'HH:mm') === '00:00') {
    return false;
  }
  const hourBefore = new Date(value.getTime() - 3600000);
  return offsetOf_(hourBefore, timeZone) < offsetOf_(value, timeZone);
}

/**
 * @param {Date} date
 * @param {string} timeZone
 * @returns {number} such as 530 for +05:30; only good to compare
 */
function offsetOf_(date, timeZone) {
  return Number(Utilities.formatDate(date, timeZone, 'Z'));
}

/**
 * Content that an event's text for the old value stood for. Events carry texts even for numbers;
 * a date comes as its serial number, which the receiver takes for a date as well.
 *
 * @param {unknown} old e.oldValue
 * @param {unknown} now the cell's value; only beside a checkbox does "TRUE" mean true
 * @returns {Content}
 */
function oldContentOf_(old, now) {
  if (old === null || old === undefined || old === '') {
    return null;
  }
  if (typeof old === 'number' || typeof old === 'boolean') {
    return old;
  }
  const text = String(old);
  if (typeof now === 'boolean' && /^(true|false)$/i.test(text)) {
    return text.toLowerCase() === 'true';
  }
  if ((PLAIN_NUMBER_.test(text) && String(Number(text)) === text) || JAVA_DOUBLE_.test(text)) {
    return Number(text);
  }
  return ERROR_TEXT_.test(text) ? { error: text } : text;
}

/**
 * Whether a cell still shows what an event says was typed there. In doubt it does not: then a
 * hint goes out, and the reconciler finds the edit.
 *
 * @param {unknown} typed e.value, a text
 * @param {{value: unknown, formula: string, display: () => string, timeZone: string}} cell
 * @returns {boolean}
 */
function stillShows_(typed, cell) {
  const text = String(typed);
  const value = cell.value;
  if (text === String(value) || text === cell.formula) {
    return true;
  }
  if (typeof value === 'boolean') {
    return text.toLowerCase() === String(value);
  }
  if (text !== '' && !Number.isNaN(Number(text))) {
    const shown = value instanceof Date ? serialOf_(value, cell.timeZone) : value;
    if (typeof shown === 'number' && nearly_(Number(text), shown)) {
      return true;
    }
  }
  return text.trim() === cell.display().trim();
}

/**
 * @param {number} a
 * @param {number} b
 * @returns {boolean} equal at 14 digits: events print numbers shorter than the cell holds them
 */
function nearly_(a, b) {
  return Math.abs(a - b) <= 1e-14 * Math.max(Math.abs(a), Math.abs(b), 1);
}

/**
 * @param {Date} date
 * @param {string} timeZone
 * @returns {number} days since 1899-12-30 of its wall clock, rounded to the millisecond
 */
function serialOf_(date, timeZone) {
  const wall = Utilities.formatDate(date, timeZone, "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'");
  return (Date.parse(wall) - Date.UTC(1899, 11, 30)) / MS_PER_DAY_;
}
