/** CacheService: texts of at most 100 kB that go after their time, 10 minutes unless told. */
const VALUE_BYTES = 100 * 1024;
const DEFAULT_SECONDS = 600;
const LONGEST_SECONDS = 21_600;

export class DocumentCaches {
  #entries = new Map();

  /** @param {string} document @param {{store: string, names: string[]}} args */
  get(document, { store, names }) {
    const now = Date.now();
    const found = {};
    for (const name of names) {
      const entry = this.#entries.get(`${document}/${store}/${name}`);
      if (entry && entry.until > now) {
        found[name] = entry.value;
      }
    }
    return found;
  }

  /** @param {string} document @param {{store: string, values: object, seconds: number | null}} args */
  put(document, { store, values, seconds }) {
    const until = Date.now() + Math.min(seconds ?? DEFAULT_SECONDS, LONGEST_SECONDS) * 1000;
    for (const [name, value] of Object.entries(values)) {
      if (Buffer.byteLength(value) > VALUE_BYTES) {
        throw new Error('Argument too large: value');
      }
      this.#entries.set(`${document}/${store}/${name}`, { value, until });
    }
    return null;
  }

  /** @param {string} document @param {{store: string, names: string[]}} args */
  remove(document, { store, names }) {
    names.forEach((name) => this.#entries.delete(`${document}/${store}/${name}`));
    return null;
  }
}
