import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JavaRandom } from './java-random.ts';

test('The first double for seed 42 is the one that Java, and AWS, draw', () => {
  assert.equal(new JavaRandom(42).nextDouble(), 0.7275636800328681);
});

test('Integers below a bound are those of java.util.Random', () => {
  // new Random(42).nextInt(10), ten times: a sequence that many Java texts print.
  const random = new JavaRandom(42);
  const drawn = Array.from({ length: 10 }, () => random.nextInt(0, 10));
  assert.deepEqual(drawn, [0, 3, 8, 4, 0, 5, 5, 8, 9, 3]);
});

test('Every bound is kept: powers of two, one, and ranges wider than an integer is positive', () => {
  for (const [origin, bound] of [
    [0, 1],
    [0, 8],
    [-5, 5],
    [-(2 ** 31), 2 ** 31 - 1],
  ] as const) {
    const random = new JavaRandom(7);
    for (let i = 0; i < 200; i += 1) {
      const drawn = random.nextInt(origin, bound);
      assert.ok(drawn >= origin && drawn < bound, `${drawn}`);
    }
  }
});

test('A seed is a long: fractions are cut off, what is too large or no number is taken all the same', () => {
  assert.equal(new JavaRandom(42.9).nextDouble(), new JavaRandom(42).nextDouble());
  assert.equal(new JavaRandom(-0.5).nextDouble(), new JavaRandom(0).nextDouble());
  assert.notEqual(new JavaRandom(-42).nextDouble(), new JavaRandom(42).nextDouble());
  assert.equal(new JavaRandom(1e300).nextDouble(), new JavaRandom(2 ** 63).nextDouble());
  assert.equal(new JavaRandom(Number.NaN).nextDouble(), new JavaRandom(0).nextDouble());
});
