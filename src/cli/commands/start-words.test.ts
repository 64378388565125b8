import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWords } from './start-words.ts';

const now = Date.UTC(2026, 0, 31, 23, 30);
const minute = 60_000;
const assumed = { history: 1, timeout: 0, nowhere: 0 };

test('an expected start is told by the clock and from now on, with the day where it is another, and what it assumes', () => {
  const words = (at: number) => startWords({ kind: 'estimated', at, assumed, text: 'nothing new comes' }, now, '');
  assert.equal(words(now + 12.5 * minute), 'about 23:42 UTC, in 12m 30s (estimate: nothing new comes)');
  assert.equal(words(now + 45 * minute), 'about 2026-02-01 00:15 UTC, in 45m 0s (estimate: nothing new comes)');
});

test('why nobody can tell is told, and before when it hardly starts', () => {
  const unknown = { kind: 'unknown', reason: { kind: 'budget-spent' }, text: 'too much happens' } as const;
  assert.equal(startWords(unknown, now, ''), 'nobody can tell (estimate: too much happens)');
  assert.equal(
    startWords({ ...unknown, notBefore: now + minute }, now, ''),
    'nobody can tell, but hardly before 23:31 UTC (estimate: too much happens)',
  );
});

test('the reason why it waits is not told twice', () => {
  const reason = { kind: 'never-by-itself' } as const;
  const words = (why: string) => startWords({ kind: 'unknown', reason, text: 'nothing lets it start: held' }, now, why);
  assert.equal(words('held'), 'nobody can tell (estimate: nothing lets it start)');
  assert.equal(words('behind another'), 'nobody can tell (estimate: nothing lets it start: held)');
});
