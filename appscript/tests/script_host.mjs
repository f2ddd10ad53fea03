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

  /**
   * @param {(spreadsheetId: string, call: object) => unknown} answer a script's reads and writes
   * @param {string} project the folder of the script
   */
  constructor(answer, project = PROJECT) {
    this.#process = spawn(process.execPath, [MAIN, '--project', project], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      const message = JSON.parse(line);
      if ('call' in message) {
        this.#reply(message, answer);
        return;
      }
      const { resolve, reject } = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error === undefined) {
        resolve(message.result);
      } else {
        reject(new Error(message.error));
      }
    });
  }

  #reply(call, answer) {
    let reply;
    try {
      reply = { result: answer(call.spreadsheetId, call) };
    } catch (error) {
      reply = { error: error.message };
    }
    this.#process.stdin.write(`${JSON.stringify({ reply: call.call, ...reply })}\n`);
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
