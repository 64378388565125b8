import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Region } from '../../../core/ids.ts';
import {
  stateMachineAliasRecords,
  stateMachineRecords,
  stateMachineRevisionRecords,
  stateMachineVersionRecords,
} from '../records.ts';
import { arn, openBench, passes, roleArn, scope } from '../states.fixture.ts';

const other = '{"StartAt":"B","States":{"B":{"Type":"Succeed"}}}';
const machine = `${arn}:stateMachine:m`;

test('a state machine is described as it was created, with what AWS adds', async () => {
  const bench = await openBench();
  const created = await bench.call('CreateStateMachine', { name: 'm', definition: passes, roleArn });
  assert.deepEqual(created, { stateMachineArn: machine, creationDate: new Date(bench.clock.now()) });
  assert.deepEqual(await bench.call('DescribeStateMachine', { stateMachineArn: machine }), {
    ...{ stateMachineArn: machine, name: 'm', status: 'ACTIVE', type: 'STANDARD', definition: passes, roleArn },
    creationDate: new Date(bench.clock.now()),
    loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: { enabled: false },
    encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
  });
});

test('creating the same again answers the same, whatever role and tags; anything else of that name is refused', async () => {
  const bench = await openBench();
  const loggingConfiguration = {
    level: 'ALL',
    includeExecutionData: true,
    destinations: [
      { cloudWatchLogsLogGroup: { logGroupArn: 'arn:aws:logs:us-east-1:123456789012:log-group:/states/m:*' } },
    ],
  };
  const input = { name: 'm', definition: passes, roleArn, loggingConfiguration };
  const first = await bench.call('CreateStateMachine', input);
  bench.clock.advance(1000);
  const again = { ...input, roleArn: `${roleArn}2`, type: 'STANDARD', tags: [{ key: 'a', value: 'b' }] };
  assert.deepEqual(await bench.call('CreateStateMachine', again), first);
  const differences = [
    { definition: other },
    { type: 'EXPRESS' },
    { loggingConfiguration: { level: 'OFF' } },
    { tracingConfiguration: { enabled: true } },
    { encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: 'alias/mine' } },
    { publish: true },
  ];
  for (const difference of differences) {
    const words = await bench.refusal('CreateStateMachine', { ...input, ...difference });
    assert.equal(words, `StateMachineAlreadyExists: State Machine Already Exists: '${machine}'`);
  }
});

