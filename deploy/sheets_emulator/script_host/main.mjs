/**
 * The Apps Script host: runs the project's unmodified files as Google would.
 *
 * One long-lived process. Requests come as JSON lines on standard input, answers go as JSON lines
 * to standard output: {"id": n, "op": "...", ...} → {"id": n, "result": …} or {"id": n, "error": "…"}.
 * It ends when its input ends, so it never outlives the emulator.
 *
 * Arguments: --project DIR (appsscript.json and src/*.gs), --sheets URL (the Sheets API v4 root,
 * without quota), --state FILE (optional; properties and triggers are kept there).
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { Host } from './host.mjs';
import { loadProject } from './project.mjs';
import { openState } from './state.mjs';

const { values: options } = parseArgs({
  options: {
    project: { type: 'string' },
    sheets: { type: 'string' },
    state: { type: 'string' },
  },
});
if (!options.project || !options.sheets) {
  process.stderr.write('main.mjs needs --project DIR and --sheets URL\n');
  process.exit(2);
}

const state = openState(options.state ?? null);
const host = new Host({ project: loadProject(options.project), sheetsUrl: options.sheets, state });

function answer(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function handle(line) {
  const request = JSON.parse(line);
  try {
    answer({ id: request.id, result: (await host.handle(request)) ?? null });
  } catch (error) {
    answer({ id: request.id, error: String(error.message ?? error) });
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => void handle(line));
lines.on('close', () => {
  state.flush();
  process.exit(0);
});
