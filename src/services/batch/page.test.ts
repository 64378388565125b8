import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pageOf, parseToken } from './page.ts';
import { InvalidInput } from './refusals.ts';

const names = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/), { maxLength: 40 });

test('pages of any size give every item once, in order', () => {
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 100 }), (items, maxResults) => {
      const seen: string[] = [];
      let nextToken: string | undefined;
      do {
        const page = pageOf('k', items, (item) => item, { maxResults, nextToken });
        assert.ok(page.items.length <= maxResults);
        seen.push(...page.items);
        nextToken = page.nextToken;
      } while (nextToken);
      assert.deepEqual(seen, items.toSorted());
    }),
  );
});

test('an item deleted between two pages costs no other its place', () => {
  fc.assert(
    fc.property(names, fc.nat(), (items, victim) => {
      const first = pageOf('k', items, (item) => item, { maxResults: 3 });
      const left = items.filter((_, index) => index !== victim % Math.max(1, items.length));
      if (!first.nextToken) return;
      const second = pageOf('k', left, (item) => item, { nextToken: first.nextToken });
      const last = first.items.at(-1) ?? '';
      assert.deepEqual(second.items, left.filter((item) => item > last).toSorted());
    }),
  );
});

test('whatever is given as a token is either read or refused, and a token of another listing is refused', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json().map((text) => Buffer.from(text).toString('base64url')),
      ),
      (token) => {
        assert.throws(() => parseToken('k', token), InvalidInput);
      },
    ),
  );
  const { nextToken } = pageOf('other', ['a', 'b'], (item) => item, { maxResults: 1 });
  assert.ok(nextToken);
  assert.throws(() => parseToken('k', nextToken), InvalidInput);
});
