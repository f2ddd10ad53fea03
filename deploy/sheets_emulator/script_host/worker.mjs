/**
 * Runs one execution at a time in a global scope of its own, as Google does: no variable outlives
 * a run. The services live in that same scope, so that their objects are the script's own kind
 * (a Date from getValues is an instance of the script's Date).
 */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';

const { project, port, signal } = workerData;
const SERVICES = join(dirname(fileURLToPath(import.meta.url)), 'services');
const resolver = createRequire(join(SERVICES, 'index.cjs'));
const compiled = new Map();
const scripts = project.files.map((file) => new vm.Script(file.source, { filename: file.name }));

/** Asks the main thread and blocks until it has answered. */
function call(op, args) {
  Atomics.store(signal, 0, 0);
  port.postMessage({ op, args: JSON.parse(args) });
  // The last answer's notification may come only now, after its value was seen: it is none of ours.
  while (Atomics.load(signal, 0) === 0) {
    Atomics.wait(signal, 0, 0);
  }
  return receiveMessageOnPort(port).message;
}

/** What scripts need of Node, as functions of texts: nothing of Node's own objects gets in. */
const native = {
  call,
  hmacSha256: (text, key, encoding) =>
    createHmac('sha256', Buffer.from(key, encoding)).update(Buffer.from(text, encoding)).digest('base64'),
  digest: (algorithm, text) => createHash(algorithm).update(text, 'utf8').digest('base64'),
  toBase64: (text, encoding) => Buffer.from(text, encoding).toString('base64'),
  fromBase64: (text, encoding) => Buffer.from(text, 'base64').toString(encoding),
  uuid: () => randomUUID(),
  sleep: (ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
};

/** A CommonJS loader for services/ whose modules live in the given context. */
function requireIn(context) {
  const loaded = new Map();
  return function load(name) {
    const path = resolver.resolve(name);
    if (!loaded.has(path)) {
      if (!compiled.has(path)) {
        const source = `(function (module, exports, require) {${readFileSync(path, 'utf8')}\n})`;
        compiled.set(path, new vm.Script(source, { filename: path }));
      }
      const module = { exports: {} };
      loaded.set(path, module);
      compiled.get(path).runInContext(context)(module, module.exports, load);
    }
    return loaded.get(path).exports;
  };
}

function run(execution) {
  const context = vm.createContext({});
  const { install } = requireIn(context)('./index.cjs');
  const session = install(vm.runInContext('globalThis', context), native, JSON.stringify(execution));
  const outcome = { result: null, error: null };
  try {
    for (const script of scripts) {
      script.runInContext(context);
    }
    outcome.result = JSON.parse(session.start());
  } catch (error) {
    const message = String(error?.message ?? error);
    outcome.error = { message, stack: String(error?.stack ?? message) };
  }
  return { ...outcome, ...JSON.parse(session.record()) };
}

parentPort.on('message', (execution) => parentPort.postMessage(run(execution)));
