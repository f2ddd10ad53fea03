/** The host behaves as Google's: seen through scripts of the tests' own. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { FakeSheet } from './fake_sheet.mjs';
import { ScriptHost } from './script_host.mjs';

const manifest = JSON.parse(readFileSync(new URL('../appsscript.json', import.meta.url)));
const opened = [];

after(async () => {
  for (const { host, folder } of opened) {
    await host.stop();
    rmSync(folder, { recursive: true });
  }
});

/** A host of one file of code. */
function hostOf(source, { sheet = new FakeSheet([{ title: 'tab', rows: [[1, 'x']] }]) } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'script-'));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'appsscript.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'src', 'code.gs'), source);
  const host = new ScriptHost((spreadsheetId, call) => sheet.answer(call), folder);
  opened.push({ host, folder });
  const run = (name, options = {}) =>
    host.ask({ op: 'run', spreadsheetId: 's', function: name, args: [], user: 'o@example.com', answers: null, ...options });
  const fire = (events) =>
    host.ask({
      op: 'fire',
      spreadsheetId: 's',
      events: events.map((event) => ({ user: 'p@example.com', owner: 'o@example.com', copies: 1, delayMs: 0, payload: {}, ...event })),
    });
  return { host, run, fire };
}

describe('executions', () => {
  it('each has a global scope of its own', async () => {
    const { run } = hostOf('var n = 0; function count() { n += 1; return n; }');
    assert.deepEqual([(await run('count')).result, (await run('count')).result], [1, 1]);
  });

  it('nothing of Node is in sight', async () => {
    const { run } = hostOf('function look() { return [typeof process, typeof require, typeof setTimeout, typeof fetch]; }');
    assert.deepEqual((await run('look')).result, ['undefined', 'undefined', 'undefined', 'undefined']);
  });

  it('what the services give is of the script\'s own kind', async () => {
    const sheet = new FakeSheet([{ title: 'tab', rows: [[{ serial: 45293.5 }]] }]);
    const { run } = hostOf(
      `function kinds() {
        const value = SpreadsheetApp.getActive().getSheetByName('TAB').getRange('A1').getValue();
        let error;
        try { SpreadsheetApp.openById('other'); } catch (caught) { error = caught; }
        return [value instanceof Date, error instanceof Error, value.toISOString()];
      }`,
      { sheet },
    );
    assert.deepEqual((await run('kinds')).result, [true, true, '2024-01-02T12:00:00.000Z']);
  });

  it('an error is in the record with its place', async () => {
    const { run } = hostOf('function fail() {\n  console.log("before", { a: 1 });\n  throw new Error("no");\n}');
    const record = await run('fail');
    assert.equal(record.status, 'FAILED');
    assert.match(record.error.stack, /code\.gs:3/);
    assert.deepEqual(record.log, ['INFO: before {"a":1}']);
  });

  it('the calls of a run are counted, and the properties that they read and wrote', async () => {
    const { run } = hostOf(`function count() {
      const store = PropertiesService.getDocumentProperties();
      store.setProperties({ a: '1', b: '2', c: '3' });
      store.getProperties();
      store.getProperty('a');
      store.deleteProperty('b');
      CacheService.getDocumentCache().put('k', 'v');
    }`);
    const { calls, properties } = await run('count');
    assert.deepEqual(properties, { read: 4, written: 4 });
    assert.deepEqual(calls, { 'properties.set': 1, 'properties.all': 2, 'properties.delete': 1, 'cache.put': 1 });
  });

  it('a run over the time limit ends, and lets go of its locks', async () => {
    const { host, run } = hostOf(`
      function hang() { LockService.getDocumentLock().waitLock(10); for (;;) {} }
      function lock() { return LockService.getDocumentLock().tryLock(10); }`);
    await host.ask({ op: 'configure', timeLimitMs: 400 });
    assert.match((await run('hang')).error.message, /Exceeded maximum execution time/);
    await host.ask({ op: 'configure', timeLimitMs: 60_000 });
    assert.equal((await run('lock')).result, true);
  });

  it('several run at once, not more than the limit', async () => {
    const { host, run } = hostOf('function nap() { const t = Date.now(); Utilities.sleep(100); return [t, Date.now()]; }');
    await host.ask({ op: 'configure', workers: 3 });
    const naps = (await Promise.all(Array.from({ length: 9 }, () => run('nap')))).map((record) => record.result);
    const together = naps.map(([start]) => naps.filter(([from, to]) => from <= start && start < to).length);
    assert.ok(Math.max(...together) > 1 && Math.max(...together) <= 3, String(together));
  });
});

