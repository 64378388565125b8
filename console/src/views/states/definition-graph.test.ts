import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { definitions } from '../../../../test/asl/random-executions.ts';
import type { GraphLevel } from '../graph/level.ts';
import { choiceWords } from './choice-words.ts';
import { definitionGraph, statesOf, withStatus } from './definition-graph.ts';

const words = { start: 'Start', end: 'End', otherwise: 'else' };

const edgesOf = ({ edges }: GraphLevel) =>
  edges.map(({ from, to, label, isFailure }) => [
    from,
    to,
    ...(label === undefined ? [] : [label]),
    ...(isFailure ? ['!'] : []),
  ]);

test('every way through a definition is drawn, those of failures too', () => {
  const level = definitionGraph(
    {
      StartAt: 'A',
      States: {
        A: {
          Type: 'Task',
          Resource: 'arn:aws:states:::batch:submitJob.sync',
          Catch: [{ ErrorEquals: ['E1', 'E2'], Next: 'F' }],
          Next: 'C',
        },
        C: {
          Type: 'Choice',
          Choices: [
            { Variable: '$.n', NumericGreaterThan: 3, Next: 'A' },
            { Condition: '{% $states.input.ok %}', Next: 'W' },
          ],
          Default: 'S',
        },
        W: { Type: 'Wait', Seconds: 1, End: true },
        S: { Type: 'Succeed' },
        F: { Type: 'Fail' },
      },
    },
    words,
  );
  assert.deepEqual(edgesOf(level), [
    ['(start)', 'A'],
    ['A', 'C'],
    ['A', 'F', 'E1, E2', '!'],
    ['C', 'A', '$.n > 3'],
    ['C', 'W', '$states.input.ok'],
    ['C', 'S', 'else'],
    ['W', '(end)'],
    ['S', '(end)'],
    ['F', '(end)'],
  ]);
  assert.equal(level.nodes.find(({ id }) => id === 'A')?.note, 'Task · batch:submitJob.sync');
});

test('branches and iterations are inside their states, both ways of writing a Map', () => {
  const inner = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } });
  const definition = {
    StartAt: 'P',
    States: {
      P: { Type: 'Parallel', Branches: [inner('x'), inner('y')], Next: 'M' },
      M: { Type: 'Map', ItemProcessor: inner('z'), Next: 'O' },
      O: { Type: 'Map', Iterator: inner('o'), End: true },
    },
  };
  const { nodes } = definitionGraph(definition, words);
  const inside = nodes.flatMap((node) => (node.inside ? [[node.id, node.inside.map((it) => it.nodes[0]?.id)]] : []));
  assert.deepEqual(inside, [
    ['P', ['x', 'y']],
    ['M', ['z']],
    ['O', ['o']],
  ]);
  assert.deepEqual([...statesOf(definition).keys()], ['P', 'x', 'y', 'M', 'z', 'O', 'o']);
});

test('whatever is written, something is drawn', () => {
  for (const broken of [
    null,
    1,
    [],
    {},
    { States: [] },
    { States: { A: 1 } },
    { StartAt: 1, States: { A: { Catch: 1 } } },
  ]) {
    assert.ok(definitionGraph(broken, words).nodes.length >= 1);
  }
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => definitionGraph(value, words).nodes.length >= 1));
});

test('every state of a definition is one node, with its status', () => {
  const ids = ({ nodes }: GraphLevel): readonly string[] =>
    nodes.flatMap(({ id, isPoint, inside = [] }) => [...(isPoint ? [] : [id]), ...inside.flatMap(ids)]);
  fc.assert(
    fc.property(definitions(), (definition) => {
      const level = withStatus(definitionGraph(definition, words), new Map());
      assert.deepEqual(ids(level), [...statesOf(definition).keys()]);
      assert.equal(level.nodes.find(({ isPoint }) => !isPoint)?.status, 'waiting');
    }),
    { numRuns: 50 },
  );
});

test('rules are told in a few words', () => {
  for (const [rule, told] of [
    [{ Variable: '$.a', StringEquals: 'x' }, '$.a = "x"'],
    [{ Variable: '$.a', NumericLessThanEqualsPath: '$.b' }, '$.a ≤ $.b'],
    [{ Variable: '$.a', IsPresent: false }, '$.a ≠ present'],
    [{ Variable: '$.a', StringMatches: '*.log' }, '$.a ~ "*.log"'],
    [{ Not: { Variable: '$.a', BooleanEquals: true } }, '¬ $.a = true'],
    [
      { And: [{ Variable: '$.a', IsNull: true }, { Or: [{ Variable: '$.b', StringEquals: 'y' }] }] },
      '$.a = null ∧ ($.b = "y")',
    ],
    [{ Comment: 'when it is late', Variable: '$.a', IsNull: true }, 'when it is late'],
    [{}, ' '],
  ] as const) {
    assert.equal(choiceWords({ ...rule, Next: 'N' }).trim(), told.trim());
  }
  assert.equal(choiceWords({ Condition: `{% ${'x'.repeat(90)} %}` }).length, 48);
});
