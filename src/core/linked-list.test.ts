import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Linked, LinkedList } from './linked-list.ts';

class Named extends Linked {
  readonly name: number;

  constructor(name: number) {
    super();
    this.name = name;
  }
}

const actions = fc.array(
  fc.record({
    kind: fc.constantFrom('add', 'delete', 'move'),
    name: fc.integer({ min: 0, max: 6 }),
    onSecond: fc.boolean(),
  }),
);

test('it is a set in the order of adding; what goes to another list leaves the first, and what leaves refers to nothing', () => {
  fc.assert(
    fc.property(actions, (steps) => {
      const items = Array.from({ length: 7 }, (_, name) => new Named(name));
      const lists = [new LinkedList<Named>(), new LinkedList<Named>()] as const;
      const models: [number[], number[]] = [[], []];
      for (const { kind, name, onSecond } of steps) {
        const at = onSecond ? 1 : 0;
        const item = items[name] as Named;
        const was = models[at].includes(name);
        if (kind === 'delete') assert.equal(lists[at].delete(item), was);
        else lists[at].add(item);
        for (const index of kind === 'delete' ? ([at] as const) : ([0, 1] as const))
          models[index] = models[index].filter((each) => each !== name);
        if (kind !== 'delete') models[at].push(name);
        if (!models[0].includes(name) && !models[1].includes(name))
          assert.deepEqual([item.list, item.previous, item.next], [undefined, undefined, undefined]);
      }
      for (const [at, list] of lists.entries()) {
        const names = [...list].map((item) => item.name);
        assert.deepEqual(names, models[at]);
        assert.equal(list.size, names.length);
        assert.equal(list.first?.name, names[0]);
        for (const item of items) assert.equal(list.has(item), names.includes(item.name));
      }
    }),
  );
});

test('the one at hand may be deleted while all are gone through', () => {
  const list = new LinkedList<Named>();
  for (let name = 0; name < 4; name += 1) list.add(new Named(name));
  const seen: number[] = [];
  for (const item of list) {
    seen.push(item.name);
    list.delete(item);
  }
  assert.deepEqual(seen, [0, 1, 2, 3]);
  assert.equal(list.size, 0);
});
