/**
 * Lints the Apps Script, its tests and the host that runs it.
 * Apps Script files share one global scope, so each one's top-level names are the others' globals.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import js from '@eslint/js';
import globals from 'globals';

const SOURCES = fileURLToPath(new URL('./src/', import.meta.url));
const SERVICES = [
  'CacheService', 'console', 'LockService', 'PropertiesService', 'ScriptApp', 'Session', 'SpreadsheetApp', 'UrlFetchApp', 'Utilities',
];

const names = readdirSync(SOURCES).flatMap((file) =>
  [...readFileSync(SOURCES + file, 'utf8').matchAll(/^(?:function|const)\s+(\w+)/gm)].map((match) => match[1]),
);

const readable = (list) => Object.fromEntries(list.map((name) => [name, 'readonly']));

const strict = {
  eqeqeq: 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'no-shadow': 'error',
  'max-lines': ['error', 400],
  complexity: ['error', 15],
};

export default [
  { ignores: ['**/node_modules/**'] },
  js.configs.recommended,
  {
    files: ['**/*.gs'],
    languageOptions: { ecmaVersion: 2022, sourceType: 'script', globals: readable([...SERVICES, ...names]) },
    rules: {
      ...strict,
      'no-redeclare': ['error', { builtinGlobals: false }],
      // Whether a name is used must be asked of all files together: see tools/typecheck.mjs.
      'no-unused-vars': ['error', { vars: 'local' }],
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { ecmaVersion: 2024, sourceType: 'module', globals: globals.node },
    rules: { ...strict, complexity: ['error', 25] },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      ecmaVersion: 2024,
      sourceType: 'script',
      globals: { module: 'writable', require: 'readonly' },
    },
    rules: { ...strict, complexity: ['error', 25] },
  },
];
