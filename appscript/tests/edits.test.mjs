import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import { SPREADSHEET, Stage } from './stage.mjs';

describe('edits', () => {
  let stage;
  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());
  beforeEach(() => {
    stage.webhook.posts.length = 0;
  });

  it('a typed cell is posted with its key, its old value and its editor', async () => {
    const began = Date.now();
    await stage.type('planes', 2, 2, 2005, { old: '2004' });
    const [post] = stage.webhook.edits;
    assert.deepEqual(
      { ...post, id: '', time_ms: 0 },
      {
        version: 1,
        id: '',
        kind: 'edit',
        spreadsheet_id: SPREADSHEET,
        tab: 'planes',
        time_ms: 0,
        editor: 'ann@example.com',
        rows: [{ row: 2, key: { tailnum: 'N1' }, typed: true, cells: { year: { value: 2005, old: 2004 } } }],
      },
    );
    assert.match(post.id, /^[0-9a-f]{8}-/);
    assert.ok(post.time_ms >= began && post.time_ms <= Date.now());
  });
});
