/** A webhook that checks each signature with code of its own and keeps what it took. */
import { createHmac } from 'node:crypto';
import http from 'node:http';

export class FakeWebhook {
  secret = 'shared secret ✓';
  mappings = [];
  posts = [];
  attempts = [];
  /** Status to refuse posts (of a kind) with, or null; `problem: null` answers without a reason. */
  failing = null;
  /** How long each answer takes. */
  delayMs = 0;
  #server = null;
  #port = 0;

  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  get edits() {
    return this.posts.filter((post) => post.kind === 'edit');
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

  async #serve(request, response) {
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
    const body = JSON.parse(raw);
    if (request.url === '/v1/mappings') {
      return [200, { mappings: this.mappings }];
    }
    this.attempts.push(body.id);
    if (this.failing && (this.failing.kind ?? body.kind) === body.kind) {
      const { status, problem = { code: 'no', message: 'No.', mend: 'Mend it.' } } = this.failing;
      return [status, problem ? { error: problem } : { detail: 'Not Found' }];
    }
    this.posts.push(body);
    return [202, { id: body.id, accepted: body.rows?.length ?? 0 }];
  }
}
