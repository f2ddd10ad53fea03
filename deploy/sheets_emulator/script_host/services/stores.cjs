/**
 * PropertiesService, CacheService and LockService.
 * https://developers.google.com/apps-script/reference/properties/properties
 * https://developers.google.com/apps-script/reference/cache/cache
 * https://developers.google.com/apps-script/reference/lock/lock
 */
class Properties {
  #bridge;
  #store;

  constructor(bridge, store) {
    this.#bridge = bridge;
    this.#store = store;
  }

  getProperties() {
    const all = this.#bridge.call('properties.all', { store: this.#store });
    this.#bridge.record.properties.read += Object.keys(all).length;
    return all;
  }

  getProperty(name) {
    this.#bridge.record.properties.read += 1;
    return this.#bridge.call('properties.all', { store: this.#store })[name] ?? null;
  }

  getKeys() {
    return Object.keys(this.getProperties());
  }

  setProperty(name, value) {
    return this.setProperties({ [name]: value });
  }

  setProperties(values, deleteOthers = false) {
    if (deleteOthers) {
      this.deleteAllProperties();
    }
    const texts = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
    this.#bridge.record.properties.written += Object.keys(texts).length;
    this.#bridge.call('properties.set', { store: this.#store, values: texts });
    return this;
  }

  deleteProperty(name) {
    this.#bridge.record.properties.written += 1;
    this.#bridge.call('properties.delete', { store: this.#store, names: [name] });
    return this;
  }

  deleteAllProperties() {
    this.#bridge.call('properties.delete', { store: this.#store });
    return this;
  }
}

class Cache {
  #bridge;
  #store;

  constructor(bridge, store) {
    this.#bridge = bridge;
    this.#store = store;
  }

  get(name) {
    return this.getAll([name])[name] ?? null;
  }

  getAll(names) {
    return this.#bridge.call('cache.get', { store: this.#store, names });
  }

  put(name, value, seconds) {
    this.putAll({ [name]: value }, seconds);
  }

  putAll(values, seconds) {
    const texts = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
    this.#bridge.call('cache.put', { store: this.#store, values: texts, seconds: seconds ?? null });
  }

  remove(name) {
    this.removeAll([name]);
  }

  removeAll(names) {
    this.#bridge.call('cache.remove', { store: this.#store, names });
  }
}

class Lock {
  #bridge;
  #name;

  constructor(bridge, name) {
    this.#bridge = bridge;
    this.#name = name;
  }

  tryLock(timeoutMs) {
    this.#bridge.changes += 1; // what was read before waiting may be stale
    return this.#bridge.call('lock.acquire', { name: this.#name, timeoutMs });
  }

  waitLock(timeoutMs) {
    if (!this.tryLock(timeoutMs)) {
      throw new Error('Exception: Lock timeout: another process was holding the lock for too long.');
    }
  }

  hasLock() {
    return this.#bridge.call('lock.holds', { name: this.#name });
  }

  releaseLock() {
    this.#bridge.call('lock.release', { name: this.#name });
  }
}

function makePropertiesService(bridge) {
  return {
    getDocumentProperties: () => new Properties(bridge, 'document'),
    getScriptProperties: () => new Properties(bridge, 'script'),
    getUserProperties: () => new Properties(bridge, 'user'),
  };
}

function makeCacheService(bridge) {
  return {
    getDocumentCache: () => new Cache(bridge, 'document'),
    getScriptCache: () => new Cache(bridge, 'script'),
    getUserCache: () => new Cache(bridge, `user ${bridge.execution.effectiveUser}`),
  };
}

function makeLockService(bridge) {
  return {
    getDocumentLock: () => new Lock(bridge, 'document'),
    getScriptLock: () => new Lock(bridge, 'script'),
    getUserLock: () => new Lock(bridge, `user ${bridge.execution.effectiveUser}`),
  };
}

module.exports = { makePropertiesService, makeCacheService, makeLockService };
