import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import vm from 'node:vm';

const SOURCE = readFileSync(new URL('../src/hints.gs', import.meta.url), 'utf8');

/** hints.gs alone, at a time of the test's choosing, with what the cache remembers. */
function minuteTimer({ now, editedAt, changedAt }) {
  const entries = { 'edit-seen': editedAt, 'change-seen': changedAt };
  const hinted = [];
  const context = vm.createContext({
    CacheService: {
      getDocumentCache: () => ({ getAll: () => entries, remove: (name) => delete entries[name] }),
    },
    Date: { now: () => now },
    mappings_: () => [{ tab: 'planes' }],
    originOf_: (installation, mapping) => mapping,
    hintPost_: (origin, changeType) => `${changeType} ${origin.tab}`,
    deliver_: (installation, posts) => hinted.push(...posts),
  });
  vm.runInContext(SOURCE, context);
  vm.runInContext('hintUnseenEdits_({}, {})', context);
  return { hinted, left: entries['change-seen'] };
}

it('an EDIT change that no edit event told of is a hint', () => {
  assert.deepEqual(minuteTimer({ now: 100_000, editedAt: '10000', changedAt: '50000' }).hinted, ['EDIT planes']);
});

it('an edit event near it is enough', () => {
  assert.deepEqual(minuteTimer({ now: 100_000, editedAt: '49000', changedAt: '50000' }).hinted, []);
});

it('a change of this very moment waits for its edit event', () => {
  const { hinted, left } = minuteTimer({ now: 55_000, editedAt: '1000', changedAt: '50000' });
  assert.deepEqual([hinted, left], [[], '50000']);
});
