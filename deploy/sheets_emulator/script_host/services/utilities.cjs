/** Utilities. https://developers.google.com/apps-script/reference/utilities/utilities */
const { wallOf } = require('./zoned_time.cjs');

const Charset = { US_ASCII: 'ascii', UTF_8: 'utf8' };
const DigestAlgorithm = { MD5: 'md5', SHA_1: 'sha1', SHA_256: 'sha256', SHA_512: 'sha512' };
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

function makeUtilities(bridge) {
  const { native } = bridge;
  const signed = (base64) =>
    Array.from(native.fromBase64(base64, 'latin1'), (char) => (char.charCodeAt(0) << 24) >> 24);
  const bytesToBase64 = (bytes) =>
    native.toBase64(String.fromCharCode(...bytes.map((byte) => byte & 255)), 'latin1');
  const textOrBytes = (data) => (typeof data === 'string' ? native.toBase64(data, 'utf8') : bytesToBase64(data));
  const usAscii = (text) => text.replace(/[^\0-\x7f]/g, '?');
  return {
    Charset,
    DigestAlgorithm,
    getUuid: () => native.uuid(),
    sleep(ms) {
      bridge.changes += 1;
      native.sleep(ms);
    },
    computeHmacSha256Signature(value, key, charset = Charset.US_ASCII) {
      const [text, secret] = charset === Charset.UTF_8 ? [value, key] : [usAscii(value), usAscii(key)];
      return signed(native.hmacSha256(text, secret, 'utf8'));
    },
    computeDigest: (algorithm, value) => signed(native.digest(algorithm, value)),
    base64Encode: textOrBytes,
    base64EncodeWebSafe: (data) => textOrBytes(data).replace(/\+/g, '-').replace(/\//g, '_'),
    base64Decode: (text) => signed(text),
    newBlob: (data, contentType = null, name = null) => ({
      getBytes: () => signed(textOrBytes(data)),
      getDataAsString: () => native.fromBase64(textOrBytes(data), 'utf8'),
      getContentType: () => contentType,
      getName: () => name,
    }),
    formatDate: (date, timeZone, format) => formatDate(date, timeZone, format),
    jsonParse: (text) => JSON.parse(text),
    jsonStringify: (value) => JSON.stringify(value),
  };
}

/**
 * A part of Java's SimpleDateFormat: y M d H h m s S a E Z X z and quoted text.
 *
 * @param {Date} date
 * @param {string} timeZone
 * @param {string} format
 * @returns {string}
 */
function formatDate(date, timeZone, format) {
  const zone = timeZone === 'GMT' ? 'UTC' : timeZone;
  const wall = new Date(wallOf(date.getTime(), zone));
  return format.replace(/'((?:[^']|'')*)'|([A-Za-z])\2*/g, (token, quoted) => {
    if (quoted !== undefined) {
      return quoted === '' ? "'" : quoted.replace(/''/g, "'");
    }
    return field(token, wall, wall.getTime() - date.getTime(), timeZone);
  });
}

function field(token, wall, offsetMs, timeZone) {
  const width = token.length;
  const padded = (number) => String(number).padStart(width, '0');
  switch (token[0]) {
    case 'y':
      return width === 2 ? String(wall.getUTCFullYear()).slice(-2) : padded(wall.getUTCFullYear());
    case 'M':
      if (width >= 3) {
        return width === 3 ? MONTHS[wall.getUTCMonth()].slice(0, 3) : MONTHS[wall.getUTCMonth()];
      }
      return padded(wall.getUTCMonth() + 1);
    case 'd':
      return padded(wall.getUTCDate());
    case 'H':
      return padded(wall.getUTCHours());
    case 'h':
      return padded(wall.getUTCHours() % 12 || 12);
    case 'm':
      return padded(wall.getUTCMinutes());
    case 's':
      return padded(wall.getUTCSeconds());
    case 'S':
      return padded(wall.getUTCMilliseconds());
    case 'a':
      return wall.getUTCHours() < 12 ? 'AM' : 'PM';
    case 'E':
      return width > 3 ? DAYS[wall.getUTCDay()] : DAYS[wall.getUTCDay()].slice(0, 3);
    case 'Z':
      return offset(offsetMs, '');
    case 'X':
      return offsetMs === 0 ? 'Z' : offset(offsetMs, width === 3 ? ':' : '');
    case 'z':
      return timeZone;
    default:
      throw new Error(`Illegal pattern character '${token[0]}'`);
  }
}

function offset(ms, separator) {
  const minutes = Math.abs(Math.round(ms / 60000));
  const two = (number) => String(number).padStart(2, '0');
  return (ms < 0 ? '-' : '+') + two(Math.floor(minutes / 60)) + separator + two(minutes % 60);
}

module.exports = { makeUtilities, formatDate };
