/**
 * The way out of the script's scope: blocking calls as JSON texts, and a record of what the
 * execution showed, logged and asked for: how often each service was called, and how many properties
 * were read and written (Google counts them by the day, and does not say whether by call or by name).
 */
class Bridge {
  constructor(native, execution) {
    this.native = native;
    this.execution = execution;
    this.record = { log: [], toasts: [], dialogs: [], menus: [], calls: {}, properties: { read: 0, written: 0 } };
    this.changes = 0;
  }

  /**
   * @param {string} op
   * @param {object} args
   * @returns {any} the answer; throws an Error of the script's own scope
   */
  call(op, args) {
    this.record.calls[op] = (this.record.calls[op] ?? 0) + 1;
    const reply = this.native.call(op, JSON.stringify(args));
    if (reply.error !== undefined) {
      throw new Error(`Exception: ${reply.error}`);
    }
    return JSON.parse(reply.json);
  }

  /** Refuses what a simple trigger may not do. */
  requireAuthorization(what) {
    if (this.execution.restricted) {
      throw new Error(`You do not have permission to call ${what}.`);
    }
  }

  /** Refuses what the manifest's scopes leave out; a manifest without scopes allows everything. */
  requireScope(...names) {
    const scopes = this.execution.scopes;
    const urls = names.map((name) => `https://www.googleapis.com/auth/${name}`);
    if (scopes && !urls.some((url) => scopes.includes(url))) {
      throw new Error(
        `Exception: Specified permissions are not sufficient to perform the action. Required permissions: ${urls.join(' || ')}`,
      );
    }
  }
}

module.exports = { Bridge };
