/** Big pastes under the webhook's body limit, which it tells. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { Stage } from './stage.mjs';

const LIMIT = 20_000;

describe('a webhook that takes small bodies only', () => {
  let stage;
  beforeEach(async () => {
    stage = await Stage.open({ setUp: false });
    stage.webhook.maxBody = LIMIT;
    await stage.run('sheetbridgeSetUp');
    stage.webhook.posts.length = 0;
    stage.webhook.requests.length = 0;
  });
  afterEach(() => stage.close());

  it('gets a big paste in bodies below its limit, in order', async () => {
    const values = Array.from({ length: 1200 }, (_, i) => [`K${i}`, i, '', `maker ✈ ${i}`]);
    await stage.paste('planes', 10, 1, values);
    const sizes = stage.webhook.requests.map((request) => request.bytes);
    assert.ok(sizes.length > 5 && Math.max(...sizes) <= LIMIT, String(sizes));
    const keys = stage.webhook.edits.flatMap((post) => post.rows.map((row) => row.key.tailnum));
    assert.deepEqual(keys, values.map(([key]) => key));
  });

  it('gets what waited in bodies below its limit, too', async () => {
    stage.webhook.failing = { status: 503 };
    for (let i = 0; i < 60; i += 1) {
      await stage.paste('planes', 2, 4, [[`${i} `.padEnd(1500, '€')]]);
    }
    stage.webhook.failing = null;
    stage.webhook.requests.length = 0;
    await stage.run('sheetbridgeEveryMinute');
    const edits = stage.webhook.edits.map((post) => Number.parseInt(post.rows[0].cells.maker.value, 10));
    assert.deepEqual(edits, [...Array(60).keys()]);
    assert.ok(stage.webhook.requests.every((request) => request.bytes <= LIMIT));
  });

  it('gets a hint for a row that no body could hold, and the rows beside it', async () => {
    await stage.paste('planes', 2, 4, [['x'.repeat(25_000)], ['y']]);
    assert.deepEqual(stage.webhook.hints, ['TOO_LARGE planes']);
    assert.deepEqual(stage.webhook.edits.map((post) => post.rows[0].cells.maker.value), ['y']);
  });
});
