import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  type CreateStateMachineCommandInput,
  DeleteStateMachineAliasCommand,
  DeleteStateMachineCommand,
  DeleteStateMachineVersionCommand,
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  ListStateMachineAliasesCommand,
  ListStateMachineVersionsCommand,
  ListTagsForResourceCommand,
  PublishStateMachineVersionCommand,
  paginateListStateMachines,
  StateMachineDoesNotExist,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateStateMachineAliasCommand,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { clientsOf } from '../support/sdk.ts';
import { until } from '../support/wait.ts';
import { account, openYard, refusalOf, region } from './yard.ts';

const { states, server } = await openYard();
const roleArn = `arn:aws:iam::${account}:role/StatesRole`;
const passes = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Pass', End: true } } });
const succeeds = JSON.stringify({ StartAt: 'B', States: { B: { Type: 'Succeed' } } });
const arnOf = (name: string) => `arn:aws:states:${region}:${account}:stateMachine:${name}`;

async function create(name: string, more: Partial<CreateStateMachineCommandInput> = {}): Promise<string> {
  const created = await states.send(new CreateStateMachineCommand({ name, definition: passes, roleArn, ...more }));
  assert.equal(created.stateMachineArn, arnOf(name));
  assert.ok(created.creationDate instanceof Date);
  return arnOf(name);
}

const describe = (stateMachineArn: string) => states.send(new DescribeStateMachineCommand({ stateMachineArn }));

test('a state machine is created, described, updated and deleted', async () => {
  const loggingConfiguration = {
    level: 'ALL',
    includeExecutionData: true,
    destinations: [
      { cloudWatchLogsLogGroup: { logGroupArn: `arn:aws:logs:${region}:${account}:log-group:/states/whole:*` } },
    ],
  } as const;
  const stateMachineArn = await create('whole', {
    loggingConfiguration: { ...loggingConfiguration, destinations: [...loggingConfiguration.destinations] },
    tracingConfiguration: { enabled: true },
    encryptionConfiguration: {
      type: 'CUSTOMER_MANAGED_KMS_KEY',
      kmsKeyId: 'alias/k',
      kmsDataKeyReusePeriodSeconds: 60,
    },
  });
  const { $metadata: _, creationDate, ...described } = await describe(stateMachineArn);
  assert.ok(creationDate instanceof Date);
  assert.deepEqual(described, {
    ...{ stateMachineArn, name: 'whole', status: 'ACTIVE', type: 'STANDARD', definition: passes, roleArn },
    loggingConfiguration,
    tracingConfiguration: { enabled: true },
    encryptionConfiguration: {
      type: 'CUSTOMER_MANAGED_KMS_KEY',
      kmsKeyId: 'alias/k',
      kmsDataKeyReusePeriodSeconds: 60,
    },
  });
  const updated = await states.send(
    new UpdateStateMachineCommand({
      stateMachineArn,
      definition: succeeds,
      roleArn: `${roleArn}2`,
      loggingConfiguration: { level: 'OFF' },
      tracingConfiguration: { enabled: false },
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
    }),
  );
  assert.ok(updated.updateDate instanceof Date);
  const after = await describe(stateMachineArn);
  assert.equal(after.revisionId, updated.revisionId);
  assert.deepEqual(
    [after.definition, after.roleArn, after.loggingConfiguration?.level, after.tracingConfiguration?.enabled],
    [succeeds, `${roleArn}2`, 'OFF', false],
  );
  assert.deepEqual(after.encryptionConfiguration, { type: 'AWS_OWNED_KEY' });
  await states.send(new DeleteStateMachineCommand({ stateMachineArn }));
  await until('the state machine is gone', async () => {
    const left = await describe(stateMachineArn).catch((error: unknown) => error);
    return left instanceof StateMachineDoesNotExist || undefined;
  });
});

test('a state machine that is described without its data has no definition', async () => {
  const stateMachineArn = await create('metadata');
  const command = new DescribeStateMachineCommand({ stateMachineArn, includedData: 'METADATA_ONLY' });
  assert.equal((await states.send(command)).definition, '{}');
});

