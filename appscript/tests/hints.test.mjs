import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import { PLANES, Stage } from './stage.mjs';

const CREWS = { name: 'crews', tab: 'other', key: ['a'], columns: '*' };

describe('hints', () => {
  let stage;
  before(async () => {
    stage = await Stage.open({ mappings: [PLANES, CREWS] });
  });
  after(() => stage.close());
  beforeEach(() => {
    stage.webhook.posts.length = 0;
  });

  for (const type of ['INSERT_ROW', 'REMOVE_ROW', 'INSERT_COLUMN', 'REMOVE_COLUMN', 'OTHER']) {
    it(`${type} is told of the tab where it happened`, async () => {
      await stage.changed(type, 'planes');
      assert.deepEqual(stage.webhook.hints, [`${type} planes`]);
    });
  }

  it('a change of formats is nothing', async () => {
    await stage.changed('FORMAT', 'planes');
    assert.deepEqual(stage.webhook.posts, []);
  });

  it('an EDIT change with an edit event beside it makes no hint', async () => {
    await stage.type('planes', 2, 2, 1, { old: '2' });
    await stage.changed('EDIT', 'planes');
    await stage.run('sheetbridgeEveryMinute');
    assert.deepEqual(stage.webhook.hints, []);
  });

  for (const [item, command] of [['SyncNow', 'reconcile'], ['Pause', 'pause'], ['Resume', 'resume']]) {
    it(`${item} is a command for every mapped tab, and names its person`, async () => {
      const record = await stage.run(`sheetbridge${item}`, { user: 'ann@example.com' });
      assert.equal(record.error, null, record.error?.stack);
      assert.deepEqual(stage.webhook.commands, [`${command} planes`, `${command} other`]);
      assert.equal(stage.webhook.posts[0].editor, 'ann@example.com');
      assert.equal(record.toasts.length, 1);
    });
  }

  it('a command goes behind the edits that wait, and says that it waits', async () => {
    stage.webhook.failing = { status: 503 };
    await stage.type('planes', 2, 2, 1);
    const record = await stage.run('sheetbridgePause');
    assert.match(record.toasts.at(-1).message, /does not take it now/);
    stage.webhook.failing = null;
    await stage.run('sheetbridgeEveryMinute');
    assert.deepEqual(stage.webhook.posts.map((post) => post.kind), ['edit', 'command', 'command']);
  });

  it('edits are sent while the sink is paused: it keeps them, with their times', async () => {
    await stage.run('sheetbridgePause');
    await stage.type('planes', 2, 2, 1);
    assert.equal(stage.webhook.edits.length, 1);
  });

  it('"*" maps every column that has a header', async () => {
    await stage.paste('other', 1, 2, [['b', '', 'd']]);
    stage.webhook.posts.length = 0;
    await stage.paste('other', 2, 1, [[1, 2, 3, 4]]);
    assert.deepEqual(Object.keys(stage.webhook.edits[0].rows[0].cells), ['a', 'b', 'd']);
  });
});
