import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Decay, usageAt } from './decay.ts';
import { DecayClock } from './share-line.ts';

const start = 1_790_000_000_000;
/** How many vCPUs a share holds for how long, in ms. */
const stretch = fc.record({
  held: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 400_000 }).map((millis) => millis / 1000),
  ),
  lasts: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 100_000_000 })),
});
const stretches = fc.array(stretch, { minLength: 1, maxLength: 40 });
const meanLife = fc.constantFrom(0, 1, 60, 600, 604_800);
const decays = fc
  .tuple(meanLife, fc.array(fc.record({ after: fc.integer({ min: 1, max: 100_000_000 }), seconds: meanLife })))
  .map(([seconds, later]): readonly Decay[] => {
    let since = start;
    const lives = [{ since: 0, seconds }];
    for (const { after, seconds: next } of later) {
      since += after;
      lives.push({ since, seconds: next });
    }
    return lives;
  });

/** The sum over the whole past: of each stretch in which neither changes, what is left of it at the end. */
function direct(history: readonly { held: number; lasts: number }[], lives: readonly Decay[]): number {
  const ends: { at: number; held: number }[] = [];
  let at = start;
  for (const { held, lasts } of history) {
    at += lasts;
    ends.push({ at, held });
  }
  const now = at;
  const cuts = [...new Set([start, ...ends.map((end) => end.at), ...lives.map(({ since }) => since)])]
    .filter((cut) => cut >= start && cut <= now)
    .sort((a, b) => a - b);
  const meanLifeAt = (time: number) => lives.findLast(({ since }) => since <= time)?.seconds ?? 0;
  let sum = 0;
  for (const [index, from] of cuts.slice(0, -1).entries()) {
    const to = cuts[index + 1] ?? now;
    const held = ends.find((end) => end.at > from)?.held ?? 0;
    const life = meanLifeAt(from);
    // What fades in each later stretch is the product of their parts.
    let left = life === 0 ? 0 : held * life * -Math.expm1(-(to - from) / 1000 / life);
    for (const [later, begin] of cuts.slice(0, -1).entries()) {
      if (later <= index) continue;
      const end = cuts[later + 1] ?? now;
      const fades = meanLifeAt(begin);
      left = fades === 0 ? 0 : left * Math.exp(-(end - begin) / 1000 / fades);
    }
    sum += left;
  }
  return sum;
}

/** As a server goes: it stores usage and time whenever what is held changes. */
function stepwise(history: readonly { held: number; lasts: number }[], lives: readonly Decay[]) {
  let stored = { usage: 0, at: start };
  for (const { held, lasts } of history) {
    const now = stored.at + lasts;
    stored = { usage: usageAt(stored, held, lives, now), at: now };
  }
  return stored;
}

function near(actual: number, expected: number, part: number): void {
  const bound = part * Math.max(1e-300, Math.abs(actual), Math.abs(expected));
  assert.ok(Math.abs(actual - expected) <= bound, `${actual} is not ${expected}`);
}

describe('usage of a share', () => {
  test('is the sum over its past, each part faded by what the policy said then', () => {
    fc.assert(
      fc.property(stretches, decays, (history, lives) => {
        near(stepwise(history, lives).usage, direct(history, lives), 1e-9);
      }),
    );
  });

  test('of a millisecond in a week keeps its digits', () => {
    const used = usageAt({ usage: 0, at: start }, 1, [{ since: 0, seconds: 604_800 }], start + 1);
    near(used, 0.001 * (1 - 0.001 / 604_800 / 2), 1e-14);
  });

  test('without jobs only falls, and never is anything but a number', () => {
    fc.assert(
      fc.property(stretches, meanLife, fc.integer({ min: 1, max: 2 ** 46 }), (history, seconds, later) => {
        const lives = [{ since: 0, seconds }];
        const stored = stepwise(history, lives);
        const after = usageAt(stored, 0, lives, stored.at + later);
        assert.ok(after >= 0 && after <= stored.usage, `${stored.usage} became ${after}`);
      }),
    );
  });

  test('of a time that does not go on stays', () => {
    const stored = { usage: 5, at: start };
    assert.equal(usageAt(stored, 3, [{ since: 0, seconds: 60 }], start), 5);
    assert.equal(usageAt(stored, 3, [{ since: 0, seconds: 60 }], start - 1000), 5);
  });
});

describe('the line of a share', () => {
  test('is weight · (usage + one second of what it holds), times x', () => {
    fc.assert(
      fc.property(
        stretches,
        decays,
        fc.record({ weight: fc.double({ min: 1e-4, max: 1000, noNaN: true }), held: fc.nat({ max: 500 }) }),
        fc.integer({ min: 0, max: 10_000_000 }),
        (history, lives, { weight, held }, later) => {
          const stored = stepwise(history, lives);
          const now = stored.at + later;
          const clock = new DecayClock(lives, now);
          const { constant, slope } = clock.line(stored, held, weight);
          const x = clock.x(now);
          const key = weight * (usageAt(stored, held, lives, now) + held);
          // What is subtracted may be far larger than what is left of it.
          const terms = (Math.abs(constant) + slope * x) / x;
          assert.ok(
            Math.abs((constant + slope * x) / x - key) <= 1e-11 * (terms + key),
            `${constant} ${slope} ${x} ${key}`,
          );
        },
      ),
    );
  });

  test('is drawn alike by all that know the same, whenever they began, until its epoch ends', () => {
    fc.assert(
      fc.property(meanLife, fc.nat({ max: 1e9 }), fc.double({ min: 0, max: 1, noNaN: true }), (seconds, used, part) => {
        const lives = [{ since: 0, seconds }];
        const first = new DecayClock(lives, start);
        const end = Math.min(first.until, start + 1e9);
        const second = new DecayClock(lives, Math.floor(start + (end - 1 - start) * part));
        const stored = { usage: used, at: start };
        assert.deepEqual(second.line(stored, 4, 2), first.line(stored, 4, 2));
        if (seconds > 0) assert.equal(second.until, first.until);
        assert.ok(first.x(end) < 1e56 && first.x(start) >= 1);
      }),
    );
  });

  test('with no decay counts what is held now', () => {
    const clock = new DecayClock([{ since: 0, seconds: 0 }], start);
    assert.deepEqual(clock.line({ usage: 1e9, at: start - 5 }, 3, 0.5), { constant: 1.5, slope: 0 });
    assert.equal(clock.x(start + 1e9), 1);
    assert.equal(clock.until, Number.POSITIVE_INFINITY);
  });

  test('takes up a new decay at the time from which it is one', () => {
    const lives = [
      { since: 0, seconds: 600 },
      { since: start + 60_000, seconds: 60 },
    ];
    const stored = { usage: 1000, at: start };
    const now = start + 120_000;
    const clock = new DecayClock(lives, now);
    const { constant, slope } = clock.line(stored, 0, 1);
    near((constant + slope * clock.x(now)) / clock.x(now), 1000 * Math.exp(-0.1) * Math.exp(-1), 1e-12);
  });
});
