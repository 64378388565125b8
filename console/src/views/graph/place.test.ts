import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { GraphLevel, GraphNode } from './level.ts';
import { type PlacedNode, placeLevel } from './place.ts';

const node = (id: string, more: Partial<GraphNode> = {}): GraphNode => ({ id, label: id, ...more });

test('what is closed is one node; opened, its levels stand side by side within it', () => {
  const inside = ['a', 'b'].map((id) => ({ nodes: [node(id), node(`${id}2`)], edges: [{ from: id, to: `${id}2` }] }));
  const level = { nodes: [node('P', { inside }), node('Q')], edges: [{ from: 'P', to: 'Q', label: 'then' }] };
  const closed = placeLevel(level, new Set());
  assert.deepEqual(
    closed.nodes.map(({ id }) => id),
    ['P', 'Q'],
  );
  const opened = placeLevel(level, new Set(['P']));
  const of = (id: string): PlacedNode => opened.nodes.find((each) => each.id === id) ?? assert.fail(id);
  assert.deepEqual([of('a').parent, of('P').parent, of('P').isOpen], ['P', undefined, true]);
  assert.ok(of('a').x + of('a').width <= of('b').x, 'side by side');
  assert.ok(of('a2').y >= of('a').y + of('a').height, 'from top to bottom');
  assert.ok(of('b').x + of('b').width <= of('P').width && of('a2').y + of('a2').height <= of('P').height, 'within');
  assert.equal(opened.edges.length, 3);
});

test('edges that lead nowhere are left out, loops and twins are drawn', () => {
  const edges = [
    { from: 'a', to: 'a' },
    { from: 'a', to: 'b', label: 'one' },
    { from: 'a', to: 'b', label: 'two' },
    { from: 'b', to: 'gone' },
  ];
  const { edges: drawn } = placeLevel({ nodes: [node('a'), node('b')], edges }, new Set());
  assert.deepEqual(
    drawn.map(({ from, to, label }) => [from, to, label]),
    [
      ['a', 'a', undefined],
      ['a', 'b', 'one'],
      ['a', 'b', 'two'],
    ],
  );
  assert.ok(drawn.every(({ points }) => points.length >= 2));
});

test('no two nodes of any level lie upon each other', () => {
  const pairs = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 15 });
  fc.assert(
    fc.property(pairs, pairs, (outer, inner) => {
      const level = (prefix: string, links: readonly (readonly [number, number])[]): GraphLevel => ({
        nodes: Array.from({ length: 10 }, (_, index) => node(prefix + index)),
        edges: links.map(([from, to]) => ({ from: prefix + from, to: prefix + to })),
      });
      const { nodes, edges } = level('o', outer);
      const [first, ...others] = nodes;
      assert.ok(first);
      const whole = { nodes: [{ ...first, inside: [level('i', inner)] }, ...others], edges };
      const placed = placeLevel(whole, new Set(['o0'])).nodes;
      assert.equal(placed.length, 20);
      for (const [index, one] of placed.entries()) {
        for (const other of placed.slice(index + 1)) {
          if (one.parent !== other.parent) continue;
          const apart =
            one.x + one.width <= other.x ||
            other.x + other.width <= one.x ||
            one.y + one.height <= other.y ||
            other.y + other.height <= one.y;
          assert.ok(apart, `${one.id} and ${other.id}`);
        }
      }
    }),
    { numRuns: 25 },
  );
});
