/** A full outbox: seen by the person, and nothing of it lost in silence. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { PLANES, Stage } from './stage.mjs';

const OTHER = { name: 'other', tab: 'other', key: ['a'], columns: '*' };
const STORE_BYTES = 500 * 1024;

describe('a full outbox', () => {
  let stage;
  beforeEach(async () => {
    stage = await Stage.open({ mappings: [PLANES, OTHER] });
    stage.webhook.failing = { status: 503 };
  });
  afterEach(() => stage.close());

  async function fill() {
    const records = [];
    for (const letter of 'abc') {
      records.push(...(await stage.paste('planes', 2, 4, [1, 2, 3].map(() => [letter.repeat(49_000)]))));
    }
    return records.at(-1);
  }

  it('is shown by toast, menu and status, and ends in a comparison of the tab', async () => {
    const last = await fill();
    assert.match(last.toasts.at(-1).message, /^The outbox is full\. What you type stays in the sheet/);
    const { overflow, outbox, warnings } = await stage.status();
    assert.deepEqual([overflow.posts, overflow.tabs, outbox.posts], [1, ['planes'], 2]);
    assert.match(warnings[0], /outbox is full/);
    const [opened] = await stage.fire('open', {});
    assert.match(opened.menus[0].items[0].caption, /^⚠ The outbox is full/);
    stage.webhook.failing = null;
    await stage.run('sheetbridgeEveryMinute');
    assert.equal(stage.webhook.edits.length, 2);
    assert.deepEqual(stage.webhook.hints, ['OTHER planes']);
    const after = await stage.status();
    assert.deepEqual([after.overflow, after.warnings], [null, []]);
  });

  it('a smaller edit still gets in, in its order', async () => {
    await fill();
    await stage.type('planes', 2, 2, 7, { old: '2004' });
    stage.webhook.failing = null;
    await stage.run('sheetbridgeEveryMinute');
    assert.deepEqual(stage.webhook.posts.map((post) => post.kind), ['edit', 'edit', 'edit', 'hint']);
    assert.deepEqual(stage.webhook.edits[2].rows[0].cells.year, { value: 7, old: 2004 });
  });

  it('the hint waits in the outbox when the webhook goes away before it', async () => {
    await fill();
    stage.webhook.failing = { status: 503, kind: 'hint' };
    await stage.run('sheetbridgeEveryMinute');
    const { outbox, overflow } = await stage.status();
    assert.deepEqual([outbox.posts, overflow, stage.webhook.edits.length], [1, null, 2]);
    stage.webhook.failing = null;
    await stage.run('sheetbridgeEveryMinute');
    assert.deepEqual(stage.webhook.hints, ['OTHER planes']);
  });

  it('a tab that another run notes meanwhile is not forgotten', async () => {
    await fill();
    stage.webhook.failing = null;
    stage.webhook.delayMs = 100;
    const draining = stage.run('sheetbridgeEveryMinute');
    while (stage.webhook.posts.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await stage.remember({ 'overflow/other': JSON.stringify({ since: 1, posts: 1 }) });
    await draining;
    await stage.run('sheetbridgeEveryMinute');
    assert.deepEqual(stage.webhook.hints, ['OTHER planes', 'OTHER other']);
  });

  it('without room even for the note the timer has every tab compared', async () => {
    const store = await stage.documentProperties();
    const used = Object.entries(store).reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value), 0);
    const filler = {};
    for (let left = STORE_BYTES - used - 10, i = 100; left > 3; i += 1) {
      filler[i] = 'x'.repeat(Math.min(9000, left - 3));
      left -= filler[i].length + 3;
    }
    await stage.remember(filler);
    const [record] = await stage.type('planes', 2, 2, 7, { old: '2004' });
    assert.match(record.toasts.at(-1).message, /^The outbox is full/);
    stage.webhook.failing = null;
    await stage.run('sheetbridgeEveryMinute');
    assert.deepEqual(stage.webhook.hints, ['OTHER planes', 'OTHER other']);
  });
});
