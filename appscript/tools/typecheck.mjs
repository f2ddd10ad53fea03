/**
 * Checks the types of the .gs files against Google's services, by their JSDoc.
 *
 * The compiler only knows files that end in .js, so it is shown each X.gs under the name X.gs.js;
 * nothing is written. It also reports a top-level name that no file uses and Google does not call.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

const SOURCES = fileURLToPath(new URL('../src/', import.meta.url));
const options = {
  allowJs: true,
  checkJs: true,
  noEmit: true,
  strict: true,
  noUnusedParameters: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  types: ['google-apps-script'],
  module: ts.ModuleKind.None,
  moduleDetection: ts.ModuleDetectionKind.Legacy,
};

const shown = (path) => `${path}.js`;
const real = (path) => (path.endsWith('.gs.js') ? path.slice(0, -3) : path);

const host = ts.createCompilerHost(options);
const { fileExists, readFile, getSourceFile } = host;
host.fileExists = (path) => fileExists(real(path));
host.readFile = (path) => readFile(real(path));
host.getSourceFile = (path, ...rest) =>
  path.endsWith('.gs.js')
    ? ts.createSourceFile(path, readFileSync(real(path), 'utf8'), options.target, true, ts.ScriptKind.JS)
    : getSourceFile(path, ...rest);

const files = readdirSync(SOURCES).map((name) => SOURCES + name);
const program = ts.createProgram(files.map(shown), options, host);
const problems = ts.getPreEmitDiagnostics(program);
if (problems.length > 0) {
  const text = ts.formatDiagnostics(problems, {
    getCanonicalFileName: (path) => real(path),
    getCurrentDirectory: () => process.cwd(),
    getNewLine: () => '\n',
  });
  process.stderr.write(text.replaceAll('.gs.js', '.gs'));
}

const all = files.map((file) => readFileSync(file, 'utf8')).join('\n');
const unused = [...all.matchAll(/^(?:function|const)\s+(\w+_)\b/gm)]
  .map((match) => match[1])
  .filter((name) => all.match(new RegExp(`\\b${name}\\b`, 'g')).length === 1);
for (const name of unused) {
  process.stderr.write(`${name} is never used\n`);
}
process.stdout.write(`${files.length} files, ${problems.length + unused.length} problems\n`);
process.exitCode = problems.length + unused.length > 0 ? 1 : 0;
