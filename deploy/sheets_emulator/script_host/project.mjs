/** The script project on disk: its manifest, and its files in the order in which clasp pushes them. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const FUNCTION = /(?:^|[;}])\s*(?:async\s+)?function\s+(\w+)\s*\(/gm;

/**
 * @param {string} directory holds appsscript.json and src/
 * @returns {{manifest: object, scopes: string[] | null, files: {name: string, source: string}[],
 *            functions: Set<string>}} functions: names of the top-level ones
 */
export function loadProject(directory) {
  const manifest = JSON.parse(readFileSync(join(directory, 'appsscript.json'), 'utf8'));
  const sources = join(directory, 'src');
  const files = readdirSync(sources)
    .filter((name) => name.endsWith('.gs'))
    .sort()
    .map((name) => ({ name: `src/${name}`, source: readFileSync(join(sources, name), 'utf8') }));
  const functions = new Set();
  for (const file of files) {
    for (const match of file.source.matchAll(FUNCTION)) {
      functions.add(match[1]);
    }
  }
  return { manifest, scopes: manifest.oauthScopes ?? null, files, functions };
}
