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

  it('Sync now asks for every mapped tab', async () => {
    await stage.run('sheetbridgeSyncNow');
    assert.deepEqual(stage.webhook.hints, ['OTHER planes', 'OTHER other']);
  });

  it('"*" maps every column that has a header', async () => {
    await stage.paste('other', 1, 2, [['b', '', 'd']]);
    stage.webhook.posts.length = 0;
    await stage.paste('other', 2, 1, [[1, 2, 3, 4]]);
    assert.deepEqual(Object.keys(stage.webhook.edits[0].rows[0].cells), ['a', 'b', 'd']);
  });
});
