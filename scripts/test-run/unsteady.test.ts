import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileResult } from './run-file.ts';
import { runFailedAgain } from './unsteady.ts';

const result = (file: string, ...failures: string[]): FileResult => ({
  file,
  seconds: 1,
  output: '',
  outcomes: [
    { kind: 'passed', name: 'p' },
    ...failures.map((name) => ({ kind: 'failed' as const, name, line: 2, error: `${name} broke` })),
  ],
});

test('what failed and passes by itself is told, and counts as passed', async () => {
  const ran: string[] = [];
  const { results, unsteady } = await runFailedAgain(
    [result('a'), result('b', 'x', 'y'), result('c')],
    async (file) => {
      ran.push(file);
      return result(file);
    },
  );
  assert.deepEqual(ran, ['b']);
  assert.deepEqual(results, [result('a'), result('b'), result('c')]);
  assert.deepEqual(unsteady, [
    { file: 'b', name: 'x', error: 'x broke' },
    { file: 'b', name: 'y', error: 'y broke' },
  ]);
});

test('what fails again has failed, whatever failed in it at first', async () => {
  const { results, unsteady } = await runFailedAgain([result('a', 'x')], async (file) => result(file, 'y'));
  assert.deepEqual([results, unsteady], [[result('a', 'y')], []]);
});

test('where many files fail none is run again', async () => {
  const first = ['a', 'b', 'c', 'd'].map((file) => result(file, 'x'));
  const { results } = await runFailedAgain(first, () => assert.fail('it ran'));
  assert.equal(results, first);
});
