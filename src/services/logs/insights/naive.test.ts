import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileQuery } from './index.ts';

/**
 * Queries as a tree from which both their text and their result follow: here each command takes a list and gives a list, without
 * heaps, pushed literals or streaming.
 */
interface Condition {
  readonly text: string;
  readonly holds: (event: Found) => boolean;
}
interface Found {
  readonly at: number;
  readonly message: string;
  readonly k: string | undefined;
  readonly n: number | undefined;
}

const words = ['a', 'b', 'é', '"', '\\', 'ab'];
const value = fc.constantFrom(...words);
const message = fc.oneof(
  value,
  fc
    .record({ k: value, n: fc.integer({ min: -3, max: 12 }) }, { requiredKeys: [] })
    .map((json) => JSON.stringify(json)),
  // The same JSON, with each letter as an escape.
  value.map((k) => `{"k":"${[...k].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"}`),
);

function foundIn(text: string, at: number): Found {
  const json = text.startsWith('{') ? JSON.parse(text) : {};
  return { at, message: text, k: json.k, n: json.n };
}

const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  value.map((k) => ({ text: `k = ${quoted(k)}`, holds: (event: Found) => event.k === k })),
  value.map((k) => ({ text: `k != ${quoted(k)}`, holds: (event: Found) => event.k !== undefined && event.k !== k })),
  value.map((k) => ({ text: `@message like ${quoted(k)}`, holds: (event: Found) => event.message.includes(k) })),
  fc.constant({ text: '@message like /a.?b*/', holds: (event: Found) => event.message.includes('a') }),
  fc.integer({ min: -3, max: 12 }).map((n) => ({
    text: `n >= ${n}`,
    holds: (event: Found) => event.n !== undefined && event.n >= n,
  })),
  fc.constant({ text: 'ispresent(n)', holds: (event: Found) => event.n !== undefined }),
);
const condition: fc.Arbitrary<Condition> = fc.oneof(
  leaf,
  leaf.map(({ text, holds }) => ({ text: `not (${text})`, holds: (event: Found) => !holds(event) })),
  fc
    .tuple(leaf, leaf)
    .map(([a, b]) => ({ text: `${a.text} and ${b.text}`, holds: (event: Found) => a.holds(event) && b.holds(event) })),
  fc
    .tuple(leaf, leaf)
    .map(([a, b]) => ({ text: `(${a.text} or ${b.text})`, holds: (event: Found) => a.holds(event) || b.holds(event) })),
);

interface Ending {
  readonly text: string;
  readonly rows: (events: readonly Found[]) => readonly (readonly (string | undefined)[])[];
}
const latestFirst = (a: Found, b: Found) => b.at - a.at;
const ending: fc.Arbitrary<Ending> = fc.oneof(
  fc.integer({ min: 1, max: 4 }).map((count) => ({
    text: `limit ${count} | display @message`,
    rows: (events: readonly Found[]) =>
      events
        .toSorted(latestFirst)
        .slice(0, count)
        .map((event) => [event.message]),
  })),
  fc.integer({ min: 1, max: 4 }).map((count) => ({
    text: `display @message | filter ispresent(n) | sort n desc, @timestamp asc | limit ${count}`,
    rows: (events: readonly Found[]) =>
      events
        .filter(({ n }) => n !== undefined)
        .toSorted((a, b) => (b.n ?? 0) - (a.n ?? 0) || a.at - b.at)
        .slice(0, count)
        .map((event) => [event.message]),
  })),
  fc.constant({
    text: 'stats count(*) as c, sum(n) as s, max(n) as m, count_distinct(k) as d',
    rows: (events: readonly Found[]) => {
      const numbers = events.flatMap(({ n }) => n ?? []);
      const sum = numbers.length === 0 ? undefined : String(numbers.reduce((a, b) => a + b, 0));
      const most = numbers.length === 0 ? undefined : String(Math.max(...numbers));
      const distinct = new Set(events.flatMap(({ k }) => k ?? [])).size;
      return events.length === 0 ? [] : [[String(events.length), sum, most, String(distinct)]];
    },
  }),
  fc.constant({
    text: 'filter ispresent(k) | stats count(*) as c by k | sort c desc, k',
    rows: (events: readonly Found[]) => {
      const keys = [...new Set(events.flatMap(({ k }) => k ?? []))];
      const count = (key: string) => events.filter(({ k }) => k === key).length;
      return keys.toSorted((a, b) => count(b) - count(a) || (a < b ? -1 : 1)).map((key) => [key, String(count(key))]);
    },
  }),
  fc.constant({
    text: 'filter ispresent(k) | display @message | sort @timestamp asc | dedup k',
    rows: (events: readonly Found[]) => {
      const kept = events.filter(
        ({ k }, index) => k !== undefined && events.findIndex((other) => other.k === k) === index,
      );
      return kept.map((event) => [event.message]);
    },
  }),
);

const columns = ['k', 'c', 's', 'm', 'd', '@message'];

test('a query finds what a naive one finds, whatever is passed over by its bytes', () => {
  const query = fc.tuple(fc.array(condition, { maxLength: 2 }), ending);
  fc.assert(
    fc.property(query, fc.array(message, { maxLength: 8 }), ([conditions, last], messages) => {
      const text = [...conditions.map((each) => `filter ${each.text}`), last.text].join(' | ');
      const compiled = compileQuery(text, { now: 0 });
      const run = compiled.begin();
      for (const [at, each] of messages.entries()) {
        const payload = Buffer.from(each);
        const event = { timestamp: at, ingestedAt: at, payload, logStream: 's', log: 'g', pointer: () => '' };
        if (compiled.mayMatch(payload)) run.push(event);
      }
      const shown = run.finish().map((row) => {
        const fields = new Map(row.map(({ field, value: found }) => [field, found]));
        return columns.filter((name) => fields.has(name)).map((name) => fields.get(name));
      });
      const events = messages.map(foundIn).filter((event) => conditions.every(({ holds }) => holds(event)));
      const expected = last.rows(events).map((row) => row.filter((found) => found !== undefined));
      assert.deepEqual(shown, expected, text);
    }),
    { numRuns: 500 },
  );
});
