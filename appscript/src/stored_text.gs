/**
 * Texts longer than one property may hold, cut into several properties.
 * Google allows 9 kB a value and 500 kB a store:
 * https://developers.google.com/apps-script/guides/services/quotas
 */

const PROPERTY_VALUE_BYTES_ = 8500;

/**
 * @param {string} text
 * @returns {number} bytes of its UTF-8 encoding
 */
function utf8Length_(text) {
  let bytes = 0;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      bytes += 1;
    } else if (unit < 0x800) {
      bytes += 2;
    } else if (unit >= 0xd800 && unit < 0xdc00) {
      bytes += 4; // with the low surrogate that follows
      i += 1;
    } else {
      bytes += 3;
    }
  }
  return bytes;
}

/**
 * @param {string} text
 * @param {number} limit bytes a piece, at least 4
 * @returns {string[]} pieces that join to the text; never cut inside a character
 */
function piecesOf_(text, limit) {
  /** @type {string[]} */
  const pieces = [];
  let start = 0;
  let bytes = 0;
  let at = 0;
  while (at < text.length) {
    const pair = text.charCodeAt(at) >= 0xd800 && text.charCodeAt(at) < 0xdc00;
    const width = pair ? 2 : 1;
    const size = utf8Length_(text.slice(at, at + width));
    if (bytes + size > limit) {
      pieces.push(text.slice(start, at));
      start = at;
      bytes = 0;
    }
    bytes += size;
    at += width;
  }
  pieces.push(text.slice(start));
  return pieces;
}
