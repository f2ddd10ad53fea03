/**
 * PropertiesService's stores, with Google's limits: 9 kB a value, 500 kB a store.
 * https://developers.google.com/apps-script/guides/services/quotas
 */
const VALUE_BYTES = 9 * 1024;
const STORE_BYTES = 500 * 1024;

/**
 * @param {import('./state.mjs').Script} script
 * @param {'document' | 'script' | 'user'} kind
 * @param {string} user whose, for user properties
 * @returns {Record<string, string>}
 */
export function storeOf(script, kind, user) {
  if (kind === 'user') {
    script.user[user] ??= {};
    return script.user[user];
  }
  return script[kind];
}

/**
 * @param {Record<string, string>} store
 * @param {Record<string, string>} values
 */
export function setProperties(store, values) {
  for (const [name, value] of Object.entries(values)) {
    if (Buffer.byteLength(value) > VALUE_BYTES) {
      throw new Error(`Argument too large: value of ${name}`);
    }
  }
  const after = { ...store, ...values };
  if (storeBytes(after) > STORE_BYTES) {
    throw new Error('You have exceeded the property storage quota. Please remove some properties and try again.');
  }
  Object.assign(store, values);
}

function storeBytes(store) {
  return Object.entries(store).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
}
