import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { performEvaluation } from '../evaluate/index.ts';
import { type Evaluation, parseDefinition, refusalOf, type TaskDefinition, validateDefinition } from '../index.ts';

const seeds: readonly object[] = [
  {
    StartAt: 'A',
    States: {
      A: { Type: 'Pass', Parameters: { 'x.$': "States.Format('{}', $.a[?(@.b > 1)])" }, ResultPath: '$.r', Next: 'C' },
      C: {
        Type: 'Choice',
        Choices: [
          { And: [{ Variable: '$.a', StringMatches: '*' }, { Not: { Variable: '$.b', IsNull: true } }], Next: 'S' },
        ],
        Default: 'S',
      },
      S: { Type: 'Succeed' },
    },
  },
  {
    QueryLanguage: 'JSONata',
    StartAt: 'M',
    States: {
      M: {
        Type: 'Map',
        Items: '{% $states.input %}',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'T',
          States: {
            T: {
              Type: 'Task',
              Resource: 'arn:aws:states:::batch:submitJob.sync',
              Arguments: { a: '{% 1 %}' },
              Retry: [{ ErrorEquals: ['E'] }],
              Catch: [{ ErrorEquals: ['States.ALL'], Next: 'F' }],
              End: true,
            },
            F: { Type: 'Fail', Error: '{% "e" %}' },
          },
        },
        ItemBatcher: { MaxItemsPerBatch: 2 },
        End: true,
      },
    },
  },
];

/** Puts `junk` in the place that `steps` choose. */
function damage(value: unknown, steps: readonly number[], junk: unknown): unknown {
  const [step = 0, ...rest] = steps;
  if (typeof value !== 'object' || value === null || steps.length === 0) return junk;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return junk;
  const copy: Record<string, unknown> = { ...value };
  copy[key] = damage(copy[key], rest, junk);
  return Array.isArray(value) ? Object.values(copy) : copy;
}

test('Whatever a definition holds, it is parsed or refused with words, and never throws', () => {
  const junk = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('{% ( %}', '$.', '$[', "States.Format('", '{% $x[ %}', '$..', -1, 1e308, [], {}, '__proto__'),
  );
  fc.assert(
    fc.property(fc.constantFrom(...seeds), fc.array(fc.nat(5), { maxLength: 8 }), junk, (seed, steps, value) => {
      const { machine, diagnostics } = parseDefinition(JSON.stringify(damage(seed, steps, value)));
      assert.equal(
        machine === undefined,
        diagnostics.some(({ severity }) => severity === 'ERROR'),
      );
      for (const { message } of diagnostics) assert.ok(message.length > 0);
    }),
    { numRuns: 3000, seed: 5 },
  );
});

test('Any text is parsed or refused', () => {
  fc.assert(fc.property(fc.string(), (text) => assert.ok(parseDefinition(text).diagnostics.length > 0)));
});

test('A refusal is worded as CreateStateMachine words it', () => {
  const definition = {
    StartAt: 'pass1',
    States: { pass1: { Type: 'Pass', Next: 'pass3' }, pass2: { Type: 'Succeed' } },
  };
  const { diagnostics } = parseDefinition(JSON.stringify(definition));
  assert.equal(
    refusalOf(diagnostics),
    `Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: pass3 at /States/pass1/Next, MISSING_TRANSITION_TARGET: State "pass2" is not reachable. at /States/pass2'`,
  );
});

test('The host is asked about tasks that call the same together, and what it finds is told in the order of the states', async () => {
  const task = (name: string) => ({ Type: 'Task', Resource: `arn:aws:states:::${name}`, Parameters: { name } });
  const states = {
    A: { ...task('sns:publish'), Next: 'B' },
    B: { ...task('aws-sdk:sns:publish'), Next: 'C' },
    C: { ...task('sns:publish'), Next: 'D' },
    D: { Type: 'Task', Resource: 'arn:aws:states:us-east-1:123456789012:activity:a', End: true },
  };
  const asked: TaskDefinition[] = [];
  const checkTask = async (definition: TaskDefinition) => {
    asked.push(definition);
    return definition.resource.kind === 'activity'
      ? [{ message: 'none' }]
      : [{ field: 'Resource' as const, message: 'no' }];
  };
  const evaluator = (evaluation: Evaluation) => performEvaluation(evaluation);
  const { machine, diagnostics } = await validateDefinition(
    JSON.stringify({ StartAt: 'A', States: states }),
    { checkTask },
    evaluator,
  );
  assert.equal(machine, undefined);
  const services = asked.map(({ resource }) => (resource.kind === 'service' ? resource.service : resource.kind));
  assert.deepEqual(services, ['sns', 'sns', 'aws-sdk:sns', 'activity']);
  assert.deepEqual(asked[0]?.given, { name: 'sns:publish' });
  const places = ['/States/A/Resource', '/States/B/Resource', '/States/C/Resource', '/States/D'];
  assert.deepEqual(
    diagnostics.map(({ code, location }) => [code, location]),
    places.map((place) => ['SCHEMA_VALIDATION_FAILED', place]),
  );
});
