import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ShardedMap } from './sharded-map.ts';

test('it is a map, whatever is set, deleted and cleared', () => {
  const step = fc.record({
    kind: fc.constantFrom('set', 'delete', 'clear'),
    key: fc.oneof(fc.string({ maxLength: 4 }), fc.uuid()),
    value: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const [sharded, plain] = [new ShardedMap<string, number>(), new Map<string, number>()];
      for (const { kind, key, value } of steps) {
        if (kind === 'delete') assert.equal(sharded.delete(key), plain.delete(key));
        else if (kind === 'set') {
          sharded.set(key, value);
          plain.set(key, value);
        } else if (value % 10 === 0) {
          sharded.clear();
          plain.clear();
        }
        assert.deepEqual(
          [sharded.size, sharded.get(key), sharded.has(key)],
          [plain.size, plain.get(key), plain.has(key)],
        );
      }
      assert.deepEqual([...sharded.values()].toSorted(), [...plain.values()].toSorted());
      assert.deepEqual(new Map(sharded.entries()), plain);
    }),
  );
});
