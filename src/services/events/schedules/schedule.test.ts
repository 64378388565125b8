import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { latestSlot, parseSchedule, slotAfter } from './schedule.ts';

const refused = [
  ...['rate(1 minutes)', 'rate(2 minute)', 'rate(0 minutes)', 'rate(5)', 'rate(5  minutes)', 'rate(1.5 hours)'],
  ...['rate(-1 minutes)', 'rate(5 seconds)', 'rate(5 weeks)', 'Rate(5 minutes)', '', 'at(2030-01-01T00:00:00)'],
  ...['cron(0 12 * * *)', 'cron(0 12 * * * *)', 'cron(0 12 ? * ? *)', 'cron(60 12 * * ? *)', 'cron(0 24 * * ? *)'],
  ...['cron(0 0 0 * ? *)', 'cron(0 0 ? * 0 *)', 'cron(0 0 ? * 8 *)', 'cron(0 0 ? * 2/2 *)', 'cron(0 0 ? * 2#6 *)'],
  ...['cron(0 0 ? * 2#1,3#1 *)', 'cron(0 0 1 13 ? *)', 'cron(0 0 1 * ? 1969)', 'cron(0 0 1 * ? 2200)'],
  ...['cron(0/0 * * * ? *)', 'cron(a * * * ? *)', 'cron(0 0 32W * ? *)', 'cron(1- 0 * * ? *)', 'cron(0 0 ? * MON- *)'],
];

test('what AWS refuses is no schedule', () => {
  for (const text of refused) assert.equal(parseSchedule(text), undefined, text);
});

function scheduleOf(text: string) {
  return parseSchedule(text) ?? assert.fail(`${text} is no schedule`);
}

test('a rate has slots at even distances, and a day has 24 hours', () => {
  const day = scheduleOf('rate(1 day)');
  assert.equal(slotAfter(day, 1000), 86_401_000);
  assert.equal(slotAfter(scheduleOf('rate(5 minutes)'), 0), 300_000);
  assert.equal(slotAfter(scheduleOf('rate(2 hours)'), 0), 7_200_000);
  assert.equal(latestSlot(day, 1000, 86_400_999), 1000);
  assert.equal(latestSlot(day, 1000, 86_401_000), 86_401_000);
  assert.equal(latestSlot(day, 1000, 86_400_000 * 10), 86_400_000 * 9 + 1000);
});

const from = Date.parse('2026-11-30T13:00:00Z');

/** The examples of EventBridge's guide, and what AWS has of its own. */
const examples: Readonly<Record<string, readonly string[]>> = {
  'cron(0 10 * * ? *)': ['2026-12-01T10:00', '2026-12-02T10:00'],
  'cron(15 12 * * ? *)': ['2026-12-01T12:15', '2026-12-02T12:15'],
  'cron(0 18 ? * MON-FRI *)': ['2026-11-30T18:00', '2026-12-01T18:00'],
  'cron(0 8 1 * ? *)': ['2026-12-01T08:00', '2027-01-01T08:00'],
  'cron(0/15 * * * ? *)': ['2026-11-30T13:15', '2026-11-30T13:30'],
  'cron(0/5 8-17 ? * MON-FRI *)': ['2026-11-30T13:05', '2026-11-30T13:10'],
  'cron(0 9 ? * 2#1 *)': ['2026-12-07T09:00', '2027-01-04T09:00'],
  'cron(0 9 ? * L *)': ['2026-12-05T09:00', '2026-12-12T09:00'],
  'cron(0 9 ? * 6L *)': ['2026-12-25T09:00', '2027-01-29T09:00'],
  'cron(0 9 ? * FRIL *)': ['2026-12-25T09:00', '2027-01-29T09:00'],
  'cron(0 9 L * ? *)': ['2026-12-31T09:00', '2027-01-31T09:00'],
  'cron(0 9 LW * ? *)': ['2026-12-31T09:00', '2027-01-29T09:00'],
  'cron(0 9 1W * ? *)': ['2026-12-01T09:00', '2027-01-01T09:00'],
  'cron(0 20-2/3 ? * SAT-SUN *)': ['2026-12-05T02:00', '2026-12-05T20:00'],
  'cron(0 0 29 2 ? *)': ['2028-02-29T00:00', '2032-02-29T00:00'],
  'cron(0 0 1 1 ? 2030)': ['2030-01-01T00:00'],
  'cron(0 0 ? * 1 2027)': ['2027-01-03T00:00', '2027-01-10T00:00'],
};

test('cron expressions fire when the guide says', () => {
  for (const [text, expected] of Object.entries(examples)) {
    const schedule = scheduleOf(text);
    const found: string[] = [];
    let slot: number | undefined = from;
    while (found.length < expected.length) {
      slot = slotAfter(schedule, slot);
      if (slot === undefined) break;
      found.push(new Date(slot).toISOString().slice(0, 16));
    }
    assert.deepEqual(found, expected, text);
  }
  assert.equal(slotAfter(scheduleOf('cron(0 0 1 1 ? 2030)'), Date.parse('2030-01-01T00:00:00Z')), undefined);
  assert.equal(slotAfter(scheduleOf('cron(0 0 1 1 ? 2000)'), from), undefined);
});

/** A field as text, and which numbers it names, worked out on its own. */
interface Field {
  readonly text: string;
  readonly has: (value: number, day: Day) => boolean;
}

