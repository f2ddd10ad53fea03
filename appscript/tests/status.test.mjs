/** The menu and what it shows: this script's own state, and the sink's as the webhook tells it. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { PLANES, Stage } from './stage.mjs';

const QUIET = {
  at_ms: 0, phase: 'running', reason: null, paused: false, last_change_ms: null, waiting: 0, held: [],
  refused: { rows: 0, examples: [] },
};
const MINUTE = 60_000;

describe('status', () => {
  let stage;
  beforeEach(async () => {
    stage = await Stage.open();
    stage.sheet.timeZone = 'America/New_York';
  });
  afterEach(() => stage.close());

  /** What the dialog says of the tab, given what the sink said. */
  async function told(sink) {
    stage.webhook.sink = { planes: { ...QUIET, at_ms: Date.now(), ...sink } };
    const { dialogs } = await stage.run('sheetbridgeStatus', { answers: [] });
    return dialogs[0].message.split('\n\n')[1].split('\n');
  }

  it('a tab in step says since when, in the zone of the spreadsheet', async () => {
    const [first, second] = await told({ last_change_ms: Date.UTC(2026, 6, 1, 16, 30) });
    assert.match(first, /^planes: in step \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\)$/);
    assert.equal(second, '    last sync of a change: 2026-07-01 12:30:00');
  });

  for (const [what, sink, says] of [
    ['what waits', { waiting: 3 }, /^planes: 3 rows are still to be written/],
    ['a pause', { paused: true }, /^planes: paused/],
    ['why it stopped', { reason: 'The key header is gone.' }, /^planes: stopped: The key header is gone\./],
    ['a first sync', { phase: 'new' }, /^planes: the first sync is not done/],
    ['a sink that is silent', { at_ms: Date.now() - 5 * MINUTE }, /^planes: the sink has not been heard since/],
  ]) {
    it(`tells ${what}`, async () => assert.match((await told(sink))[0], says));
  }

  it('tells what is held and what was refused, with the reason', async () => {
    const lines = await told({
      held: [{ what: 'deletes', count: 35, origin: 'sheet', since_ms: Date.UTC(2026, 0, 1, 17) }],
      refused: { rows: 2, examples: [{ key: '{"tailnum":"N1"}', header: 'year', reason: 'takes a whole number' }] },
    });
    assert.deepEqual(lines.slice(1), [
      '    held: 35 deletes from the sheet since 2026-01-01 12:00:00',
      '    refused: cells of 2 rows',
      '    {"tailnum":"N1"}: year takes a whole number',
    ]);
  });

  it('a tab of which the sink has said nothing, and a webhook that does not answer', async () => {
    assert.equal((await stage.status()).sync.mappings[0].sink, null);
    await stage.webhook.stop();
    const { dialogs } = await stage.run('sheetbridgeStatus', { answers: [] });
    assert.match(dialogs[0].message, /The webhook does not tell how far the tabs are: .*Address unavailable/);
    await stage.webhook.start();
  });

  it('opening the spreadsheet makes the menu, and every item of it exists', async () => {
    const [record] = await stage.fire('open', {});
    const items = record.menus[0].items.filter((item) => !item.separator);
    assert.deepEqual(
      [record.menus[0].title, items.map((item) => item.caption)],
      ['Sheetbridge', ['Status', 'Sync now', 'Pause', 'Resume', 'Set up…', 'Rotate secret…']],
    );
    for (const { functionName } of items) {
      const { error } = await stage.run(functionName, { answers: [] });
      assert.equal(error, null, `${functionName}: ${error?.message}`);
    }
  });

  it('before set-up the menu offers that first', async () => {
    const bare = await Stage.open({ setUp: false });
    const [record] = await bare.fire('open', {});
    assert.deepEqual(record.menus[0].items.map((item) => item.caption), ['Set up…', 'Status']);
    await bare.close();
  });

  it('triggers that have stopped are a warning, in the menu too; a heartbeat takes it away', async () => {
    const { INSTALLATION } = await stage.documentProperties();
    const installation = { ...JSON.parse(INSTALLATION), installedAt: Date.now() - 20 * MINUTE };
    const silent = { INSTALLATION: JSON.stringify(installation), HEARTBEAT: String(Date.now() - 16 * MINUTE) };
    await stage.remember(silent);
    const { warnings } = await stage.status();
    assert.deepEqual(warnings, ['The triggers of owner@example.com have stopped: choose Set up…']);
    const [record] = await stage.fire('open', {});
    assert.equal(record.menus[0].items[0].caption, `⚠ ${warnings[0]}`);
    await stage.run('sheetbridgeEveryMinute');
    assert.deepEqual((await stage.status()).warnings, []);
  });

  it('a fresh set-up is no silence, and a copy is one word', async () => {
    await stage.remember({ HEARTBEAT: '0' });
    assert.deepEqual((await stage.status()).warnings, []);
    await stage.copyTo('a-copy-of-it');
    assert.deepEqual((await stage.status('a-copy-of-it')).warnings, ['This is a copy: it is not connected']);
  });

  it('without mapped tabs the menu says so', async () => {
    stage.webhook.mappings = [];
    await stage.run('sheetbridgeSetUp');
    const { toasts } = await stage.run('sheetbridgeSyncNow');
    assert.equal(toasts[0].message, 'No tab of this spreadsheet is mapped.');
    stage.webhook.mappings = [PLANES];
  });
});
