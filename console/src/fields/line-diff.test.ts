import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lineDiff } from './line-diff.ts';

test('what both have stays, the rest is taken away and added', () => {
  assert.deepEqual(lineDiff(['a', 'b', 'c'], ['a', 'x', 'c']), [
    { in: 'both', text: 'a' },
    { in: 'left', text: 'b' },
    { in: 'right', text: 'x' },
    { in: 'both', text: 'c' },
  ]);
  assert.deepEqual(lineDiff([], []), []);
});

test('both texts can be read from what differs', () => {
  const texts = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 });
  fc.assert(
    fc.property(texts, texts, (left, right) => {
      const lines = lineDiff(left, right);
      const of = (side: 'left' | 'right') =>
        lines.filter((line) => line.in === 'both' || line.in === side).map(({ text }) => text);
      assert.deepEqual(of('left'), left);
      assert.deepEqual(of('right'), right);
    }),
  );
});
