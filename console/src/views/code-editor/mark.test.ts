import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf, marksOf } from './mark.ts';

test('a problem is marked at the value that its pointer names, in its line', () => {
  const text = '{\n  "States": {\n    "A": {}\n  }\n}';
  const problem = { pointer: '/States/A', severity: 'error', message: 'no Type' } as const;
  const [mark] = marksOf(text, [problem], '');
  assert.ok(mark);
  assert.equal(text.slice(mark.from, mark.to), '{}');
  assert.equal(mark.message, 'no Type');
  assert.equal(lineOf(text, mark.from), 3);
});

test('a text that is no JSON has this one problem, also at its end', () => {
  const [mark, ...others] = marksOf('{"a":', [{ severity: 'error', message: 'far' }], 'no JSON');
  assert.deepEqual(mark, { from: 4, to: 5, severity: 'error', message: 'no JSON' });
  assert.deepEqual(others, []);
  assert.deepEqual(marksOf('', [], 'no JSON'), [{ from: 0, to: 0, severity: 'error', message: 'no JSON' }]);
});
