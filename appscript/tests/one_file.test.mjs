import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { FakeSheet } from './fake_sheet.mjs';
import { ScriptHost } from './script_host.mjs';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

it('all files pasted into one work as well', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'script-'));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'appsscript.json'), readFileSync(join(PROJECT, 'appsscript.json')));
  const sources = readdirSync(join(PROJECT, 'src')).sort();
  const text = sources.map((name) => readFileSync(join(PROJECT, 'src', name), 'utf8')).join('');
  writeFileSync(join(folder, 'src', 'Code.gs'), text);
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
});
