import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HashTable } from './hash-table.ts';

const step = fc.record({
  kind: fc.constantFrom('set', 'add', 'delete', 'delete'),
  key: fc.nat({ max: 60 }).map(String),
  value: fc.nat(),
});

test('keys whose hashes collide are told apart, whatever is added and deleted in between', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.integer({ min: 1, max: 12 }), (steps, hashes) => {
      const [table, plain] = [new HashTable<string, number>(), new Map<string, number>()];
      // Few hashes, at the end of the table: chains are long and go round.
      const hashOf = (key: string) => -1 - (Number(key) % hashes);
      for (const { kind, key, value } of steps) {
        const hash = hashOf(key);
        if (kind === 'delete') assert.equal(table.delete(key, hash), plain.delete(key));
        else if (kind === 'set') {
          table.set(key, hash, value);
          plain.set(key, value);
        } else {
          assert.equal(table.add(key, hash, value), !plain.has(key));
          if (!plain.has(key)) plain.set(key, value);
        }
        assert.equal(table.size, plain.size);
      }
      for (let at = 0; at <= 60; at += 1) {
        const key = String(at);
        assert.equal(table.get(key, hashOf(key)), plain.get(key));
        assert.equal(table.has(key, hashOf(key)), plain.has(key));
      }
      assert.deepEqual([...table.values()].toSorted(), [...plain.values()].toSorted());
    }),
  );
});

test('what a table has taken is given back when most of its keys go', () => {
  const table = new HashTable<string, number>();
  for (let at = 0; at < 1_000; at += 1) table.add(String(at), at, at);
  const full = table.slots;
  for (let at = 0; at < 990; at += 1) table.delete(String(at), at);
  assert.ok(table.slots < full / 8, `${table.slots} slots of ${full} are left`);
  assert.deepEqual([...table.values()].toSorted(), [990, 991, 992, 993, 994, 995, 996, 997, 998, 999]);
});
