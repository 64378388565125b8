import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn } from './drawn.ts';

test('numbers that are drawn by name are spread evenly, the last digits of a name or the first', () => {
  for (const nameOf of [
    (at: number) => `${at}-of-the-same-long-ending`,
    (at: number) => `the-same-long-beginning-${at}`,
  ]) {
    const counts = Array.from({ length: 16 }, () => 0);
    for (let at = 0; at < 16_000; at += 1) {
      const number = drawn(3, nameOf(at));
      assert.ok(number >= 0 && number < 1);
      const slot = Math.floor(number * 16);
      counts[slot] = (counts[slot] ?? 0) + 1;
    }
    // Chi-squared of 15 degrees of freedom: beyond 50 once in a hundred thousand.
    const chi = counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
    assert.ok(chi < 50, `${counts}`);
  }
});

test('names are told apart, and the seed', () => {
  const all = [
    drawn(1, 'a', 'b'),
    drawn(1, 'ab'),
    drawn(1, 'b', 'a'),
    drawn(2, 'a', 'b'),
    drawn(1, 'a', 1),
    drawn(1, 'a', '1'),
  ];
  assert.equal(new Set(all).size, all.length);
  assert.equal(drawn(1, 'a', 'b'), all[0]);
});
