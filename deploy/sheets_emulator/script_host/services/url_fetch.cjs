/** UrlFetchApp. https://developers.google.com/apps-script/reference/url-fetch/url-fetch-app */
class HTTPResponse {
  #bridge;
  #answer;

  constructor(bridge, answer) {
    this.#bridge = bridge;
    this.#answer = answer;
  }

  getResponseCode() {
    return this.#answer.status;
  }

  getContentText(charset = 'utf8') {
    return this.#bridge.native.fromBase64(this.#answer.body, charset.replace('-', '').toLowerCase());
  }

  getAllHeaders() {
    return this.#answer.headers;
  }

  getHeaders() {
    return this.#answer.headers;
  }
}

/** The request as sent: a text payload is UTF-8, an object is a form. */
function requestOf(bridge, url, options) {
  const headers = { ...options.headers };
  let payload = options.payload ?? null;
  if (payload !== null && typeof payload === 'object') {
    const pairs = Object.entries(payload);
    payload = pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
  }
  if (payload !== null) {
    headers['content-type'] = options.contentType ?? 'application/x-www-form-urlencoded';
  }
  return {
    url,
    method: options.method ?? (payload === null ? 'get' : 'post'),
    headers,
    payload: payload === null ? null : bridge.native.toBase64(String(payload), 'utf8'),
    followRedirects: options.followRedirects ?? true,
  };
}

function checked(bridge, answer, url, options) {
  const response = new HTTPResponse(bridge, answer);
  if (answer.status >= 400 && !options.muteHttpExceptions) {
    const host = url.split('/').slice(0, 3).join('/');
    const text = response.getContentText().slice(0, 200);
    throw new Error(
      `Exception: Request failed for ${host} returned code ${answer.status}. Truncated server response: ${text} (use muteHttpExceptions option to examine full response)`,
    );
  }
  return response;
}

function makeUrlFetchApp(bridge) {
  function allow() {
    bridge.requireAuthorization('UrlFetchApp.fetch');
    bridge.requireScope('script.external_request');
  }
  return {
    fetch(url, options = {}) {
      allow();
      const answer = bridge.call('fetch', requestOf(bridge, url, options));
      return checked(bridge, answer, url, options);
    },
    fetchAll(requests) {
      allow();
      const all = requests.map((request) => (typeof request === 'string' ? { url: request } : request));
      const answers = bridge.call('fetchAll', {
        requests: all.map((request) => requestOf(bridge, request.url, request)),
      });
      return answers.map((answer, i) => checked(bridge, answer, all[i].url, all[i]));
    },
  };
}

module.exports = { makeUrlFetchApp };
