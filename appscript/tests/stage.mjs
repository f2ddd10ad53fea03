/**
 * A spreadsheet with the script set up, a webhook, and a person's hands. A test file starts one
 * host; each stage is a spreadsheet of its own there.
 */
import assert from 'node:assert/strict';
import { after } from 'node:test';

import { FakeSheet } from './fake_sheet.mjs';
import { FakeWebhook } from './fake_webhook.mjs';
import { ScriptHost } from './script_host.mjs';

export const OWNER = 'owner@example.com';
export const PLANES = { name: 'planes', tab: 'planes', key: ['tailnum'], columns: ['tailnum', 'year', 'maker'] };

const TABS = () => [
  {
    title: 'planes',
    rows: [
      ['tailnum', 'year', 'note', 'maker'],
      ['N1', 2004, 'mine', 'EMBRAER'],
      ['N2', 1998, '', 'AIRBUS'],
    ],
  },
  { title: 'other', rows: [['a']] },
];

const sheets = new Map();
const host = new ScriptHost((spreadsheetId, call) => sheets.get(spreadsheetId).answer(call));
let opened = 0;

after(() => host.stop());

export class Stage {
  host = host;

  /** @param {{tabs?: object[], mappings?: object[], setUp?: boolean}} options */
  static async open({ tabs = TABS(), mappings = [PLANES], setUp = true } = {}) {
    const stage = new Stage();
    opened += 1;
    stage.id = `spreadsheet-${opened}`;
    stage.sheet = new FakeSheet(tabs);
    sheets.set(stage.id, stage.sheet);
    stage.webhook = new FakeWebhook();
    stage.webhook.mappings = mappings;
    await stage.webhook.start();
    await stage.scriptProperties({ WEBHOOK_URL: stage.webhook.url, WEBHOOK_SECRET: stage.webhook.secret });
    if (setUp) {
      const record = await stage.run('sheetbridgeSetUp');
      assert.equal(record.error, null, record.error?.stack);
      stage.webhook.posts.length = 0;
      stage.webhook.attempts.length = 0;
      stage.webhook.requests.length = 0;
    }
    return stage;
  }

  async close() {
    await this.webhook.stop();
  }

  scriptProperties(values, spreadsheetId = this.id) {
    return this.host.ask({ op: 'set_properties', spreadsheetId, store: 'script', values });
  }

  /** Sets a property of the document's, as an earlier run would have. */
  remember(values, spreadsheetId = this.id) {
    return this.host.ask({ op: 'set_properties', spreadsheetId, store: 'document', values });
  }

  documentProperties(spreadsheetId = this.id) {
    return this.host.ask({ op: 'properties', spreadsheetId, store: 'document' });
  }

  run(name, { user = OWNER, answers = null, spreadsheetId = this.id, args = [] } = {}) {
    return this.host.ask({ op: 'run', spreadsheetId, function: name, args, user, answers });
  }

  async status(spreadsheetId = this.id) {
    return (await this.run('sheetbridgeStatus', { spreadsheetId })).result;
  }

  /** The same tabs under another id. */
  copyTo(spreadsheetId) {
    sheets.set(spreadsheetId, this.sheet);
    return this.host.ask({ op: 'copy', spreadsheetId: this.id, to: spreadsheetId });
  }

  /** Types into one cell, as Google would tell of it. */
  type(tab, row, column, value, { old, event = {}, ...options } = {}) {
    this.sheet.set(tab, row, column, value);
    const told = { ...(value === '' ? {} : { value: String(value) }), ...(old === undefined ? {} : { oldValue: old }) };
    return this.edited(tab, { row, column, rows: 1, columns: 1 }, { ...told, ...event }, options);
  }

  /** Pastes a block. */
  paste(tab, row, column, values, options = {}) {
    values.forEach((line, i) => line.forEach((value, j) => this.sheet.set(tab, row + i, column + j, value)));
    return this.edited(tab, { row, column, rows: values.length, columns: values[0].length }, {}, options);
  }

  edited(tab, area, event, options) {
    const { sheetId } = this.sheet.tab(tab);
    return this.fire('edit', { range: { sheetId, ...area }, ...event }, options);
  }

  changed(changeType, tab, options = {}) {
    return this.fire('change', { changeType, activeSheetId: this.sheet.tab(tab).sheetId }, options);
  }

  async fire(kind, payload, { user = 'ann@example.com', spreadsheetId = this.id, copies = 1 } = {}) {
    const event = { kind, payload, user, owner: OWNER, copies, delayMs: 0 };
    const { executions } = await this.host.ask({ op: 'fire', spreadsheetId, events: [event] });
    for (const { error } of executions) {
      assert.equal(error, null, error?.stack);
    }
    return executions;
  }
}
