import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { FakeSheet } from './fake_sheet.mjs';
import { ScriptHost } from './script_host.mjs';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

const SOURCES = readdirSync(join(PROJECT, 'src')).sort();
const text = (name) => readFileSync(join(PROJECT, 'src', name), 'utf8');

it('all files pasted into one work as well', () => works({ 'Code.gs': SOURCES.map(text).join('') }));

it('the files work in the contrary order as well: none needs another one to be there', () => {
  const number = (name) => String(SOURCES.length - SOURCES.indexOf(name)).padStart(3, '0');
  return works(Object.fromEntries(SOURCES.map((name) => [`${number(name)}_${name}`, text(name)])));
});

/** @param {Record<string, string>} files text by name; Google loads them in the order of the push */
async function works(files) {
  const folder = mkdtempSync(join(tmpdir(), 'script-'));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'appsscript.json'), readFileSync(join(PROJECT, 'appsscript.json')));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, 'src', name), content);
  }
  const sheet = new FakeSheet([{ title: 'tab', rows: [] }]);
  const host = new ScriptHost((id, call) => sheet.answer(call), folder);
  try {
    const request = { spreadsheetId: 's', args: [], user: 'o@example.com', answers: [] };
    const status = await host.ask({ op: 'run', function: 'sheetbridgeStatus', ...request });
    assert.equal(status.result.state, 'not set up', status.error?.stack);
    const { menus } = await host.ask({ op: 'run', function: 'onOpen', ...request });
    assert.equal(menus[0].title, 'Sheetbridge');
  } finally {
    await host.stop();
    rmSync(folder, { recursive: true });
  }
}
