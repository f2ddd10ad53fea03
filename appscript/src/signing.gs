/**
 * Signature of a sending: HMAC-SHA256 over "<unix seconds>.<body>", in lower-case hex.
 * The time is part of it, so each sending, also a resend, is signed afresh.
 */

/**
 * @param {string} secret
 * @param {number} unixSeconds
 * @param {string} body
 * @returns {Record<string, string>} the headers that prove who sends
 */
function signedHeaders_(secret, unixSeconds, body) {
  const timestamp = String(unixSeconds);
  // The charset is said, since the default is US-ASCII, which turns every other letter into "?".
  const bytes = Utilities.computeHmacSha256Signature(
    timestamp + '.' + body,
    secret,
    Utilities.Charset.UTF_8,
  );
  return {
    'X-Sheetbridge-Timestamp': timestamp,
    'X-Sheetbridge-Signature': 'v1=' + hex_(bytes),
  };
}

/**
 * @param {number[]} bytes signed, as Apps Script gives them (-128…127)
 * @returns {string}
 */
function hex_(bytes) {
  return bytes.map((byte) => (byte & 255).toString(16).padStart(2, '0')).join('');
}
