import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Meter } from '../evaluate/meter.ts';
import type { Scope } from '../evaluate/scope.ts';
import type { Json } from '../json/json.ts';
import { SeededRandom } from '../json/seeded-random.ts';
import { evaluateExpression } from './evaluate.ts';
import { compileExpression } from './expression.ts';

function scope(input: Json, now: number): Scope {
  return {
    data: input,
    states: { input },
    context: () => ({}),
    variables: { get: () => undefined, all: () => ({}) },
    random: new SeededRandom(`seed ${now}`),
    now,
    meter: new Meter(1000, () => assert.fail('too much')),
  };
}

test('One expression evaluated many times at once keeps the times, inputs and budgets apart', async () => {
  const text =
    "$sum($map([1..1500], function($n) { $n })) & '/' & $states.input & '/' & $millis() & '/' & $replace('a1b', /[0-9]/, '-')";
  const runs = Array.from({ length: 40 }, (_, i) => evaluateExpression(text, 'Output', scope(i, 1000 + i)));
  const results = await Promise.all(runs);
  assert.deepEqual(
    results,
    Array.from({ length: 40 }, (_, i) => `1125750/${i}/${1000 + i}/a-b`),
  );
});

test('The same seed gives the same random numbers, another seed others', async () => {
  const expression = '[$random(), $uuid(), $shuffle([1..20])]';
  const one = await evaluateExpression(expression, 'Output', scope(0, 1));
  assert.deepEqual(await evaluateExpression(expression, 'Output', scope(0, 1)), one);
  assert.notDeepEqual(await evaluateExpression(expression, 'Output', scope(0, 2)), one);
});

test('An expression with look-around in a regular expression does not compile', () => {
  assert.throws(() => compileExpression("$contains('a', /(?=a)/)"), { name: 'JsonataSyntaxFault' });
});
