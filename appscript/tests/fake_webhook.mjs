/** A webhook that checks each signature with code of its own and keeps what it took. */
import { createHmac } from 'node:crypto';
import http from 'node:http';

export class FakeWebhook {
  secret = 'shared secret ✓';
  mappings = [];
  maxBody = 2_000_000;
  /** What it answers to a question for the status: by mapping, what the sink said. */
  sink = {};
  /** Every request taken as signed: path, bytes, and the number of posts in it. */
  requests = [];
  posts = [];
  attempts = [];
  /** Status to refuse posts (of a kind) with, or null; `problem: null` answers without a reason. */
  failing = null;
  /** How long each answer takes. */
  delayMs = 0;
  #gate = Promise.resolve();
  #open = () => {};
  #begun = () => {};
  #server = null;
  #port = 0;

  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  get edits() {
    return this.posts.filter((post) => post.kind === 'edit');
  }

  get commands() {
    return this.posts.filter((post) => post.kind === 'command').map((post) => `${post.command} ${post.tab}`);
  }

  get hints() {
    return this.posts.filter((post) => post.kind === 'hint').map((post) => `${post.change_type} ${post.tab}`);
  }

  async start() {
    this.#server = http.createServer((request, response) => void this.#serve(request, response));
    await new Promise((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = this.#server.address().port;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /**
   * From now on requests wait for `release`.
   *
   * @returns {Promise<void>} when the first one has come
   */
  hold() {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
    return new Promise((resolve) => {
      this.#begun = resolve;
    });
  }

  release() {
    this.#open();
  }

  async #serve(request, response) {
    this.#begun();
    await this.#gate;
    const chunks = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    if (this.delayMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    }
    const [status, body] = this.#answer(request, Buffer.concat(chunks));
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  }

  #answer(request, raw) {
    const timestamp = request.headers['x-sheetbridge-timestamp'];
    const signature = createHmac('sha256', this.secret).update(`${timestamp}.`).update(raw).digest('hex');
    if (request.headers['x-sheetbridge-signature'] !== `v1=${signature}`) {
      return [401, { error: { code: 'bad_signature', message: 'The signature is wrong.' } }];
    }
    if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) {
      return [401, { error: { code: 'stale_timestamp', message: 'The clock is off.' } }];
    }
    const bodies = raw.toString().split('\n').map((line) => JSON.parse(line));
    this.requests.push({ path: request.url, bytes: raw.length, posts: bodies.length });
    if (raw.length > this.maxBody) {
      return [413, { error: { code: 'too_large', message: 'Too large.', mend: 'Send less.' } }];
    }
    switch (request.url) {
      case '/v1/mappings':
        return [200, { mappings: this.mappings, max_body: this.maxBody }];
      case '/v1/status':
        return [200, { mappings: this.mappings.map(({ name, tab }) => ({ name, tab, sink: this.sink[name] ?? null })) }];
      default:
        return this.#take(bodies);
    }
  }

  /** All or none, as the webhook does it. */
  #take(bodies) {
    this.attempts.push(...bodies.map((body) => body.id));
    if (this.failing && bodies.some((body) => (this.failing.kind ?? body.kind) === body.kind)) {
      const { status, problem = { code: 'no', message: 'No.', mend: 'Mend it.' } } = this.failing;
      return [status, problem ? { error: problem } : { detail: 'Not Found' }];
    }
    this.posts.push(...bodies);
    const accepted = bodies.reduce((sum, body) => sum + (body.rows?.length ?? 0), 0);
    return [202, bodies.length === 1 ? { id: bodies[0].id, accepted } : { ids: bodies.map((body) => body.id), accepted }];
  }
}
