/** The services behind the page: the emulator, the feed, and what the feed reads from. */

/**
 * The JSON of a page of a service.
 * @param {string} url
 * @param {RequestInit} [request]
 * @returns {Promise<any>}
 * @throws {ServiceError} with a text for people
 */
export async function fetchJson(url, request) {
  let answer;
  try {
    answer = await fetch(url, request);
  } catch {
    throw new ServiceError("It does not answer.", 0);
  }
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new ServiceError(messageOf(body) ?? `It answered ${answer.status}.`, answer.status);
  return body;
}

/**
 * @param {any} body
 * @returns {string | null}
 */
function messageOf(body) {
  const found = body?.error?.message ?? body?.detail;
  return typeof found === "string" ? found : null;
}

export class ServiceError extends Error {
  /**
   * @param {string} message
   * @param {number} status HTTP status, 0 where there was no answer
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/**
 * Follow a stream of server-sent events; the browser connects again by itself, and where a proxy or
 * a restart made it give up, this does.
 * @param {string} url
 * @param {Record<string, (data: any) => void>} handlers by event name
 * @param {(open: boolean) => void} turned the stream opened or broke
 * @returns {() => void} ends it
 */
export function follow(url, handlers, turned) {
  /** @type {EventSource | null} */
  let source = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let again;
  const connect = () => {
    source = new EventSource(url);
    source.onopen = () => turned(true);
    source.onerror = () => {
      turned(false);
      if (source?.readyState === EventSource.CLOSED) again = setTimeout(connect, 2000);
    };
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => handle(JSON.parse(event.data)));
    }
  };
  connect();
  return () => {
    clearTimeout(again);
    source?.close();
  };
}
