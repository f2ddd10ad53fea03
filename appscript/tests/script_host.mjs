/** Drives the script host as the emulator does: JSON lines over its standard input and output. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../deploy/sheets_emulator/script_host/main.mjs', import.meta.url));
const PROJECT = fileURLToPath(new URL('..', import.meta.url));

export class ScriptHost {
  #process;
  #waiting = new Map();
  #next = 1;

  constructor(sheetsUrl, project = PROJECT) {
    this.#process = spawn(process.execPath, [MAIN, '--project', project, '--sheets', sheetsUrl], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      const answer = JSON.parse(line);
      const { resolve, reject } = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      answer.error === undefined ? resolve(answer.result) : reject(new Error(answer.error));
    });
  }

  ask(request) {
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#process.stdin.write(`${JSON.stringify({ id, ...request })}\n`);
    });
  }

  async stop() {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stdin.end();
    await ended;
  }
}