test('a state machine outlives the server', async () => {
  const stateMachineArn = await create('lasting', { type: 'EXPRESS', publish: true, versionDescription: 'first' });
  const before = await describe(`${stateMachineArn}:1`);
  await server.stop();
  await server.restart();
  const again = clientsOf(server);
  const after = await again.states.send(new DescribeStateMachineCommand({ stateMachineArn: `${stateMachineArn}:1` }));
  again.close();
  const { $metadata: _before, ...wanted } = before;
  const { $metadata: _after, ...got } = after;
  assert.deepEqual(got, wanted);
  assert.equal(got.type, 'EXPRESS');
  assert.equal(got.description, 'first');
});

test('what AWS refuses is refused in its words, with the exceptions of the SDK', async () => {
  await create('taken');
  const attempt = (input: Partial<CreateStateMachineCommandInput>) =>
    refusalOf(states.send(new CreateStateMachineCommand({ name: 'x', definition: passes, roleArn, ...input })));
  const refusals = [
    [{ name: 'a b' }, 'InvalidName', 400, "Invalid Name: 'a b'"],
    [{ definition: '{}' }, 'InvalidDefinition', 400, "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: "],
    [{ roleArn: 'role' }, 'InvalidArn', 400, "Invalid Role Arn: 'role'"],
    [{ name: 'taken', definition: succeeds }, 'StateMachineAlreadyExists', 400, 'State Machine Already Exists: '],
    [
      { definition: '' },
      'InvalidDefinition',
      400,
      "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at /'",
    ],
    [{ name: '' }, 'ValidationException', 400, "1 validation error detected: Value '' at 'name'"],
    [
      { loggingConfiguration: { level: 'ERROR' } },
      'InvalidLoggingConfiguration',
      400,
      'Invalid Logging Configuration: ',
    ],
    [{ versionDescription: 'v' }, 'ValidationException', 400, 'Version description can only be set when publish'],
    [{ tags: [{ key: 'aws:a', value: 'b' }] }, 'ValidationException', 400, 'Tag keys that begin with'],
  ] as const;
  for (const [input, name, status, words] of refusals) {
    const refusal = await attempt(input as Partial<CreateStateMachineCommandInput>);
    assert.deepEqual([refusal.name, refusal.status, refusal.fault], [name, status, 'client']);
    assert.ok(refusal.message.startsWith(words), refusal.message);
  }
});

test('state machines are listed, page by page', async () => {
  for (const name of ['list-b', 'list-a', 'list-c']) await create(name);
  const created = new Map<string | undefined, number | undefined>();
  const names: (string | undefined)[] = [];
  for await (const page of paginateListStateMachines({ client: states, pageSize: 2 }, {})) {
    assert.ok((page.stateMachines ?? []).length <= 2);
    names.push(...(page.stateMachines ?? []).map(({ name }) => name));
    for (const { name, creationDate } of page.stateMachines ?? []) created.set(name, creationDate?.getTime());
  }
  const listed = names.filter((name) => name?.startsWith('list-'));
  assert.deepEqual(listed.toSorted(), ['list-a', 'list-b', 'list-c']);
  const times = names.map((name) => created.get(name) ?? 0);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => b - a),
  );
});

test('versions are published, listed and deleted, and aliases route to them', async () => {
  const stateMachineArn = await create('versioned', { publish: true, versionDescription: 'one' });
  const [first, second] = [`${stateMachineArn}:1`, `${stateMachineArn}:2`];
  const update = new UpdateStateMachineCommand({
    stateMachineArn,
    definition: succeeds,
    publish: true,
    versionDescription: 'two',
  });
  const { revisionId, stateMachineVersionArn } = await states.send(update);
  assert.equal(stateMachineVersionArn, second);
  const publish = (more: object) => states.send(new PublishStateMachineVersionCommand({ stateMachineArn, ...more }));
  assert.equal((await publish({ revisionId, description: 'again' })).stateMachineVersionArn, second);
  const conflict = await refusalOf(publish({ revisionId: 'INITIAL' }));
  assert.deepEqual([conflict.name, conflict.status], ['ConflictException', 409]);
  const versions = async () => {
    const { stateMachineVersions = [] } = await states.send(new ListStateMachineVersionsCommand({ stateMachineArn }));
    return stateMachineVersions.map((version) => version.stateMachineVersionArn);
  };
  assert.deepEqual(await versions(), [second, first]);
  assert.equal((await describe(first)).description, 'one');
  assert.equal((await describe(second)).definition, succeeds);

  const routingConfiguration = [
    { stateMachineVersionArn: first, weight: 30 },
    { stateMachineVersionArn: second, weight: 70 },
  ];
  const alias = new CreateStateMachineAliasCommand({ name: 'PROD', description: 'd', routingConfiguration });
  const { stateMachineAliasArn } = await states.send(alias);
  assert.equal(stateMachineAliasArn, `${stateMachineArn}:PROD`);
  const described = await states.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn }));
  assert.deepEqual(
    [described.name, described.description, described.routingConfiguration],
    ['PROD', 'd', routingConfiguration],
  );
  const held = await refusalOf(states.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: first })));
  assert.deepEqual([held.name, held.status], ['ConflictException', 409]);
  await states.send(
    new UpdateStateMachineAliasCommand({
      stateMachineAliasArn,
      description: 'e',
      routingConfiguration: [{ stateMachineVersionArn: second, weight: 100 }],
    }),
  );
  await states.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: first }));
  assert.deepEqual(await versions(), [second]);
  const list = new ListStateMachineAliasesCommand({ stateMachineArn: second });
  assert.deepEqual(
    (await states.send(list)).stateMachineAliases?.map((each) => each.stateMachineAliasArn),
    [stateMachineAliasArn],
  );
  await states.send(new DeleteStateMachineAliasCommand({ stateMachineAliasArn }));
  await states.send(new DeleteStateMachineAliasCommand({ stateMachineAliasArn }));
  const gone = await refusalOf(states.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn })));
  assert.equal(gone.name, 'ResourceNotFound');
});