describe('locks', () => {
  it('one holder at a time', async () => {
    const { run } = hostOf(`function hold() {
      const lock = LockService.getDocumentLock();
      lock.waitLock(20000);
      const from = Date.now();
      Utilities.sleep(30);
      const to = Date.now();
      lock.releaseLock();
      return [from, to];
    }`);
    const held = (await Promise.all(Array.from({ length: 5 }, () => run('hold')))).map((record) => record.result);
    held.sort(([a], [b]) => a - b);
    held.slice(1).forEach(([from], i) => assert.ok(from >= held[i][1]));
  });

  it('an ended execution holds none', async () => {
    const { run } = hostOf('function take() { return LockService.getDocumentLock().tryLock(1); }');
    assert.deepEqual([(await run('take')).result, (await run('take')).result], [true, true]);
  });
});

describe('triggers', () => {
  const CODE = `
    function onEdit(e) { Logger.log(e.authMode); UrlFetchApp.fetch('http://127.0.0.1:1'); }
    function installed(e) { return [e.authMode, e.range.getA1Notation(), e.value === undefined, e.user.getEmail(), Session.getEffectiveUser().getEmail()]; }
    function install(name) { ScriptApp.newTrigger(name).forSpreadsheet(SpreadsheetApp.getActive()).onEdit().create(); }`;
  const EDIT = { kind: 'edit', payload: { range: { sheetId: 100, row: 2, column: 3, rows: 1, columns: 2 } } };

  it('a simple trigger may not fetch', async () => {
    const { fire } = hostOf(CODE);
    const { executions } = await fire([EDIT]);
    assert.equal(executions.length, 1);
    assert.match(executions[0].error.message, /do not have permission to call UrlFetchApp.fetch/);
    assert.deepEqual(executions[0].log, ['INFO: LIMITED']);
  });

  it('an installed one runs as who installed it', async () => {
    const { run, fire } = hostOf(CODE);
    await run('install', { args: ['installed'] });
    const record = (await fire([EDIT])).executions.find(({ function: name }) => name === 'installed');
    assert.deepEqual(record.result, ['FULL', 'C2:D2', true, 'p@example.com', 'o@example.com']);
  });

  it('one installed on onEdit runs twice', async () => {
    const { run, fire } = hostOf(CODE);
    await run('install', { args: ['onEdit'] });
    assert.equal((await fire([EDIT])).executions.length, 2);
  });

  it('a lost event runs nothing, a doubled one twice', async () => {
    const { run, fire } = hostOf(CODE.replace('function onEdit', 'function renamed'));
    await run('install', { args: ['installed'] });
    assert.equal((await fire([{ ...EDIT, copies: 0 }])).executions.length, 0);
    assert.equal((await fire([{ ...EDIT, copies: 2 }])).executions.length, 2);
  });

  it('settling waits for a delayed trigger', async () => {
    const { host, run, fire } = hostOf(CODE.replace('function onEdit', 'function renamed'));
    await run('install', { args: ['installed'] });
    const fired = fire([{ ...EDIT, delayMs: 150 }]);
    assert.deepEqual(await host.ask({ op: 'pending' }), { pending: 1 });
    assert.deepEqual(await host.ask({ op: 'settle' }), { pending: 0 });
    assert.equal((await fired).executions.length, 1);
  });

  it('the clock starts what is due', async () => {
    const { host, run } = hostOf(`
      function install() { ScriptApp.newTrigger('tick').timeBased().everyMinutes(1).create(); }
      function tick() { PropertiesService.getScriptProperties().setProperty('ticked', 'yes'); }`);
    await host.ask({ op: 'configure', minuteMs: 50 });
    await run('install');
    for (let i = 0; i < 200; i += 1) {
      const { ticked } = await host.ask({ op: 'properties', spreadsheetId: 's', store: 'script' });
      if (ticked) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.fail('no tick');
  });
});

describe('developer metadata', () => {
  it('is attached to whole rows, found by key, and removed', async () => {
    const { run } = hostOf(`
      function tag() {
        const sheet = SpreadsheetApp.getActive().getSheetByName('tab');
        const { DOCUMENT } = SpreadsheetApp.DeveloperMetadataVisibility;
        sheet.getRange('3:3').addDeveloperMetadata('k', 'v', DOCUMENT);
        sheet.getRange('4:4').addDeveloperMetadata('other');
        const finder = () => sheet.createDeveloperMetadataFinder().withKey('k').find();
        const found = finder().map((entry) => [entry.getValue(), entry.getVisibility(), entry.getLocation().getRow().getA1Notation()]);
        finder()[0].remove();
        return [found, finder().length];
      }`);
    assert.deepEqual((await run('tag')).result, [[['v', 'DOCUMENT', 'A3:Z3']], 0]);
  });

  it('is refused on part of a row', async () => {
    const { run } = hostOf(
      "function tag() { SpreadsheetApp.getActive().getActiveSheet().getRange('A3:B3').addDeveloperMetadata('k'); }",
    );
    assert.match((await run('tag')).error.message, /arbitrary ranges is not currently supported/);
  });
});

describe('limits and refusals', () => {
  it('a property holds 9 kB, a store 500 kB', async () => {
    const { run } = hostOf(`
      function big() { PropertiesService.getDocumentProperties().setProperty('a', 'é'.repeat(4700)); }
      function many() {
        const store = PropertiesService.getDocumentProperties();
        for (let i = 0; i < 60; i += 1) store.setProperty('p' + i, 'x'.repeat(9000));
      }`);
    assert.match((await run('big')).error.message, /Argument too large/);
    assert.match((await run('many')).error.message, /property storage quota/);
  });

  it('a refused connection throws even when exceptions are muted', async () => {
    const { run } = hostOf("function go() { UrlFetchApp.fetch('http://127.0.0.1:1', { muteHttpExceptions: true }); }");
    assert.match((await run('go')).error.message, /Address unavailable/);
  });

  it('without a screen there is no Ui', async () => {
    const { run } = hostOf('function ask() { return SpreadsheetApp.getUi().prompt("?").getResponseText(); }');
    assert.match((await run('ask')).error.message, /Cannot call SpreadsheetApp.getUi/);
    assert.equal((await run('ask', { answers: ['yes'] })).result, 'yes');
  });

  it('an unknown function is named', async () => {
    const { run } = hostOf('function a() {}');
    assert.equal((await run('b')).error.message, 'Script function not found: b');
  });
});

describe('Utilities', () => {
  it('formats dates in zones with and without summer time', async () => {
    const { run } = hostOf(`function format() {
      const date = new Date(Date.UTC(2024, 6, 4, 3, 5, 9, 7));
      return ['UTC', 'America/New_York', 'Asia/Kolkata'].map((zone) =>
        Utilities.formatDate(date, zone, "yyyy-MM-dd'T'HH:mm:ss.SSS Z EEE"));
    }`);
    assert.deepEqual((await run('format')).result, [
      '2024-07-04T03:05:09.007 +0000 Thu',
      '2024-07-03T23:05:09.007 -0400 Wed',
      '2024-07-04T08:35:09.007 +0530 Thu',
    ]);
  });

  it('signs as a known vector says, in signed bytes', async () => {
    const { run } = hostOf(`function sign() {
      return Utilities.computeHmacSha256Signature('what do ya want for nothing?', 'Jefe').slice(0, 4);
    }`); // RFC 4231, test case 2: 5bdcc146…
    assert.deepEqual((await run('sign')).result, [0x5b, 0xdc - 256, 0xc1 - 256, 0x46]);
  });
});
