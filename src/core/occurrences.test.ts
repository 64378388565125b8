import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { occurrencesOf } from './occurrences.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 9 });

test('It finds exactly the texts that occur, few and short ones or many and long ones', () => {
  const texts = fc.array(word, { maxLength: 12 });
  const within = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 60 });
  fc.assert(
    fc.property(texts, within, (all, text) => {
      const expected = all.flatMap((each, index) => (text.includes(each) ? [index] : []));
      assert.deepEqual(
        [...occurrencesOf(all)(text)].sort((a, b) => a - b),
        expected,
      );
    }),
    { seed: 3, numRuns: 2000 },
  );
});

test('However often the beginnings of texts occur, each character is looked at a few times', () => {
  let looked = 0;
  const text = 'a'.repeat(20_000);
  const counted = {
    length: text.length,
    charAt: (at: number) => {
      looked += 1;
      return text.charAt(at);
    },
  } as unknown as string;
  const found = occurrencesOf(Array.from({ length: 20 }, (_, at) => `${'a'.repeat(40 + at)}b`))(counted);
  assert.equal(found.size, 0);
  assert.equal(looked, 20_000);
});
