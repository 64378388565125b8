import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Scope } from './arn.ts';
import { ScopeMap } from './scope-map.ts';

// Names that would be one if they were joined.
const scope = fc.record({
  account: fc.constantFrom('1', '1|a', '2'),
  region: fc.constantFrom('b', 'a|b', 'c'),
}) as fc.Arbitrary<Scope>;

test('it is a map by account and region', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(scope, fc.option(fc.nat()))), (steps) => {
      const map = new ScopeMap<number>();
      const model = new Map<string, number>();
      for (const [at, value] of steps) {
        const key = JSON.stringify([at.account, at.region]);
        assert.equal(map.get(at), model.get(key));
        if (value === null) {
          map.delete(at);
          model.delete(key);
        } else {
          map.set(at, value);
          model.set(key, value);
        }
      }
      assert.deepEqual([...map.values()].sort(), [...model.values()].sort());
      map.clear();
      assert.deepEqual([...map.values()], []);
    }),
  );
});