test('weights that do not add up are refused, with the reason for programs', async () => {
  const stateMachineArn = await create('weights', { publish: true });
  const routingConfiguration = [{ stateMachineVersionArn: `${stateMachineArn}:1`, weight: 99 }];
  const command = new CreateStateMachineAliasCommand({ name: 'x', routingConfiguration });
  const error = await states.send(command).catch((thrown: unknown) => thrown as { name: string; reason: string });
  assert.ok('reason' in error);
  assert.deepEqual([error.name, error.reason], ['ValidationException', 'INVALID_ROUTING_CONFIGURATION']);
});

test('the name of an alias that is none is refused with the pattern as AWS writes it', async () => {
  const stateMachineArn = await create('patterns', { publish: true });
  const routingConfiguration = [{ stateMachineVersionArn: `${stateMachineArn}:1`, weight: 100 }];
  const refusal = await refusalOf(states.send(new CreateStateMachineAliasCommand({ name: '1', routingConfiguration })));
  assert.equal(
    refusal.message,
    "1 validation error detected: Value '1' at 'name' failed to satisfy constraint: Member must satisfy regular " +
      String.raw`expression pattern: ^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$`,
  );
});

test('the tags of a state machine are listed, added to and removed', async () => {
  const resourceArn = await create('tagged', { tags: [{ key: 'a', value: '1' }] });
  await states.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'b', value: '2' }] }));
  await states.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
  const { tags } = await states.send(new ListTagsForResourceCommand({ resourceArn }));
  assert.deepEqual(tags, [{ key: 'b', value: '2' }]);
  const many = Array.from({ length: 50 }, (_, index) => ({ key: `k${index}`, value: '' }));
  const refusal = await refusalOf(states.send(new TagResourceCommand({ resourceArn, tags: many })));
  assert.equal(refusal.name, 'TooManyTags');
});

test('a definition is validated without being created', async () => {
  const definition = JSON.stringify({
    StartAt: 'A',
    States: { A: { Type: 'Pass', Result: { 'x.$': '$.y' }, Next: 'Nowhere' }, B: { Type: 'Wait' } },
  });
  const validate = (more: object) => states.send(new ValidateStateMachineDefinitionCommand({ definition, ...more }));
  const errors = await validate({});
  assert.equal(errors.result, 'FAIL');
  assert.equal(errors.truncated, false);
  assert.ok(errors.diagnostics?.every(({ severity }) => severity === 'ERROR'));
  assert.ok(
    errors.diagnostics?.some(
      ({ code, location }) => `${code} ${location}` === 'MISSING_TRANSITION_TARGET /States/A/Next',
    ),
  );
  const all = await validate({ severity: 'WARNING', type: 'EXPRESS' });
  assert.ok(all.diagnostics?.some(({ severity, code }) => `${severity} ${code}` === 'WARNING PASS_RESULT_IS_STATIC'));
  const one = await validate({ maxResults: 1 });
  assert.deepEqual([one.diagnostics?.length, one.truncated], [1, true]);
});
