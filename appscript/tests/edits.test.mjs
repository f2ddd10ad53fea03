import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import { Stage } from './stage.mjs';

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
        spreadsheet_id: stage.id,
        tab: 'planes',
        time_ms: 0,
        editor: 'ann@example.com',
        rows: [{ row: 2, key: { tailnum: 'N1' }, typed: true, cells: { year: { value: 2005, old: 2004 } } }],
      },
    );
    assert.match(post.id, /^[0-9a-f]{8}-/);
    assert.ok(post.time_ms >= began && post.time_ms <= Date.now());
  });
  it('a cleared cell is null and keeps its old value', async () => {
    await stage.type('planes', 2, 4, '', { old: 'EMBRAER' });
    assert.deepEqual(stage.webhook.edits[0].rows[0].cells, { maker: { value: null, old: 'EMBRAER' } });
    await stage.type('planes', 3, 4, '', { event: { value: { oldValue: 'AIRBUS' } } });
    assert.deepEqual(stage.webhook.edits[1].rows[0].cells, { maker: { value: null, old: 'AIRBUS' } });
  });

  it('typing into an empty cell tells that it was empty', async () => {
    await stage.type('planes', 2, 4, 'BOEING');
    assert.deepEqual(stage.webhook.edits[0].rows[0].cells, { maker: { value: 'BOEING', old: null } });
  });

  it('a single pasted cell is not called typed', async () => {
    await stage.paste('planes', 2, 2, [[2010]]);
    assert.deepEqual(stage.webhook.edits[0].rows, [
      { row: 2, key: { tailnum: 'N1' }, cells: { year: { value: 2010 } } },
    ]);
  });

  it('an edited key sends every mapped cell and the key that was there', async () => {
    await stage.paste('planes', 2, 1, [['N1', 2004, 'mine', 'EMBRAER']]);
    stage.webhook.posts.length = 0;
    await stage.type('planes', 2, 1, 'N10', { old: 'N1' });
    assert.deepEqual(stage.webhook.edits[0].rows, [
      {
        row: 2,
        key: { tailnum: 'N10' },
        typed: true,
        key_edited: true,
        cells: { tailnum: { value: 'N10', old: 'N1' }, year: { value: 2004 }, maker: { value: 'EMBRAER' } },
        old_key: { tailnum: 'N1' },
      },
    ]);
    await stage.type('planes', 2, 1, 'N1', { old: 'N10' });
  });

  it('a paste is one post with its rows in order, mapped columns only', async () => {
    await stage.paste('planes', 2, 2, [[1, 'unmapped', 'A'], [2, 'unmapped', 'B']]);
    const [post, ...others] = stage.webhook.edits;
    assert.equal(others.length, 0);
    assert.deepEqual(post.rows, [
      { row: 2, key: { tailnum: 'N1' }, cells: { year: { value: 1 }, maker: { value: 'A' } } },
      { row: 3, key: { tailnum: 'N2' }, cells: { year: { value: 2 }, maker: { value: 'B' } } },
    ]);
  });

  it('a row emptied by hand is a hint', async () => {
    await stage.paste('planes', 20, 1, [['N20', 1, '', 'X']]);
    stage.webhook.posts.length = 0;
    await stage.paste('planes', 20, 1, [['', '', '', '']]);
    assert.deepEqual([stage.webhook.hints, stage.webhook.edits], [['EDIT planes'], []]);
  });

  it('unmapped columns and tabs are nobody\'s business', async () => {
    await stage.type('planes', 2, 3, 'a note');
    await stage.type('other', 1, 1, 'b');
    assert.deepEqual(stage.webhook.posts, []);
  });

  it('a cell that no longer shows what was typed is a hint', async () => {
    stage.sheet.set('planes', 2, 2, 7);
    await stage.edited('planes', { row: 2, column: 2, rows: 1, columns: 1 }, { value: '8', oldValue: '6' });
    assert.deepEqual([stage.webhook.hints, stage.webhook.edits], [['MOVED planes'], []]);
  });

  it('a cleared cell that shows something now is a hint', async () => {
    stage.sheet.set('planes', 2, 2, 7);
    await stage.edited('planes', { row: 2, column: 2, rows: 1, columns: 1 }, { oldValue: '6' });
    assert.deepEqual([stage.webhook.hints, stage.webhook.edits], [['MOVED planes'], []]);
  });

  it('an edit whose rows are gone by now is a hint', async () => {
    await stage.edited('planes', { row: 3000, column: 2, rows: 1, columns: 1 }, { value: '8' });
    assert.deepEqual([stage.webhook.hints, stage.webhook.edits], [['MOVED planes'], []]);
  });

  it('an edited header is a hint, and rows below it are still sent', async () => {
    await stage.paste('planes', 1, 2, [['year'], [1999]]);
    assert.deepEqual(stage.webhook.hints, ['HEADER planes']);
    assert.deepEqual(stage.webhook.edits[0].rows[0].cells, { year: { value: 1999 } });
  });

  it('without its key header a tab sends only hints', async () => {
    await stage.type('planes', 1, 1, 'renamed', { old: 'tailnum' });
    await stage.type('planes', 2, 2, 5);
    assert.deepEqual([stage.webhook.hints, stage.webhook.edits], [['HEADER planes', 'HEADER planes'], []]);
    await stage.type('planes', 1, 1, 'tailnum', { old: 'renamed' });
  });

  it('dates are wall clocks of the spreadsheet, errors are marked, formulas are told', async () => {
    stage.sheet.timeZone = 'America/New_York';
    await stage.paste('planes', 2, 2, [[{ serial: 38020.75 }]]);
    await stage.paste('planes', 2, 2, [[{ error: '#REF!' }]]);
    await stage.paste('planes', 2, 2, [[{ formula: '=1+1', result: 2 }]]);
    await stage.paste('planes', 2, 2, [[true]]);
    await stage.paste('planes', 2, 2, [[{ serial: 1.5 }]]);
    assert.deepEqual(
      stage.webhook.edits.map((post) => post.rows[0].cells.year),
      [
        { value: { date: '2004-02-03T18:00:00.000' } },
        { value: { error: '#REF!' } },
        { value: 2, formula: '=1+1' },
        { value: true },
        { value: { date: '1899-12-31T12:00:00.000' } },
      ],
    );
  });

  it('a typed date is known by its serial number', async () => {
    await stage.type('planes', 2, 2, { serial: 45293 }, { event: { value: '45293' } });
    assert.deepEqual(stage.webhook.edits[0].rows[0].cells.year.value, { date: '2024-01-02T00:00:00.000' });
  });

  it('a big paste is split, its order kept', async () => {
    const values = Array.from({ length: 1100 }, (_, i) => [`K${i}`, i]);
    await stage.paste('planes', 100, 1, values);
    assert.deepEqual(stage.webhook.edits.map((post) => post.rows.length), [500, 500, 100]);
    assert.equal(stage.webhook.requests.at(-1).posts, 3);
    const keys = stage.webhook.edits.flatMap((post) => post.rows.map((row) => row.key.tailnum));
    assert.deepEqual(keys, values.map(([key]) => key));
    assert.equal(new Set(stage.webhook.edits.map((post) => post.id)).size, 3);
  });

  it('rows with long texts are split by size', async () => {
    await stage.paste('planes', 100, 4, Array.from({ length: 8 }, () => ['€'.repeat(20_000)]));
    assert.deepEqual(stage.webhook.edits.map((post) => post.rows.length), [4, 4]);
  });
});