const logGroup = (logGroupArn?: string) => ({ cloudWatchLogsLogGroup: { logGroupArn } });
const refusals: readonly (readonly [title: string, input: object, words: RegExp])[] = [
  ['a name with a space', { name: 'a b' }, /^InvalidName: Invalid Name: 'a b'$/],
  ['a role that is none', { roleArn: 'role' }, /^InvalidArn: Invalid Role Arn: 'role'$/],
  [
    'a role of another account',
    { roleArn: 'arn:aws:iam::210987654321:role/r' },
    /^AccessDeniedException: Cross-account pass role is not allowed\.$/,
  ],
  [
    'a definition without states',
    { definition: '{}' },
    /^InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: /,
  ],
  ['a definition that is no JSON', { definition: '{' }, /^InvalidDefinition: .*'INVALID_JSON_DESCRIPTION: /],
  [
    'a resource that AWS has not',
    {
      definition:
        '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::dynamodb:query","End":true}}}',
    },
    /^InvalidDefinition: .*'SCHEMA_VALIDATION_FAILED: The resource provided arn:aws:states:::dynamodb:query is not recognized/,
  ],
  [
    'a job to wait for in an Express workflow',
    {
      type: 'EXPRESS',
      definition:
        '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::batch:submitJob.sync","End":true}}}',
    },
    /^InvalidDefinition: /,
  ],
  [
    'a log level without a log group',
    { loggingConfiguration: { level: 'ALL' } },
    /^InvalidLoggingConfiguration: .*exactly one Log Destination/,
  ],
  [
    'two log groups',
    { loggingConfiguration: { destinations: [logGroup(), logGroup()] } },
    /^InvalidLoggingConfiguration: .*exactly one Log Destination/,
  ],
  [
    'a log group without :*',
    {
      loggingConfiguration: {
        level: 'ALL',
        destinations: [logGroup('arn:aws:logs:us-east-1:123456789012:log-group:g')],
      },
    },
    /^InvalidLoggingConfiguration: Invalid Logging Configuration: Log Group ARN must be provided with '\*' qualifier\.$/,
  ],
  [
    'what is no log group',
    { loggingConfiguration: { level: 'ALL', destinations: [logGroup('arn:aws:s3:::bucket')] } },
    /^InvalidLoggingConfiguration: .*'arn:aws:s3:::bucket' must be the ARN of a log group\.$/,
  ],
  [
    'a customer managed key without a key',
    { encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY' } },
    /^InvalidEncryptionConfiguration: .*kmsKeyId must be specified/,
  ],
  [
    'a version description without a version',
    { versionDescription: 'v' },
    /^ValidationException: Version description can only be set when publish is true$/,
  ],
  ['a reserved tag', { tags: [{ key: 'aws:x', value: '' }] }, /^ValidationException: Tag keys that begin with 'aws:'/],
  [
    'too many tags',
    { tags: Array.from({ length: 51 }, (_, index) => ({ key: `k${index}`, value: '' })) },
    /^TooManyTags: /,
  ],
];
for (const [title, input, words] of refusals) {
  test(`a state machine is refused for ${title}`, async () => {
    const bench = await openBench();
    const refusal = await bench.refusal('CreateStateMachine', { name: 'm', definition: passes, roleArn, ...input });
    assert.match(refusal, words);
    assert.equal(bench.ledger.count(stateMachineRecords, scope), 0);
    assert.equal(bench.ledger.count(stateMachineRevisionRecords, scope), 0);
  });
}

test('an update makes a new revision of what it names; what it does not name stays', async () => {
  const bench = await openBench();
  await bench.create('m', { tracingConfiguration: { enabled: true } });
  bench.clock.advance(1000);
  const updated = await bench.call('UpdateStateMachine', { stateMachineArn: machine, definition: other });
  assert.deepEqual(updated.updateDate, new Date(bench.clock.now()));
  assert.match(String(updated.revisionId), /^[0-9a-f-]{36}$/);
  const described = await bench.call('DescribeStateMachine', { stateMachineArn: machine });
  assert.equal(described.definition, other);
  assert.equal(described.roleArn, roleArn);
  assert.equal(described.revisionId, updated.revisionId);
  assert.deepEqual(described.tracingConfiguration, { enabled: true });
});

test('an update that changes nothing makes no revision', async () => {
  const bench = await openBench();
  await bench.create('m');
  const update = { stateMachineArn: machine, definition: passes, roleArn };
  assert.equal((await bench.call('UpdateStateMachine', update)).revisionId, undefined);
  const { revisionId } = await bench.call('UpdateStateMachine', { ...update, definition: other });
  assert.equal(
    (await bench.call('UpdateStateMachine', { stateMachineArn: machine, definition: other })).revisionId,
    revisionId,
  );
  assert.equal(bench.ledger.count(stateMachineRevisionRecords, scope), 2);
});

test('an update must name something, a state machine that is there, and no version of it', async () => {
  const bench = await openBench();
  await bench.create('m');
  assert.match(await bench.refusal('UpdateStateMachine', { stateMachineArn: machine }), /^MissingRequiredParameter: /);
  assert.equal(
    await bench.refusal('UpdateStateMachine', { stateMachineArn: `${machine}2`, roleArn }),
    `StateMachineDoesNotExist: State Machine Does Not Exist: '${machine}2'`,
  );
  for (const qualified of [`${machine}:1`, `${machine}:live`]) {
    assert.equal(
      await bench.refusal('UpdateStateMachine', { stateMachineArn: qualified, roleArn }),
      `StateMachineDoesNotExist: State Machine Does Not Exist: '${qualified}'`,
    );
  }
  assert.match(
    await bench.refusal('UpdateStateMachine', { stateMachineArn: `${machine}/label`, roleArn }),
    /^ValidationException: /,
  );
});

test('only metadata is described where that is asked for', async () => {
  const bench = await openBench();
  await bench.create('m');
  const input = { stateMachineArn: machine, includedData: 'METADATA_ONLY' };
  assert.equal((await bench.call('DescribeStateMachine', input)).definition, '{}');
});

test('the variables that each state refers to are described', async () => {
  const bench = await openBench();
  const definition = JSON.stringify({
    StartAt: 'Set',
    States: {
      Set: { Type: 'Pass', Assign: { total: 1, 'name.$': '$.name' }, Next: 'Paths' },
      Paths: {
        Type: 'Pass',
        Parameters: { 'a.$': '$total', 'b.$': "States.Format('{}', $name)", c: '$total' },
        Next: 'Each',
      },
      Each: {
        Type: 'Map',
        QueryLanguage: 'JSONata',
        Items: '{% [$total, $states.input] %}',
        ItemProcessor: {
          StartAt: 'In',
          States: { In: { Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% $sum([$total]) & $name %}', End: true } },
        },
        End: true,
      },
    },
  });
  await bench.create('m', { definition });
  const { variableReferences } = await bench.call('DescribeStateMachine', { stateMachineArn: machine });
  assert.deepEqual(variableReferences, { Paths: ['name', 'total'], Each: ['total'], In: ['name', 'total'] });
});

test('state machines are listed newest first, in pages that go on as they were when machines come and go', async () => {
  const bench = await openBench();
  for (const name of ['c', 'a', 'd', 'b']) {
    bench.clock.advance(1000);
    await bench.create(name, name === 'b' ? { type: 'EXPRESS' } : {});
  }
  type Listed = { stateMachines: { name: string; type: string }[]; nextToken?: string };
  const list = (input: object) => bench.call<Listed>('ListStateMachines', input);
  const first = await list({ maxResults: 2 });
  assert.deepEqual(
    first.stateMachines.map(({ name, type }) => [name, type]),
    [
      ['b', 'EXPRESS'],
      ['d', 'STANDARD'],
    ],
  );
  bench.clock.advance(1000);
  await bench.create('e');
  await bench.call('DeleteStateMachine', { stateMachineArn: machine.replace(/m$/, 'd') });
  await bench.call('UpdateStateMachine', { stateMachineArn: machine.replace(/m$/, 'c'), roleArn: `${roleArn}2` });
  const second = await list({ nextToken: first.nextToken });
  assert.deepEqual(
    second.stateMachines.map(({ name }) => name),
    ['a', 'c'],
  );
  assert.equal(second.nextToken, undefined);
  for (const [operation, input] of [
    ['ListStateMachines', { nextToken: 'made up' }],
    ['ListActivities', { nextToken: first.nextToken }],
  ] as const) {
    assert.equal(await bench.refusal(operation, input), "InvalidToken: Invalid Token: 'Invalid token'");
  }
});

test('a deleted state machine is DELETING until its executions have ended, then gone with versions and aliases', async () => {
  const bench = await openBench();
  await bench.create('m', { publish: true });
  const routingConfiguration = [{ stateMachineVersionArn: `${machine}:1`, weight: 100 }];
  await bench.call('CreateStateMachineAlias', { name: 'live', routingConfiguration });
  bench.executions.running = true;
  await bench.call('DeleteStateMachine', { stateMachineArn: machine });
  assert.equal((await bench.call('DescribeStateMachine', { stateMachineArn: machine })).status, 'DELETING');
  assert.deepEqual(bench.executions.deleted, [machine]);
  const deleting = /^StateMachineDeleting: /;
  assert.throws(() => bench.catalog.resolve(scope, machine), { code: 'StateMachineDeleting' });
  assert.match(await bench.refusal('UpdateStateMachine', { stateMachineArn: machine, roleArn }), deleting);
  assert.match(await bench.refusal('CreateStateMachine', { name: 'm', definition: passes, roleArn }), deleting);
  await bench.call('DeleteStateMachine', { stateMachineArn: machine });
  assert.deepEqual(bench.executions.deleted, [machine], 'one deletion is enough');
  bench.executions.endAll();
  await gone(bench, 'm');
  assert.match(
    await bench.refusal('DescribeStateMachine', { stateMachineArn: machine }),
    /^StateMachineDoesNotExist: /,
  );
  for (const type of [stateMachineVersionRecords, stateMachineAliasRecords]) {
    assert.equal(bench.ledger.count(type, scope), 0, type.type);
  }
});

async function gone({ ledger }: Awaited<ReturnType<typeof openBench>>, name: string): Promise<void> {
  for (let turn = 0; turn < 100 && ledger.get(stateMachineRecords, scope, name); turn++) await Promise.resolve();
  assert.equal(ledger.get(stateMachineRecords, scope, name), undefined);
}

test('a deletion that a crash interrupted is taken up again', async () => {
  const bench = await openBench();
  await bench.create('m');
  bench.executions.running = true;
  await bench.call('DeleteStateMachine', { stateMachineArn: machine });
  bench.service.pause();
  bench.executions.endAll();
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  assert.equal(
    bench.ledger.get(stateMachineRecords, scope, 'm')?.status,
    'DELETING',
    'what ends after a pause deletes nothing',
  );
  bench.service.resume();
  await gone(bench, 'm');
});

test('deleting what is not there is no error', async () => {
  const bench = await openBench();
  assert.deepEqual(await bench.call('DeleteStateMachine', { stateMachineArn: machine }), {});
  assert.match(await bench.refusal('DeleteStateMachine', { stateMachineArn: 'm' }), /^InvalidArn: /);
});

test('a policy is asked about the machine itself, with version or alias as a condition', async () => {
  const { access } = await openBench();
  assert.deepEqual(await access('DescribeStateMachine', { stateMachineArn: `${machine}:PROD` }), [
    {
      action: 'states:DescribeStateMachine',
      resource: machine,
      conditions: { 'states:StateMachineQualifier': ['PROD'] },
    },
  ]);
  const input = { name: 'm', definition: passes, roleArn, publish: true, tags: [{ key: 'a', value: 'b' }] };
  assert.deepEqual(await access('CreateStateMachine', input), [
    {
      action: 'states:CreateStateMachine',
      resource: machine,
      conditions: { 'aws:RequestTag/a': 'b', 'aws:TagKeys': ['a'] },
    },
    { action: 'states:PublishStateMachineVersion', resource: machine },
    {
      action: 'states:TagResource',
      resource: machine,
      conditions: { 'aws:RequestTag/a': 'b', 'aws:TagKeys': ['a'] },
    },
    {
      ...{ action: 'iam:PassRole', resource: roleArn },
      conditions: { 'iam:PassedToService': 'states.amazonaws.com', 'iam:AssociatedResourceArn': machine },
    },
  ]);
});

test('revisions that nothing has any more go in the second sweep', async () => {
  const bench = await openBench();
  await bench.create('m');
  const first = bench.ledger.get(stateMachineRecords, scope, 'm')?.revisionId ?? '';
  await bench.call('UpdateStateMachine', { stateMachineArn: machine, definition: other, publish: true });
  await bench.call('UpdateStateMachine', { stateMachineArn: machine, definition: passes });
  assert.equal(bench.ledger.count(stateMachineRevisionRecords, scope), 3);
  const hour = 60 * 60 * 1000;
  const sweep = async () => {
    bench.clock.advance(hour);
    for (let turn = 0; turn < 20; turn++) await nextTurn();
  };
  bench.service.start();
  bench.executions.referred.add(first);
  await sweep();
  await sweep();
  assert.ok(bench.catalog.revision(scope, first), 'an execution has it');
  bench.executions.referred.clear();
  await sweep();
  assert.equal(bench.catalog.revision(scope, first), undefined);
  assert.equal(bench.ledger.count(stateMachineRevisionRecords, scope), 2, 'the current one, and that of a version');
  bench.service.stop();
  assert.equal(bench.clock.pending, 0);
});

test('many revisions are swept in slices, in all regions, and other work gets its turn between them', async () => {
  const bench = await openBench();
  await bench.create('m');
  const revision = bench.ledger.list(stateMachineRevisionRecords, scope)[0] ?? assert.fail();
  const elsewhere = { ...scope, region: 'eu-west-1' as Region };
  bench.ledger.transact((transaction) => {
    for (let number = 0; number < 500; number += 1) {
      for (const at of [scope, elsewhere]) {
        transaction.put(stateMachineRevisionRecords, { ...revision, ...at, name: `unused-${number}` });
      }
    }
  });
  bench.service.start();
  const counts = new Set<number>();
  for (const _sweep of [1, 2]) {
    bench.clock.advance(60 * 60 * 1000);
    for (let turn = 0; turn < 20; turn++) {
      await nextTurn();
      counts.add(bench.ledger.all(stateMachineRevisionRecords).length);
    }
  }
  assert.deepEqual([...counts], [1_001, 802, 602, 501, 301, 101, 1]);
  bench.service.stop();
});

test('the role of a machine can be changed though its stored definition cannot be read any more', async () => {
  const bench = await openBench();
  await bench.create('m');
  const { revisionId = '' } = bench.ledger.get(stateMachineRecords, scope, 'm') ?? {};
  const revision = bench.ledger.get(stateMachineRevisionRecords, scope, revisionId) ?? assert.fail();
  const unreadable = { ...revision, name: 'unreadable', definition: '{"StartAt":"Gone"}' };
  bench.ledger.transact((transaction) => {
    transaction.put(stateMachineRevisionRecords, unreadable);
    const present = bench.ledger.get(stateMachineRecords, scope, 'm') ?? assert.fail();
    transaction.put(stateMachineRecords, { ...present, revisionId: unreadable.name });
  });
  await bench.call('UpdateStateMachine', { stateMachineArn: machine, roleArn: `${roleArn}2` });
  const described = await bench.call('DescribeStateMachine', { stateMachineArn: machine });
  assert.deepEqual([described.roleArn, described.definition], [`${roleArn}2`, unreadable.definition]);
  const words = await bench.refusal('UpdateStateMachine', {
    stateMachineArn: machine,
    definition: unreadable.definition,
  });
  assert.match(words, /^InvalidDefinition: /);
});
