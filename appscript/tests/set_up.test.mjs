import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { OWNER, Stage } from './stage.mjs';

describe('set-up', () => {
  let stage;
  beforeEach(async () => {
    stage = await Stage.open({ setUp: false });
  });
  afterEach(() => stage.close());

  const triggers = (spreadsheetId = stage.id) => stage.host.ask({ op: 'triggers', spreadsheetId });

  it('without it nothing is posted', async () => {
    await stage.type('planes', 2, 2, 1);
    assert.deepEqual(stage.webhook.posts, []);
    assert.equal((await stage.status()).state, 'not set up');
  });

  it('installs one trigger of each kind, also the second time', async () => {
    await stage.run('sheetbridgeSetUp');
    await stage.run('sheetbridgeSetUp');
    const kinds = (await triggers()).map((trigger) => [trigger.kind, trigger.handler]);
    assert.deepEqual(kinds, [
      ['edit', 'sheetbridgeEdited'],
      ['change', 'sheetbridgeChanged'],
      ['clock', 'sheetbridgeEveryMinute'],
    ]);
    stage.webhook.posts.length = 0;
    await stage.type('planes', 2, 2, 1);
    assert.equal(stage.webhook.edits.length, 1);
  });

  it('asks for what the script properties do not say', async () => {
    await stage.scriptProperties({ WEBHOOK_URL: '', WEBHOOK_SECRET: '' });
    const { url, secret } = stage.webhook;
    const record = await stage.run('sheetbridgeSetUp', { answers: [`${url}/v1/edits/`, ` ${secret} `] });
    assert.equal(record.result, 'Set up. Mapped tabs: planes.');
    assert.deepEqual(record.dialogs.map((dialog) => dialog.kind), ['prompt', 'prompt']);
    assert.equal((await stage.status()).webhook, url);
  });

  it('says what is wrong, and installs nothing', async () => {
    await stage.scriptProperties({ WEBHOOK_SECRET: 'wrong' });
    assert.match((await stage.run('sheetbridgeSetUp')).error.message, /does not accept this secret/);
    await stage.scriptProperties({ WEBHOOK_URL: 'localhost' });
    assert.match((await stage.run('sheetbridgeSetUp')).error.message, /starts with https/);
    await stage.scriptProperties({ WEBHOOK_URL: 'http://127.0.0.1:1' });
    assert.match((await stage.run('sheetbridgeSetUp')).error.message, /Start it, or mend the address/);
    assert.deepEqual(await triggers(), []);
  });

  it('sends a heartbeat, then one in five minutes', async () => {
    await stage.run('sheetbridgeSetUp');
    await stage.run('sheetbridgeEveryMinute');
    assert.deepEqual(stage.webhook.posts.map((post) => [post.kind, post.tab]), [['heartbeat', 'planes']]);
    const past = String(Date.now() - 300_000);
    await stage.remember({ HEARTBEAT: past });
    await stage.run('sheetbridgeEveryMinute');
    assert.equal(stage.webhook.posts.length, 2);
  });

  it('sends no heartbeat while one of its triggers is missing', async () => {
    await stage.run('sheetbridgeSetUp');
    await stage.remember({ HEARTBEAT: '0' });
    const edit = (await triggers()).find((trigger) => trigger.kind === 'edit');
    await stage.run('removeTrigger_', { args: [edit.uid] });
    stage.webhook.posts.length = 0;
    await stage.run('sheetbridgeEveryMinute');
    assert.deepEqual(stage.webhook.posts, []);
    await stage.run('sheetbridgeSetUp');
    assert.deepEqual(stage.webhook.posts.map((post) => post.kind), ['heartbeat']);
    assert.equal((await triggers()).length, 3);
  });

  it('hears of a new mapping with the heartbeat', async () => {
    await stage.run('sheetbridgeSetUp');
    stage.webhook.mappings = [...stage.webhook.mappings, { name: 'o', tab: 'other', key: ['a'], columns: '*' }];
    await stage.remember({ HEARTBEAT: '0' });
    await stage.run('sheetbridgeEveryMinute');
    assert.deepEqual((await stage.status()).tabs, ['planes', 'other']);
  });

  it('another user is refused, or takes over and the old triggers remove themselves', async () => {
    await stage.run('sheetbridgeSetUp');
    const refused = await stage.run('sheetbridgeSetUp', { user: 'bob@example.com' });
    assert.match(refused.error.message, /owner@example.com has set Sheetbridge up/);
    const declined = await stage.run('sheetbridgeSetUp', { user: 'bob@example.com', answers: ['NO'] });
    assert.equal(declined.result, 'Nothing was changed.');
    await stage.run('sheetbridgeSetUp', { user: 'bob@example.com', answers: ['YES'] });
    assert.equal((await triggers()).length, 6);
    stage.webhook.posts.length = 0;
    await stage.type('planes', 2, 2, 1);
    assert.equal(stage.webhook.edits.length, 1);
    assert.deepEqual(
      (await triggers()).filter((trigger) => trigger.kind === 'edit').map((trigger) => trigger.owner),
      ['bob@example.com'],
    );
  });

  it('a copied spreadsheet does not post, even with triggers of its own', async () => {
    await stage.run('sheetbridgeSetUp');
    await stage.copyTo('the-copy');
    assert.equal((await stage.status('the-copy')).state, 'copy');
    stage.webhook.posts.length = 0;
    const copy = { spreadsheetId: 'the-copy' };
    await stage.run('installTriggers_', copy);
    assert.equal((await triggers('the-copy')).length, 3);
    await stage.type('planes', 2, 2, 1, copy);
    const record = await stage.run('sheetbridgeSyncNow', copy);
    assert.match(record.error.message, /not set up in this spreadsheet/);
    await stage.run('sheetbridgeEveryMinute', copy);
    assert.deepEqual(stage.webhook.posts, []);
  });

  it('again with empty answers keeps address and secret, and shows no secret', async () => {
    await stage.run('sheetbridgeSetUp');
    await stage.scriptProperties({ WEBHOOK_URL: '', WEBHOOK_SECRET: '' });
    const record = await stage.run('sheetbridgeSetUp', { answers: ['', ''] });
    assert.equal(record.result, 'Set up. Mapped tabs: planes.');
    assert.equal(JSON.stringify(record).includes(stage.webhook.secret), false);
    assert.ok(record.dialogs[0].message.includes(stage.webhook.url));
  });

  it('a cancelled question changes nothing', async () => {
    await stage.scriptProperties({ WEBHOOK_URL: '', WEBHOOK_SECRET: '' });
    const record = await stage.run('sheetbridgeSetUp', { answers: [] });
    assert.equal(record.result, 'Nothing was changed.');
    assert.deepEqual([record.dialogs.length, await triggers()], [1, []]);
  });

  it('who installed it, and when, is recorded in the document', async () => {
    const began = Date.now();
    await stage.run('sheetbridgeSetUp', { user: 'bob@example.com' });
    const { INSTALLATION } = await stage.documentProperties();
    const { installer, installedAt, spreadsheetId } = JSON.parse(INSTALLATION);
    assert.deepEqual([installer, spreadsheetId], ['bob@example.com', stage.id]);
    assert.ok(installedAt >= began);
  });

  it('a copy that is set up leaves the waiting edits of its original alone', async () => {
    await stage.run('sheetbridgeSetUp');
    stage.webhook.failing = { status: 503 };
    await stage.type('planes', 2, 2, 1);
    stage.webhook.failing = null;
    await stage.copyTo('another-copy');
    const { url, secret } = stage.webhook;
    await stage.scriptProperties({ WEBHOOK_URL: url, WEBHOOK_SECRET: secret }, 'another-copy');
    await stage.run('sheetbridgeSetUp', { spreadsheetId: 'another-copy', user: 'bob@example.com' });
    assert.equal((await stage.status('another-copy')).outbox.posts, 0);
    assert.equal((await stage.status()).outbox.posts, 1);
  });

  it('a new secret is taken only once it works', async () => {
    await stage.run('sheetbridgeSetUp');
    await stage.scriptProperties({ WEBHOOK_SECRET: 'renewed' });
    assert.match((await stage.run('sheetbridgeRotateSecret')).error.message, /does not accept/);
    stage.webhook.secret = 'renewed';
    assert.equal((await stage.run('sheetbridgeRotateSecret')).result, 'The new secret is in use.');
    await stage.type('planes', 2, 2, 1);
    assert.equal(stage.webhook.edits.length, 1);
  });

  it('the status names no secret, and is shown to a person', async () => {
    await stage.run('sheetbridgeSetUp');
    const record = await stage.run('sheetbridgeStatus', { answers: [] });
    assert.equal(JSON.stringify(record).includes(stage.webhook.secret), false);
    assert.match(record.dialogs[0].message, /State: running\nWebhook: http:.*\nSet up by: owner@example.com/);
    assert.equal(record.user, OWNER);
  });
});
