/**
 * One request to the webhook, and what its answer means for the sender.
 *
 * @typedef {'accepted' | 'retry' | 'refused'} Fate
 * @typedef {{fate: Fate, status: number, code: string, message: string, json: any}} Answer
 */

const EDITS_PATH_ = '/v1/edits';
const BATCHES_PATH_ = '/v1/batches';
const MAPPINGS_PATH_ = '/v1/mappings';
const STATUS_PATH_ = '/v1/status';
const RETRIED_STATUSES_ = [401, 408, 429];

/**
 * Sends posts in one request: a single one as it is, several one a line.
 *
 * @param {Installation} installation
 * @param {string[]} bodies
 * @returns {Answer}
 */
function postBodies_(installation, bodies) {
  return callWebhook_(installation, bodies.length === 1 ? EDITS_PATH_ : BATCHES_PATH_, bodies.join('\n'));
}

/**
 * @param {Installation} installation
 * @param {string} path
 * @param {string} body
 * @returns {Answer}
 */
function callWebhook_(installation, path, body) {
  const headers = signedHeaders_(installation.secret, Math.floor(Date.now() / 1000), body);
  // Apps Script's user agent looks like a browser's, to which free ngrok tunnels show a page first.
  headers['ngrok-skip-browser-warning'] = '1';
  let response;
  try {
    response = UrlFetchApp.fetch(installation.webhookUrl + path, {
      method: 'post',
      contentType: path === BATCHES_PATH_ ? 'application/x-ndjson' : 'application/json',
      payload: body,
      headers: headers,
      muteHttpExceptions: true,
      followRedirects: false,
    });
  } catch (error) {
    // Refused connections, DNS, time-outs and the day's quota throw even with muteHttpExceptions.
    return answer_('retry', 0, 'unreachable', String(error instanceof Error ? error.message : error), null);
  }
  return readAnswer_(response.getResponseCode(), response.getContentText());
}

/**
 * What an answer means. A 4xx counts as the webhook's own "no" only with its problem body: a
 * tunnel that is down answers 404 too, and the post must outlive that.
 *
 * @param {number} status
 * @param {string} text
 * @returns {Answer}
 */
function readAnswer_(status, text) {
  const json = parsedOrNull_(text);
  if ((status === 202 || status === 200) && json !== null) {
    return answer_('accepted', status, '', '', json);
  }
  const problem = json && json.error && json.error.code ? json.error : null;
  if (!problem) {
    return answer_('retry', status, 'not_the_webhook', 'answered ' + status + ' without a reason', null);
  }
  const said = String(problem.message || problem.code) + (problem.mend ? ' ' + problem.mend : '');
  const final = status >= 400 && status < 500 && !RETRIED_STATUSES_.includes(status);
  return answer_(final ? 'refused' : 'retry', status, String(problem.code), said, json);
}

/**
 * @param {Fate} fate
 * @param {number} status
 * @param {string} code
 * @param {string} message
 * @param {any} json
 * @returns {Answer}
 */
function answer_(fate, status, code, message, json) {
  return { fate: fate, status: status, code: code, message: message, json: json };
}

/**
 * @param {string | undefined} text
 * @returns {any} the parsed JSON; null if it is none
 */
function parsedOrNull_(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
