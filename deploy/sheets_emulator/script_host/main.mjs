/**
 * The Apps Script host: runs the project's unmodified files as Google would.
 *
 * One long-lived process that speaks JSON lines over its standard input and output:
 *   in   {"id": n, "op": "fire", …}                       a request (see host.mjs)
 *   out  {"id": n, "result": …} or {"id": n, "error": "…"}
 *   out  {"call": n, "spreadsheetId": "…", "method": …}   a script reads or writes cells
 *   in   {"reply": n, "result": …} or {"reply": n, "error": "…"}
 * It ends when its input ends, so it never outlives the emulator.
 *
 * Arguments: --project DIR (holds appsscript.json and src/*.gs), --state FILE (optional;
 * properties and triggers are kept there).
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { Host } from './host.mjs';
import { loadProject } from './project.mjs';
import { openState } from './state.mjs';

const { values: options } = parseArgs({ options: { project: { type: 'string' }, state: { type: 'string' } } });
if (!options.project) {
  process.stderr.write('main.mjs needs --project DIR\n');
  process.exit(2);
}

const calls = new Map();
let called = 0;

function write(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function sheets(spreadsheetId, call) {
  called += 1;
  const number = called;
  return new Promise((resolve, reject) => {
    calls.set(number, { resolve, reject });
    write({ call: number, spreadsheetId, ...call });
  });
}

function settleCall({ reply, result, error }) {
  const { resolve, reject } = calls.get(reply);
  calls.delete(reply);
  if (error === undefined) {
    resolve(result);
  } else {
    reject(new Error(error));
  }
}

const state = openState(options.state ?? null);
const host = new Host({ project: loadProject(options.project), sheets, state });

async function handle(request) {
  try {
    write({ id: request.id, result: (await host.handle(request)) ?? null });
  } catch (error) {
    write({ id: request.id, error: String(error.message ?? error) });
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const message = JSON.parse(line);
  if ('reply' in message) {
    settleCall(message);
  } else {
    void handle(message);
  }
});
lines.on('close', () => {
  state.flush();
  process.exit(0);
});
