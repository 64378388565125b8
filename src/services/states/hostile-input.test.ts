import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ZodError } from 'zod';
import { ServiceError } from '../../core/errors.ts';
import { arn, openBench, passes, roleArn } from './states.fixture.ts';

const machine = `${arn}:stateMachine:m`;
const activity = `${arn}:activity:a`;
const logging = {
  level: 'ALL',
  includeExecutionData: true,
  destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: 'arn:aws:logs:us-east-1:123456789012:log-group:g:*' } }],
};
const task = {
  Type: 'Task',
  Resource: 'arn:aws:states:::sns:publish',
  Parameters: { 'Message.$': '$.a' },
  Retry: [{ ErrorEquals: ['E'] }],
  End: true,
};

/** A good input of every operation of this part. */
const inputs: Readonly<Record<string, object>> = {
  CreateActivity: { name: 'x', tags: [{ key: 'a', value: 'b' }], encryptionConfiguration: { type: 'AWS_OWNED_KEY' } },
  CreateStateMachine: {
    ...{ name: 'x', definition: passes, roleArn, type: 'EXPRESS', loggingConfiguration: logging },
    ...{ tags: [{ key: 'a', value: 'b' }], tracingConfiguration: { enabled: true } },
    ...{ publish: true, versionDescription: 'd', encryptionConfiguration: { type: 'AWS_OWNED_KEY' } },
  },
  CreateStateMachineAlias: {
    name: 'x',
    description: 'd',
    routingConfiguration: [{ stateMachineVersionArn: `${machine}:1`, weight: 100 }],
  },
  DeleteActivity: { activityArn: activity },
  DeleteStateMachine: { stateMachineArn: machine },
  DeleteStateMachineAlias: { stateMachineAliasArn: `${machine}:live` },
  DeleteStateMachineVersion: { stateMachineVersionArn: `${machine}:1` },
  DescribeActivity: { activityArn: activity },
  DescribeStateMachine: { stateMachineArn: `${machine}:live`, includedData: 'ALL_DATA' },
  DescribeStateMachineAlias: { stateMachineAliasArn: `${machine}:live` },
  ListActivities: { maxResults: 1, nextToken: 'x' },
  ListStateMachineAliases: { stateMachineArn: machine, maxResults: 1, nextToken: 'x' },
  ListStateMachines: { maxResults: 1, nextToken: 'x' },
  ListStateMachineVersions: { stateMachineArn: machine, maxResults: 1, nextToken: 'x' },
  ListTagsForResource: { resourceArn: machine },
  PublishStateMachineVersion: { stateMachineArn: machine, revisionId: 'INITIAL', description: 'd' },
  TagResource: { resourceArn: activity, tags: [{ key: 'a', value: 'b' }] },
  TestState: {
    ...{ definition: JSON.stringify(task), roleArn, input: '{"a":1}', inspectionLevel: 'TRACE', variables: '{"v":1}' },
    ...{ context: '{"Execution":{"Name":"n"}}', stateConfiguration: { retrierRetryCount: 1 }, revealSecrets: false },
    mock: { errorOutput: { error: 'E', cause: 'c' }, fieldValidationMode: 'STRICT' },
  },
  UntagResource: { resourceArn: machine, tagKeys: ['a'] },
  UpdateStateMachine: {
    ...{ stateMachineArn: machine, definition: passes, roleArn, loggingConfiguration: logging, publish: true },
    versionDescription: 'd',
  },
  UpdateStateMachineAlias: {
    stateMachineAliasArn: `${machine}:live`,
    description: 'd',
    routingConfiguration: [{ stateMachineVersionArn: `${machine}:1`, weight: 100 }],
  },
  ValidateStateMachineDefinition: { definition: passes, type: 'EXPRESS', severity: 'WARNING', maxResults: 1 },
};

const texts = [
  ...['', '\0', '__proto__', 'constructor', 'toString', 'arn:', 'arn:aws:states:::', 'arn:aws:states', `${machine}:`],
  ...[
    `${machine}:1:2`,
    `${machine}/`,
    `${machine}/l`,
    `${arn}:execution:m:e`,
    `${arn}:__proto__:x`,
    '\ud800',
    '{',
    '[]',
  ],
  ...['null', '1', '{"States":null}', '{"States":{"A":null}}', '{"StartAt":"A","States":{"A":{"Type":"Map"}}}'],
  ...[
    '{"Type":"Parallel","Branches":1}',
    '{"Type":"Task","Resource":"arn:aws:states:::sns:publish"}',
    'x'.repeat(5000),
  ],
];
const nasty = fc.oneof(
  fc.constantFrom(...texts),
  fc.constantFrom(null, undefined, true, 0, -1, 1.5, 2 ** 53, Number.MAX_VALUE),
  fc.string(),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Every place in a value, as a path. */
function places(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, inner]) => places(inner, [...path, name]))];
}

function replaced(value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown {
  if (name === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === name ? replaced(item, rest, by) : item));
  return { ...(value as object), [name]: replaced((value as Record<string, unknown>)[name], rest, by) };
}

const spoilt = fc.constantFrom(...Object.keys(inputs)).chain((operation) => {
  const input = inputs[operation] ?? {};
  return fc.record({ operation: fc.constant(operation), place: fc.constantFrom(...places(input)), by: nasty });
});

test('whatever stands in an input, it is answered, or refused with an error of AWS', async () => {
  await fc.assert(
    fc.asyncProperty(spoilt, async ({ operation, place, by }) => {
      const bench = await openBench();
      await bench.create('m', { publish: true });
      await bench.call('CreateActivity', { name: 'a' });
      const routingConfiguration = [{ stateMachineVersionArn: `${machine}:1`, weight: 100 }];
      await bench.call('CreateStateMachineAlias', { name: 'live', routingConfiguration });
      const gone = new AbortController();
      const input = replaced(inputs[operation], place, by) as object;
      await bench.access(operation, input);
      const call = () => bench.call(operation, input, { signal: gone.signal });
      // What is really called is not answered here.
      setImmediate(() => gone.abort());
      await call().catch((error: unknown) => {
        assert.ok(error instanceof ServiceError || error instanceof ZodError, String(error));
      });
      await bench.store.close();
    }),
    { numRuns: 1500 },
  );
});

test('inputs that are not spoilt are accepted, but for made-up page tokens and what is held', async () => {
  for (const [operation, input] of Object.entries(inputs)) {
    const bench = await openBench();
    await bench.create('m', { publish: operation !== 'PublishStateMachineVersion' });
    await bench.call('CreateActivity', { name: 'a' });
    if (operation !== 'PublishStateMachineVersion') {
      const routingConfiguration = [{ stateMachineVersionArn: `${machine}:1`, weight: 100 }];
      await bench.call('CreateStateMachineAlias', { name: 'live', routingConfiguration });
    }
    const { nextToken: _, ...good } = input as { nextToken?: string };
    if (operation === 'DeleteStateMachineVersion')
      assert.match(await bench.refusal(operation, good), /^ConflictException/);
    else await bench.call(operation, good);
  }
});
