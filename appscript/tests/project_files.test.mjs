/**
 * What clasp pushes: the manifest, and the files beside it.
 *
 * The manifest's fields and their values are Google's
 * (https://developers.google.com/apps-script/manifest), those of `.clasp.json` are clasp's
 * (https://github.com/google/clasp, "Project settings file"). Which scope a service needs stands at
 * each method of https://developers.google.com/apps-script/reference, under "Authorization".
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const read = (name) => readFileSync(join(PROJECT, name), 'utf8');
const manifest = JSON.parse(read('appsscript.json'));
const code = readdirSync(join(PROJECT, 'src'))
  .map((name) => read(join('src', name)))
  .join('\n')
  .replace(/\/\*[^]*?\*\/|\/\/ .*/g, '');

const SCOPE = 'https://www.googleapis.com/auth/';

/** What the code may use of Google's services, as it is written there, and the scope that it needs. */
const NEEDS = {
  'CacheService.': null,
  'LockService.': null,
  'PropertiesService.': null,
  'Utilities.': null,
  'console.': null,
  'SpreadsheetApp.': 'spreadsheets.currentonly',
  'UrlFetchApp.': 'script.external_request',
  'ScriptApp.': 'script.scriptapp',
  'Session.getActiveUser': 'userinfo.email',
  'Session.getEffectiveUser': 'userinfo.email',
};

/** These need more than the manifest asks people for: the whole Drive, other spreadsheets, HTML. */
const NEEDS_MORE = /\.open(ById|ByUrl)?\(|SpreadsheetApp\.create\(|\.show(Sidebar|ModalDialog|ModelessDialog)\(/g;

const SERVICES = /\b(?:[A-Z]\w*(?:App|Service)|Session|Utilities|Drive|Sheets|Gmail|console)\.(?:\w+)?/g;

/** The entry of NEEDS for a use such as `Session.getActiveUser`. */
const entryOf = (use) => Object.keys(NEEDS).find((known) => use.startsWith(known));

describe('the manifest', () => {
  it('has no field but Google’s, each with a value that Google knows', () => {
    const { timeZone, exceptionLogging, runtimeVersion, dependencies, oauthScopes, ...others } = manifest;
    assert.deepEqual(others, {});
    assert.ok(Intl.supportedValuesOf('timeZone').concat('Etc/UTC').includes(timeZone), timeZone);
    assert.equal(runtimeVersion, 'V8');
    assert.ok(['NONE', 'STACKDRIVER'].includes(exceptionLogging));
    assert.deepEqual(dependencies, {}); // neither libraries nor advanced services
    assert.equal(new Set(oauthScopes).size, oauthScopes.length);
  });

  it('asks for the scopes that the code uses, and for no other', () => {
    const used = [...new Set(code.match(SERVICES))];
    assert.ok(used.length >= Object.keys(NEEDS).length);
    const unknown = used.filter((use) => entryOf(use) === undefined);
    assert.deepEqual(unknown, [], 'services of which the scope is not known');
    const needed = new Set(used.map((use) => NEEDS[entryOf(use)]).filter((scope) => scope !== null));
    assert.deepEqual([...manifest.oauthScopes].sort(), [...needed].map((scope) => SCOPE + scope).sort());
    assert.equal(code.match(NEEDS_MORE), null);
  });
});

describe('the files for clasp', () => {
  it('are described by its settings', () => {
    const { scriptId, rootDir, ...others } = JSON.parse(read('.clasp.json.example'));
    assert.equal(typeof scriptId, 'string');
    assert.equal(rootDir, '.');
    assert.deepEqual(others, {}); // with filePushOrder left out, clasp pushes by name
  });

  it('are the manifest and the .gs files of src: all others are ignored', () => {
    assert.deepEqual(read('.claspignore').trim().split('\n'), ['**/**', '!appsscript.json', '!src/**/*.gs']);
    const names = readdirSync(join(PROJECT, 'src'));
    assert.deepEqual(names.filter((name) => !/^[a-z_]+\.gs$/.test(name)), []);
  });
});
