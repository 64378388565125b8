import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareText } from './text-order.ts';

test('text is ordered as its UTF-8 bytes are', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', 'é', '\uD7FF', '\uE000', '\uFFFF', '\u{10000}', '\u{1F600}'),
  });
  fc.assert(
    fc.property(text, text, (left, right) => {
      assert.equal(Math.sign(compareText(left, right)), Buffer.compare(Buffer.from(left), Buffer.from(right)));
    }),
  );
});
