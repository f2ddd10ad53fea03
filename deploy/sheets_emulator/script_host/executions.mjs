/** Starts executions, counts those not yet ended, and remembers the ended ones. */
import { randomUUID } from 'node:crypto';

const REMEMBERED = 2000;

export class Executions {
  #pool;
  #locks;
  #finished = [];
  #waiting = new Set();
  pending = 0;

  /** @param {import('./pool.mjs').Pool} pool @param {import('./locks.mjs').Locks} locks */
  constructor(pool, locks) {
    this.#pool = pool;
    this.#locks = locks;
  }

  /**
   * @param {object} request what to run and for whom
   * @param {number} delayMs before it may start
   * @returns {Promise<object>} the record of the ended execution
   */
  async start(request, delayMs = 0) {
    const execution = { ...request, id: randomUUID(), queuedAt: Date.now() };
    this.pending += 1;
    try {
      if (delayMs > 0) {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
      const outcome = await this.#pool.run(execution);
      return this.#remember(execution, outcome);
    } finally {
      this.#locks.releaseAll(execution.id);
      this.pending -= 1;
      this.#wake();
    }
  }

  /** @returns {object[]} ended executions of a spreadsheet's script, oldest first */
  finished(spreadsheetId) {
    return this.#finished.filter((record) => record.spreadsheetId === spreadsheetId);
  }

  /** @returns {Promise<{pending: number}>} when nothing is pending, or after the time */
  settle(timeoutMs) {
    if (this.pending === 0) {
      return Promise.resolve({ pending: 0 });
    }
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve({ pending: this.pending });
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiting.add(done);
    });
  }

  #remember(execution, outcome) {
    const record = {
      id: execution.id,
      spreadsheetId: execution.spreadsheetId,
      function: execution.function,
      cause: execution.cause,
      user: execution.effectiveUser,
      queuedAt: execution.queuedAt,
      status: outcome.error ? 'FAILED' : 'COMPLETED',
      ...outcome,
    };
    this.#finished.push(record);
    this.#finished.splice(0, Math.max(0, this.#finished.length - REMEMBERED));
    return record;
  }

  #wake() {
    if (this.pending === 0) {
      [...this.#waiting].forEach((done) => done());
    }
  }
}
