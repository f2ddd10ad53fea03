/** LockService's locks: one holder each, waiters served in the order in which they came. */
export class Locks {
  #held = new Map();
  #waiting = new Map();

  /**
   * @param {string} name
   * @param {string} execution who asks
   * @param {number} timeoutMs
   * @returns {Promise<boolean>} true: held by the execution now
   */
  acquire(name, execution, timeoutMs) {
    const holder = this.#held.get(name);
    if (holder === undefined || holder === execution) {
      this.#held.set(name, execution);
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const queue = this.#waiting.get(name) ?? [];
      const waiter = { execution, resolve, timer: null };
      waiter.timer = setTimeout(() => {
        queue.splice(queue.indexOf(waiter), 1);
        resolve(false);
      }, timeoutMs);
      queue.push(waiter);
      this.#waiting.set(name, queue);
    });
  }

  /** @param {string} name @param {string} execution @returns {boolean} */
  holds(name, execution) {
    return this.#held.get(name) === execution;
  }

  /** Lets go; nothing happens where the execution is not the holder. */
  release(name, execution) {
    if (this.#held.get(name) !== execution) {
      return;
    }
    this.#held.delete(name);
    const next = this.#waiting.get(name)?.shift();
    if (next) {
      clearTimeout(next.timer);
      this.#held.set(name, next.execution);
      next.resolve(true);
    }
  }

  /** An execution ended: its locks are free and it waits for none. */
  releaseAll(execution) {
    for (const queue of this.#waiting.values()) {
      for (const waiter of queue.filter((candidate) => candidate.execution === execution)) {
        clearTimeout(waiter.timer);
        queue.splice(queue.indexOf(waiter), 1);
      }
    }
    for (const [name, holder] of [...this.#held]) {
      if (holder === execution) {
        this.release(name, execution);
      }
    }
  }
}
