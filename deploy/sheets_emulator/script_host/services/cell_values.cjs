/** Between the API's CellData and what Range's methods give. */
const { instantOf } = require('./zoned_time.cjs');

const DATE_FORMATS = ['DATE', 'TIME', 'DATE_TIME'];
const EPOCH = Date.UTC(1899, 11, 30);

/**
 * @param {object} cell CellData
 * @param {string} timeZone
 * @returns {string | number | boolean | Date} '' where the cell is empty
 */
function cellValue(cell, timeZone) {
  const value = cell.effectiveValue ?? {};
  if (value.numberValue !== undefined) {
    return isDate(cell) ? dateOf(value.numberValue, timeZone) : value.numberValue;
  }
  if (value.errorValue !== undefined) {
    return cell.formattedValue ?? '#ERROR!';
  }
  return value.boolValue ?? value.stringValue ?? '';
}

function isDate(cell) {
  const format = cell.effectiveFormat?.numberFormat ?? cell.userEnteredFormat?.numberFormat;
  return DATE_FORMATS.includes(format?.type);
}

function dateOf(serial, timeZone) {
  return new Date(instantOf(EPOCH + Math.round(serial * 86400000), timeZone));
}

module.exports = { cellValue };
