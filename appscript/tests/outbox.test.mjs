import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { Stage } from './stage.mjs';

describe('outbox', () => {
  let stage;
  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  it('survives a dead webhook and sends the same ids in order', async () => {
    await stage.webhook.stop();
    await stage.type('planes', 2, 2, 1, { old: '2004' });
    await stage.type('planes', 2, 2, 2, { old: '1' });
    await stage.type('planes', 2, 2, 3, { old: '2' });
    const waiting = await stage.status();
    assert.equal(waiting.outbox.posts, 3);
    assert.match(waiting.trouble.message, /Address unavailable/);
    await stage.webhook.start();
    await stage.run('sheetbridgeEveryMinute');
    assert.deepEqual(stage.webhook.edits.map((post) => post.rows[0].cells.year.value), [1, 2, 3]);
    const after = await stage.status();
    assert.deepEqual([after.outbox, after.trouble], [{ posts: 0, bytes: 0 }, null]);
  });

  it('a resend keeps the id', async () => {
    stage.webhook.failing = { status: 503 };
    await stage.type('planes', 2, 2, 1);
    await stage.run('sheetbridgeEveryMinute');
    stage.webhook.failing = null;
    await stage.run('sheetbridgeEveryMinute');
    const [post] = stage.webhook.edits;
    assert.deepEqual(stage.webhook.attempts.slice(0, 3), [post.id, post.id, post.id]);
  });

  it('new edits go behind those that wait', async () => {
    stage.webhook.failing = { status: 503 };
    await stage.type('planes', 2, 2, 1);
    stage.webhook.failing = null;
    await stage.type('planes', 2, 2, 2, { old: '1' }); // within the pause after a failure
    await stage.run('sheetbridgeEveryMinute');
    assert.deepEqual(stage.webhook.edits.map((post) => post.rows[0].cells.year.value), [1, 2]);
  });

  it('a big post is kept in pieces and comes out whole', async () => {
    stage.webhook.failing = { status: 503 };
    const text = '𝄞é€x'.repeat(10_000);
    await stage.paste('planes', 2, 4, [[text]]);
    const names = Object.keys(await stage.documentProperties()).filter((name) => name.startsWith('outbox/'));
    assert.ok(names.length > 10);
    stage.webhook.failing = null;
    await stage.run('sheetbridgeEveryMinute');
    assert.equal(stage.webhook.edits[0].rows[0].cells.maker.value, text);
  });

  for (const status of [401, 408, 429, 500, 502]) {
    it(`${status} is sent again`, async () => {
      stage.webhook.failing = { status };
      await stage.type('planes', 2, 2, 1);
      assert.equal((await stage.status()).outbox.posts, 1);
    });
  }

  for (const status of [404, 413, 422]) {
    it(`${status} with the webhook's reason is given up, and shown`, async () => {
      stage.webhook.failing = { status };
      const [record] = await stage.type('planes', 2, 2, 1);
      const { outbox, refused } = await stage.status();
      assert.equal(outbox.posts, 0);
      assert.equal(stage.webhook.posts.length, 0);
      assert.deepEqual([refused.count, refused.status, refused.message], [status === 404 ? 1 : 2, status, 'No. Mend it.']);
      assert.match(record.toasts[0].message, /refused/);
    });
  }

  it('of an edit that is refused for its form a hint is left', async () => {
    stage.webhook.failing = { status: 422, kind: 'edit' };
    await stage.type('planes', 2, 2, 1);
    assert.deepEqual([stage.webhook.edits, stage.webhook.hints], [[], ['OTHER planes']]);
  });

  it('404 of something that is not the webhook is sent again', async () => {
    stage.webhook.failing = { status: 404, problem: null };
    await stage.type('planes', 2, 2, 1);
    assert.equal((await stage.status()).outbox.posts, 1);
  });

  it('404 makes the script ask for the mappings again', async () => {
    stage.webhook.failing = { status: 404 };
    stage.webhook.mappings = [];
    await stage.type('planes', 2, 2, 1);
    assert.deepEqual((await stage.status()).tabs, []);
  });

  it('what waits goes in one request', async () => {
    stage.webhook.failing = { status: 503 };
    for (let year = 1; year <= 40; year += 1) {
      await stage.type('planes', 2, 2, year, { old: String(year - 1) });
    }
    stage.webhook.failing = null;
    stage.webhook.requests.length = 0;
    await stage.run('sheetbridgeEveryMinute');
    assert.deepEqual(stage.webhook.requests.map(({ path, posts }) => [path, posts]), [['/v1/batches', 40]]);
    assert.deepEqual(stage.webhook.edits.map((post) => post.rows[0].cells.year.value), [...Array(41).keys()].slice(1));
  });

  it('edits that wait share a property while they fit, and lie behind a big one in order', async () => {
    stage.webhook.failing = { status: 503 };
    await stage.type('planes', 2, 2, 1);
    await stage.type('planes', 2, 2, 2);
    await stage.paste('planes', 2, 4, [['€'.repeat(5_000)]]);
    await stage.type('planes', 2, 2, 3);
    await stage.type('planes', 2, 2, 4);
    const pages = Object.keys(await stage.documentProperties()).filter((name) => name.startsWith('outbox/')).sort();
    assert.deepEqual(pages.map((name) => name.split('/')[4]), ['000of1', '000of2', '001of2', '000of1']);
    stage.webhook.failing = null;
    await stage.run('sheetbridgeEveryMinute');
    const values = stage.webhook.edits.map(({ rows: [{ cells }] }) => cells.year?.value ?? cells.maker.value.length);
    assert.deepEqual(values, [1, 2, 5000, 3, 4]);
  });

  it('of a batch that is refused each post gets its own answer', async () => {
    stage.webhook.failing = { status: 503 };
    await stage.changed('INSERT_ROW', 'planes');
    await stage.type('planes', 2, 2, 1);
    await stage.changed('REMOVE_ROW', 'planes');
    stage.webhook.failing = { status: 422, kind: 'edit' };
    await stage.run('sheetbridgeEveryMinute');
    assert.deepEqual(stage.webhook.hints, ['INSERT_ROW planes', 'REMOVE_ROW planes', 'OTHER planes']);
    const { outbox, refused } = await stage.status();
    assert.deepEqual([outbox.posts, refused.count], [0, 1]);
  });

  it('a run does not wait for another one that sends: it knocks and ends', async () => {
    const begun = stage.webhook.hold();
    const slow = stage.type('planes', 2, 2, 1, { old: '2004' });
    await begun;
    const [quick] = await stage.type('planes', 2, 2, 2, { old: '1' }); // ends while the other is held
    assert.equal(quick.calls.fetch, undefined);
    stage.webhook.release();
    const [sender] = await slow;
    assert.equal(sender.calls.fetch, 2);
    assert.deepEqual(stage.webhook.edits.map((post) => post.rows[0].cells.year.value), [1, 2]);
  });

  it('the first failure is told, the next ones only in the status', async () => {
    await stage.webhook.stop();
    const [first] = await stage.type('planes', 2, 2, 1);
    assert.match(first.toasts[0].message, /kept and sent later/);
    const again = await stage.run('sheetbridgeEveryMinute');
    assert.deepEqual(again.toasts, []);
    assert.match((await stage.status()).warnings[0], /webhook does not take edits/);
    await stage.webhook.start();
  });

  it('of a burst each edit arrives once, whoever sends it', async () => {
    stage.webhook.delayMs = 30;
    const edits = Array.from({ length: 12 }, (_, i) =>
      stage.paste('planes', 30 + i, 1, [[`B${i}`, i]]),
    );
    await Promise.all(edits);
    const keys = stage.webhook.edits.map((post) => post.rows[0].key.tailnum);
    assert.deepEqual([...keys].sort(), Array.from({ length: 12 }, (_, i) => `B${i}`).sort());
    assert.equal((await stage.status()).outbox.posts, 0);
  });

  it('pieces of a post whose writer died do not stop the others', async () => {
    const name = `outbox/${String(Date.now() - 700_000).padStart(15, '0')}/00000/dead/000of002`;
    await stage.host.ask({
      op: 'set_properties', spreadsheetId: stage.id, store: 'document', values: { [name]: '{"ver' },
    });
    await stage.type('planes', 2, 2, 1);
    assert.equal(stage.webhook.edits.length, 1);
    await stage.run('sheetbridgeEveryMinute');
    assert.equal((await stage.status()).outbox.posts, 0);
  });
});