interface Day {
  readonly date: number;
  readonly weekday: number;
  readonly length: number;
}

function fieldOf(low: number, high: number, steps = true): fc.Arbitrary<Field> {
  const number = fc.integer({ min: low, max: high });
  const one = number.map((n) => ({ text: `${n}`, has: (value: number) => value === n }));
  const range = fc.tuple(number, number).map(([a, b]) => ({
    text: `${a}-${b}`,
    has: (value: number) => (a <= b ? value >= a && value <= b : value >= a || value <= b),
  }));
  const step = fc.tuple(number, fc.integer({ min: 1, max: 7 })).map(([a, n]) => ({
    text: `${a}/${n}`,
    has: (value: number) => value >= a && (value - a) % n === 0,
  }));
  const all = fc.constant({ text: '*', has: () => true });
  const part = steps ? fc.oneof(one, range, step) : fc.oneof(one, range);
  const list = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => ({
    text: parts.map(({ text }) => text).join(','),
    has: (value: number) => parts.some(({ has }) => has(value)),
  }));
  return fc.oneof(all, list);
}

const weekdayNear = (wanted: number, { date, weekday, length }: Day) => {
  const target = Math.min(wanted, length);
  if (wanted > length) return false;
  const ofTarget = (weekday + target - date + 70) % 7;
  if (ofTarget === 6) return date === (target === 1 ? 3 : target - 1);
  if (ofTarget === 0) return date === (target === length ? target - 2 : target + 1);
  return date === target;
};

const daysOfMonth = fc.oneof(
  fieldOf(1, 31),
  fc.constant<Field>({ text: 'L', has: (_value, { date, length }) => date === length }),
  fc.constant<Field>({
    text: 'LW',
    has: (_value, { date, weekday, length }) => {
      const last = (weekday + length - date) % 7;
      return date === length - (last === 6 ? 1 : last === 0 ? 2 : 0);
    },
  }),
  fc.integer({ min: 1, max: 28 }).map((n): Field => ({ text: `${n}W`, has: (_value, day) => weekdayNear(n, day) })),
);

const daysOfWeek = fc.oneof(
  fieldOf(1, 7, false),
  fc.constant<Field>({ text: 'L', has: (value) => value === 7 }),
  fc.integer({ min: 1, max: 7 }).map(
    (n): Field => ({
      text: `${n}L`,
      has: (value, { date, length }) => value === n && date + 7 > length,
    }),
  ),
  fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 5 })).map(
    ([n, nth]): Field => ({
      text: `${n}#${nth}`,
      has: (value, { date }) => value === n && Math.ceil(date / 7) === nth,
    }),
  ),
);

const days = fc.oneof(
  daysOfMonth.map((field) => ({
    text: (month: string) => `${field.text} ${month} ?`,
    has: (day: Day) => field.has(day.date, day),
  })),
  daysOfWeek.map((field) => ({
    text: (month: string) => `? ${month} ${field.text}`,
    has: (day: Day) => field.has(day.weekday + 1, day),
  })),
);

const expressions = fc.record({
  minutes: fieldOf(0, 59),
  hours: fieldOf(0, 23),
  days,
  months: fieldOf(1, 12),
  years: fieldOf(2026, 2029, false),
  start: fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2028-12-31T00:00:00Z') }),
});

const minute = 60_000;

/** The first fire after a time and before two years later, found by looking at each day, hour and minute. */
function bruteForce({ minutes, hours, days, months, years, start }: Expression): number | undefined {
  const first = (Math.floor(start / minute) + 1) * minute;
  const midnight = Math.floor(first / 86_400_000) * 86_400_000;
  for (let day = midnight; day < midnight + 730 * 86_400_000; day += 86_400_000) {
    const date = new Date(day);
    const month = date.getUTCMonth() + 1;
    const length = new Date(Date.UTC(date.getUTCFullYear(), month, 0)).getUTCDate();
    const own = { date: date.getUTCDate(), weekday: date.getUTCDay(), length };
    if (!years.has(date.getUTCFullYear(), own) || !months.has(month, own) || !days.has(own)) continue;
    for (let at = Math.max(day, first); at < day + 86_400_000; at += minute) {
      const time = new Date(at);
      if (hours.has(time.getUTCHours(), own) && minutes.has(time.getUTCMinutes(), own)) return at;
    }
  }
  return undefined;
}

type Expression = typeof expressions extends fc.Arbitrary<infer Value> ? Value : never;

test('random expressions fire when a brute-force calendar says', () => {
  fc.assert(
    fc.property(expressions, (expression) => {
      const { minutes, hours, days, months, years, start } = expression;
      const text = `cron(${minutes.text} ${hours.text} ${days.text(months.text)} ${years.text})`;
      const expected = bruteForce(expression);
      const schedule = scheduleOf(text);
      const found = slotAfter(schedule, start);
      const isFar = found !== undefined && found >= Math.floor(start / 86_400_000) * 86_400_000 + 730 * 86_400_000;
      assert.equal(isFar ? undefined : found, expected, text);
      // The slot that is latest at its own time is that slot.
      if (expected !== undefined) assert.equal(latestSlot(schedule, start, expected), expected, text);
    }),
    { numRuns: 200 },
  );
});
