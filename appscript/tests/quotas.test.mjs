/**
 * What edits cost of the day's quotas of a consumer account: runs, requests, and properties read and
 * written. Google does not say whether a read of all properties counts once or once a name, so the
 * dearer is counted. https://developers.google.com/apps-script/guides/services/quotas
 */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { Stage } from './stage.mjs';

const DAY = { runs: 5_400, requests: 20_000, properties: 50_000 }; // 90 minutes at 1 s a run

function cost(records) {
  const total = { runs: 0, requests: 0, read: 0, written: 0 };
  for (const { calls, properties } of records) {
    total.runs += 1;
    total.requests += calls.fetch ?? 0;
    total.read += properties.read;
    total.written += properties.written;
  }
  return total;
}

const times = (factor, total) => Object.fromEntries(Object.entries(total).map(([name, count]) => [name, count * factor]));

describe('cost of', () => {
  let stage;
  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  async function edits(count) {
    const records = [];
    for (let i = 0; i < count; i += 1) {
      records.push(...(await stage.type('planes', 2, 2, i + 1, { old: String(i) })));
    }
    return records;
  }

  it('1,000 edits one by one: two runs and one request each, nothing written', async (context) => {
    const changes = [];
    const records = await edits(100);
    for (const record of records) {
      changes.push(...(await stage.changed('EDIT', 'planes'))); // each edit fires this trigger, too
      assert.equal(record.calls.fetch, 1);
    }
    const thousand = times(10, cost([...records, ...changes]));
    context.diagnostic(`1,000 edits one by one: ${JSON.stringify(thousand)}`);
    assert.deepEqual(thousand, { runs: 2_000, requests: 1_000, read: 6_000, written: 0 });
    assert.equal(stage.webhook.edits.length, 100);
    // So the time that triggers may run ends first: none of the other quotas is ever met.
    const most = DAY.runs / (thousand.runs / 1_000);
    assert.ok((thousand.requests / 1_000) * most < DAY.requests);
    assert.ok((thousand.read / 1_000) * most < DAY.properties);
  });

  it('1,000 edits while the webhook is away: kept in few properties, sent in one request each 500', async (context) => {
    await stage.webhook.stop();
    const records = await edits(1_000);
    const kept = Object.keys(await stage.documentProperties()).filter((name) => name.startsWith('outbox/'));
    await stage.webhook.start();
    const drained = cost([await stage.run('sheetbridgeEveryMinute')]);
    const away = cost(records);
    context.diagnostic(`1,000 edits while the webhook is away (edit runs alone): ${JSON.stringify(away)}; then ${JSON.stringify(drained)}`);
    assert.equal(stage.webhook.edits.length, 1_000);
    assert.ok(kept.length < 60, `${kept.length} properties`);
    assert.ok(away.requests < 20 && away.written < 1_000 + 20, JSON.stringify(away));
    assert.ok(away.read < DAY.properties, JSON.stringify(away));
    assert.ok(drained.requests <= 3 && drained.written < 70, JSON.stringify(drained));
  });

  it('1,000 edits in bursts of 20 while a request is under way: two requests a burst', async (context) => {
    const records = [];
    for (let burst = 0; burst < 5; burst += 1) {
      const begun = stage.webhook.hold();
      const first = stage.paste('planes', 29, 1, [['B', burst]]);
      await begun;
      const block = Array.from({ length: 19 }, (_, i) => stage.paste('planes', 30 + i, 1, [[`B${i}`, burst]]));
      records.push(...(await Promise.all(block)).flat()); // they end while the first one is held
      stage.webhook.release();
      records.push(...(await first));
    }
    const thousand = times(10, cost(records));
    context.diagnostic(`1,000 edits in bursts of 20 (edit runs alone): ${JSON.stringify(thousand)}`);
    assert.equal(stage.webhook.edits.length, 100);
    assert.equal(thousand.requests, 100);
    assert.ok(thousand.read + thousand.written < DAY.properties, JSON.stringify(thousand));
  });

  it('a paste of 1,000 rows: one run, one request', async (context) => {
    const records = await stage.paste('planes', 30, 1, Array.from({ length: 1_000 }, (_, i) => [`P${i}`, i]));
    context.diagnostic(`a paste of 1,000 rows: ${JSON.stringify(cost(records))}`);
    assert.deepEqual(cost(records), { runs: 1, requests: 1, read: 6, written: 0 });
  });

  it('a day without an edit: a tenth of any quota but the time', async (context) => {
    await stage.remember({ HEARTBEAT: String(Date.now()) });
    const quiet = cost([await stage.run('sheetbridgeEveryMinute')]);
    await stage.remember({ HEARTBEAT: '0' });
    const beat = cost([await stage.run('sheetbridgeEveryMinute')]);
    const day = Object.fromEntries(Object.keys(quiet).map((name) => [name, 288 * (4 * quiet[name] + beat[name])]));
    context.diagnostic(`a day without an edit: ${JSON.stringify(day)}`);
    assert.deepEqual(day, { runs: 1_440, requests: 576, read: 4_320, written: 288 });
    assert.ok(day.requests < DAY.requests / 10 && day.read + day.written < DAY.properties / 10);
  });
});
