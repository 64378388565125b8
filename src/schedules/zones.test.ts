import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { latestSlot, parseTiming, slotFrom } from './index.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Moments at which clocks are set, or are not. */
const moments: readonly (readonly [zone: string, at: string])[] = [
  ['America/New_York', '2026-03-08T07:00:00Z'],
  ['America/New_York', '2026-11-01T06:00:00Z'],
  ['Europe/Berlin', '2026-03-29T01:00:00Z'],
  ['Europe/Berlin', '2026-10-25T01:00:00Z'],
  // By half an hour.
  ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
  // At midnight, so that a day begins twice, or at one.
  ['America/Santiago', '2026-04-05T03:00:00Z'],
  ['America/Santiago', '2026-09-06T04:00:00Z'],
  ['Asia/Kolkata', '2026-06-15T00:00:00Z'],
];

interface Shown {
  readonly at: number;
  readonly hour: number;
  readonly minute: number;
  readonly weekday: string;
  readonly date: number;
}

/** What clocks show each minute about a moment, by another library than ours asks. */
function calendarOf(zone: string, moment: string): readonly Shown[] {
  const part = { weekday: 'short', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, hourCycle: 'h23', ...part });
  const start = Date.parse(moment) - 20 * hour;
  return Array.from({ length: 50 * 60 }, (_, index) => {
    const at = start + index * minute;
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const { weekday = '', day } = parts;
    return {
      at,
      hour: Number(parts.hour),
      minute: Number(parts.minute),
      weekday: weekday.toUpperCase(),
      date: Number(day),
    };
  });
}

const calendars = moments.map(([zone, moment]) => ({ zone, calendar: calendarOf(zone, moment) }));

const expressions = fc.record({
  minutes: fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 2 }),
  hours: fc.oneof(
    fc.constant('all' as const),
    fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
    fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 5 }),
  ),
  weekdays: fc.constantFrom<readonly string[] | undefined>(undefined, ['SUN'], ['SAT', 'MON']),
});
type Expression = typeof expressions extends fc.Arbitrary<infer Value> ? Value : never;

function textOf({ minutes, hours, weekdays }: Expression): string {
  const days = weekdays ? `? * ${weekdays.join(',')}` : '* * ?';
  return `cron(${minutes.join(',')} ${hours === 'all' ? '*' : hours.join(',')} ${days} *)`;
}

/** What clocks show a second time counts only for an expression that names every hour. */
function slotsIn(calendar: readonly Shown[], { minutes, hours, weekdays }: Expression): readonly number[] {
  const seen = new Set<string>();
  return calendar.flatMap((shown) => {
    const key = `${shown.date} ${shown.hour} ${shown.minute}`;
    const isRepeated = seen.has(key);
    seen.add(key);
    const isHour = hours === 'all' || (hours.includes(shown.hour) && !isRepeated);
    const isDay = weekdays === undefined || weekdays.includes(shown.weekday);
    return isHour && isDay && minutes.includes(shown.minute) ? [shown.at] : [];
  });
}

test('cron in five zones fires when a calendar says so that is asked minute by minute', () => {
  const cases = fc.record({
    of: fc.constantFrom(...calendars),
    expression: expressions,
    // Within the hours before the clocks are set, and those behind.
    begin: fc.integer({ min: 14 * 60, max: 26 * 60 }),
  });
  fc.assert(
    fc.property(cases, ({ of: { zone, calendar }, expression, begin }) => {
      const text = textOf(expression);
      const timing = parseTiming({ expression: text, zone, anchorAt: 0 }) ?? assert.fail(text);
      const from = calendar[begin]?.at ?? assert.fail();
      const expected = slotsIn(calendar, expression)
        .filter((at) => at >= from)
        .slice(0, 4);
      let next = from;
      for (const slot of expected) {
        assert.equal(slotFrom(timing, next), slot, `${text} in ${zone} from ${new Date(next).toISOString()}`);
        next = slot + 1;
      }
      const [first] = expected;
      if (first === undefined) return;
      for (const [index, slot] of expected.entries()) {
        const until = (expected[index + 1] ?? slot + 1) - 1;
        const words = `the latest of ${text} in ${zone} until ${new Date(until).toISOString()}`;
        assert.equal(latestSlot(timing, first, until), slot, words);
      }
    }),
    { numRuns: 100 },
  );
});
