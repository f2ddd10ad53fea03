/**
 * Worker threads, one execution at a time each. A script's calls block, so an execution holds its
 * worker from start to end; at most `limit` run at once, the rest wait in order.
 */
import { MessageChannel, Worker } from 'node:worker_threads';

const WORKER = new URL('./worker.mjs', import.meta.url);

export class Pool {
  #project;
  #answer;
  #idle = [];
  #queue = [];
  #running = 0;
  limit = 8;
  timeLimitMs = 360_000;

  /**
   * @param {object} project
   * @param {(execution: object, op: string, args: object) => Promise<unknown>} answer serves a
   *   script's blocking call
   */
  constructor(project, answer) {
    this.#project = { files: project.files };
    this.#answer = answer;
  }

  /** Starts workers ahead of need, so that the first edits do not wait for them. */
  warm(count) {
    for (let i = this.#idle.length; i < count; i += 1) {
      this.#idle.push(this.#start());
    }
  }

  /**
   * @param {object} execution
   * @returns {Promise<{result: unknown, error: object | null, log: string[]}>}
   */
  run(execution) {
    return new Promise((resolve) => {
      this.#queue.push({ execution, resolve });
      this.#next();
    });
  }

  #next() {
    if (this.#queue.length === 0 || this.#running >= this.limit) {
      return;
    }
    const job = this.#queue.shift();
    this.#running += 1;
    const member = this.#idle.pop() ?? this.#start();
    member.job = job;
    job.startedAt = Date.now();
    job.timer = setTimeout(() => {
      this.#finish(member, failure('Exceeded maximum execution time'), false);
    }, this.timeLimitMs);
    member.worker.postMessage(job.execution);
  }

  #start() {
    const { port1, port2 } = new MessageChannel();
    const signal = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(WORKER, {
      workerData: { project: this.#project, port: port2, signal },
      transferList: [port2],
    });
    const member = { worker, job: null };
    port1.on('message', ({ op, args }) => void this.#serve(member, port1, signal, op, args));
    worker.on('message', (outcome) => this.#finish(member, outcome, true));
    worker.on('error', (error) => this.#finish(member, failure(String(error.message)), false));
    worker.unref();
    return member;
  }

  async #serve(member, port, signal, op, args) {
    let reply;
    try {
      reply = { json: JSON.stringify((await this.#answer(member.job.execution, op, args)) ?? null) };
    } catch (error) {
      reply = { error: String(error.message ?? error) };
    }
    port.postMessage(reply);
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
  }

  #finish(member, outcome, alive) {
    const job = member.job;
    if (!job) {
      return;
    }
    member.job = null;
    clearTimeout(job.timer);
    this.#running -= 1;
    if (alive) {
      this.#idle.push(member);
    } else {
      void member.worker.terminate();
    }
    job.resolve({ ...outcome, startedAt: job.startedAt, durationMs: Date.now() - job.startedAt });
    this.#next();
  }
}

function failure(message) {
  return { result: null, error: { message, stack: message }, log: [], toasts: [], dialogs: [], menus: [], calls: {}, properties: { read: 0, written: 0 } };
}
