/** HTTP for the scripts' UrlFetchApp calls. */
import http from 'node:http';
import https from 'node:https';

const FETCH_TIMEOUT_MS = 60_000;
const MAX_REDIRECTS = 5;
const agents = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true }),
};

/**
 * One UrlFetchApp request.
 *
 * @param {{url: string, method: string, headers: Record<string, string>, payload: string | null,
 *          followRedirects: boolean}} request payload: base64
 * @returns {Promise<{status: number, headers: Record<string, unknown>, body: string}>} body: base64
 */
export async function fetchUrl(request) {
  let { url, method, payload } = request;
  for (let hop = 0; ; hop += 1) {
    const body = payload === null ? null : Buffer.from(payload, 'base64');
    const response = await exchange(url, method, { ...request.headers, 'user-agent': USER_AGENT }, body);
    const location = response.headers.location;
    if (!request.followRedirects || !location || response.status < 300 || hop === MAX_REDIRECTS) {
      return { ...response, body: response.body.toString('base64') };
    }
    url = new URL(location, url).href;
    if (response.status !== 307 && response.status !== 308) {
      method = 'GET';
      payload = null;
    }
  }
}

const USER_AGENT = 'Mozilla/5.0 (compatible; Google-Apps-Script; beanserver; Sheetbridge emulator)';

function exchange(url, method, headers, body, retried = false) {
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    const client = target.protocol === 'https:' ? https : http;
    const sized = body === null ? headers : { ...headers, 'content-length': body.length };
    const request = client.request(
      target,
      // A second try has a connection of its own: the idle ones may all be closed by now.
      { method: method.toUpperCase(), headers: sized, agent: retried ? false : agents[target.protocol] },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', () => reject(new Error(`Address unavailable: ${url}`)));
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    request.setTimeout(FETCH_TIMEOUT_MS, () => request.destroy(new Error('timeout')));
    request.on('error', (error) => {
      if (request.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code) && !retried) {
        // The other side closed an idle connection just as we used it: a new one, once.
        resolve(exchange(url, method, headers, body, true));
        return;
      }
      const what = { ENOTFOUND: 'DNS error', timeout: 'Timeout' }[error.code ?? error.message];
      reject(new Error(`${what ?? 'Address unavailable'}: ${url}`));
    });
    request.end(body ?? undefined);
  });
}
