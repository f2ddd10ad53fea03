/** Rows without a full key: tagged, so that a key given by the database finds its way back. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { Stage } from './stage.mjs';

describe('rows without a key', () => {
  let stage;
  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  const rows = () => stage.webhook.edits.flatMap((post) => post.rows);

  it('a row typed without a key is posted whole, with the tag that the row carries', async () => {
    await stage.type('planes', 10, 2, 2020);
    const [row] = rows();
    assert.match(row.row_tag, /^[0-9a-f]{12}$/);
    assert.deepEqual(row, {
      row: 10,
      key: { tailnum: null },
      typed: true,
      cells: { tailnum: { value: null }, year: { value: 2020, old: null }, maker: { value: null } },
      row_tag: stage.sheet.tagOf('planes', 10),
    });
    assert.deepEqual(
      stage.sheet.metadata.map(({ metadataKey, visibility }) => [metadataKey, visibility]),
      [['sheetbridge.row', 'DOCUMENT']],
    );
  });

  it('the next edit of the row brings the same tag, and all that the row shows by then', async () => {
    await stage.type('planes', 10, 2, 2020);
    await stage.type('planes', 10, 4, 'AIRBUS');
    const [first, second] = rows();
    assert.equal(second.row_tag, first.row_tag);
    assert.deepEqual(second.cells.year, { value: 2020 });
    assert.equal(stage.sheet.metadata.length, 1);
  });

  it('two cells of a row that are told at the same moment bring one tag', async () => {
    for (let row = 10; row < 20; row += 1) {
      await Promise.all([stage.type('planes', row, 2, 2020), stage.type('planes', row, 4, 'AIRBUS')]);
    }
    assert.equal(rows().length, 20);
    assert.equal(new Set(rows().map((row) => row.row_tag)).size, 10);
    assert.equal(stage.sheet.metadata.length, 10);
  });

  it('each row of a paste has its own; a blank one and one with a key have none', async () => {
    await stage.paste('planes', 10, 1, [['', 2020], ['', ''], ['N12', 2021], ['', 2022]]);
    const tags = rows().map((row) => [row.row, row.row_tag !== undefined]);
    assert.deepEqual(tags, [[10, true], [12, false], [13, true]]);
    assert.equal(new Set(stage.sheet.metadata.map((entry) => entry.metadataValue)).size, 2);
  });

  it('a key cell that was just cleared makes no new row', async () => {
    await stage.type('planes', 2, 1, '', { old: 'N1' });
    const [row] = rows();
    assert.deepEqual([row.row_tag, row.old_key], [undefined, { tailnum: 'N1' }]);
    assert.deepEqual(stage.sheet.metadata, []);
  });

  it('rows that move while they are tagged are a hint, and their tags go', async () => {
    stage.sheet.beforeTag = () => stage.sheet.tab('planes').rows.reverse();
    await stage.paste('planes', 4, 2, [[2020], [2021]]);
    assert.deepEqual([stage.webhook.hints, rows(), stage.sheet.metadata], [['MOVED planes'], [], []]);
  });

  it('a tab that holds no more metadata has its rows posted without a tag', async () => {
    stage.sheet.beforeTag = () => {
      throw new Error('The maximum size of developer metadata is reached.');
    };
    const [record] = await stage.type('planes', 10, 2, 2020);
    assert.equal(rows()[0].row_tag, undefined);
    assert.match(record.log[0], /^WARNING: Row 10 gets no tag: .*maximum size/);
  });
});
