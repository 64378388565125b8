import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejectionOf } from '../../core/operation.fixture.ts';
import type { Operation, RequestContext } from '../../core/operation.ts';
import { EventsBench, prefix, scope } from './events.fixture.ts';
import type { ManagedRule } from './index.ts';
import type { EventsOperationName } from './service.ts';

const target = { id: 't', arn: 'arn:aws:states:us-east-1:::' };

function ruleOf(name: string): ManagedRule {
  return { name, description: `about ${name}`, eventPattern: '{}', managedBy: 's.amazonaws.com', targets: [target] };
}

/** Managed rules `b`, `a` and `other`, in us-east-1 alone. */
async function managedBench(): Promise<EventsBench> {
  const bench = await EventsBench.open();
  bench.managed = ['b', 'a', 'other'].map(ruleOf);
  return bench;
}

async function refused(bench: EventsBench, name: EventsOperationName, input: object, code: string, message: string) {
  const error = (await rejectionOf(bench.call(name, input))) as { code: string; message: string; status: number };
  assert.deepEqual(
    [error?.code, error?.message, error?.status],
    [code, message, 400],
    `${name} ${JSON.stringify(input)}`,
  );
}

const pattern = JSON.stringify({ source: ['shop'] });
const topic = `arn:aws:sns:us-east-1:${scope.account}:alerts`;

test('the default bus is there, by its name and its ARN; others are once they are made', async () => {
  const bench = await EventsBench.open();
  const bus = { Name: 'default', Arn: `${prefix}:event-bus/default` };
  for (const input of [{}, { Name: 'default' }, { Name: bus.Arn }]) {
    assert.deepEqual(await bench.call('DescribeEventBus', input), bus);
  }
  assert.deepEqual(await bench.call('ListEventBuses', { NamePrefix: 'def', Limit: 1 }), { EventBuses: [bus] });
  const elsewhere = `arn:aws:events:us-east-1:210987654321:event-bus/default`;
  for (const name of ['own', elsewhere]) {
    const words = ['ResourceNotFoundException', `Event bus ${name} does not exist.`] as const;
    await refused(bench, 'DescribeEventBus', { Name: name }, ...words);
    await refused(bench, 'ListRules', { EventBusName: name }, ...words);
    await refused(bench, 'PutRule', { Name: 'a', EventBusName: name, EventPattern: pattern }, ...words);
    await refused(bench, 'DeleteRule', { Name: 'a', EventBusName: name }, ...words);
  }
  const made = await bench.call('CreateEventBus', {
    Name: 'own',
    Description: 'mine',
    Tags: [{ Key: 'a', Value: 'b' }],
  });
  const own = `${prefix}:event-bus/own`;
  assert.deepEqual(made, { EventBusArn: own, Description: 'mine' });
  await refused(
    bench,
    'CreateEventBus',
    { Name: 'own' },
    'ResourceAlreadyExistsException',
    'Event bus own already exists.',
  );
  await bench.call('UpdateEventBus', { Name: 'own', KmsKeyIdentifier: 'alias/k' });
  await bench.restart();
  const { CreationTime: _c, LastModifiedTime: _m, ...shown } = await bench.call('DescribeEventBus', { Name: own });
  assert.deepEqual(shown, { Name: 'own', Arn: own, Description: 'mine', KmsKeyIdentifier: 'alias/k' });
  assert.deepEqual(await bench.call('ListTagsForResource', { ResourceARN: own }), { Tags: [{ Key: 'a', Value: 'b' }] });
  await bench.rule('r', { EventBusName: 'own', EventPattern: pattern });
  await refused(
    bench,
    'DeleteEventBus',
    { Name: 'own' },
    'ValidationException',
    "Event bus can't be deleted since it has rules.",
  );
  await bench.call('DeleteRule', { Name: 'r', EventBusName: 'own' });
  await bench.call('DeleteEventBus', { Name: 'own' });
  await bench.call('DeleteEventBus', { Name: 'own' });
  await refused(
    bench,
    'DeleteEventBus',
    { Name: 'default' },
    'ValidationException',
    'Cannot delete event bus default.',
  );
});

test('permissions are statements of the policy of a bus', async () => {
  const bench = await EventsBench.open();
  const policy = async () => (await bench.call<{ Policy?: string }>('DescribeEventBus', {})).Policy;
  const statement = { Action: 'events:PutEvents', Principal: '210987654321', StatementId: 'other' };
  await bench.call('PutPermission', statement);
  await bench.call('PutPermission', { ...statement, StatementId: 'all', Principal: '*' });
  const { Statement: statements } = JSON.parse((await policy()) ?? '');
  assert.deepEqual(statements, [
    {
      ...{ Sid: 'other', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::210987654321:root' } },
      ...{ Action: 'events:PutEvents', Resource: `${prefix}:event-bus/default` },
    },
    {
      ...{ Sid: 'all', Effect: 'Allow', Principal: '*', Action: 'events:PutEvents' },
      ...{ Resource: `${prefix}:event-bus/default` },
    },
  ]);
  await bench.call('RemovePermission', { StatementId: 'other' });
  const words = ['ResourceNotFoundException', 'Statement with the provided id does not exist.'] as const;
  await refused(bench, 'RemovePermission', { StatementId: 'other' }, ...words);
  await bench.call('RemovePermission', { RemoveAllPermissions: true });
  assert.equal(await policy(), undefined);
});

test('managed rules are listed by name, page by page, where they are', async () => {
  const bench = await managedBench();
  const names = (page: Record<string, unknown>) => (page.Rules as { Name: string }[]).map(({ Name }) => Name);
  const first = await bench.call('ListRules', { Limit: 2 });
  assert.deepEqual(names(first), ['a', 'b']);
  const second = await bench.call('ListRules', { Limit: 2, NextToken: first.NextToken });
  assert.deepEqual([names(second), second.NextToken], [['other'], undefined]);
  assert.deepEqual(names(await bench.call('ListRules', { NamePrefix: 'o', EventBusName: 'default' })), ['other']);
  const elsewhere = { region: 'eu-west-1' as RequestContext['region'] };
  assert.deepEqual(await bench.call('ListRules', {}, elsewhere), { Rules: [] });
  for (const NextToken of ['x', String(first.NextToken)]) {
    await refused(bench, 'ListEventBuses', { NextToken }, 'InvalidToken', 'The NextToken is not valid.');
  }
});

test('every change of a managed rule is refused', async () => {
  const bench = await managedBench();
  const [code, plain] = ['ManagedRuleException', 'a is a managed rule.'] as const;
  await refused(bench, 'PutRule', { Name: 'a', EventPattern: pattern }, code, plain);
  await refused(bench, 'EnableRule', { Name: 'a' }, code, plain);
  await refused(bench, 'DisableRule', { Name: 'a' }, code, plain);
  await refused(bench, 'PutTargets', { Rule: 'a', Targets: [{ Id: 'x', Arn: topic }] }, code, plain);
  const tagged = { ResourceARN: `${prefix}:rule/a`, Tags: [{ Key: 'k', Value: 'v' }] };
  await refused(bench, 'TagResource', tagged, code, plain);
  const forcible = `${plain} Set 'force' parameter to true to override.`;
  await refused(bench, 'DeleteRule', { Name: 'a' }, code, forcible);
  await refused(bench, 'RemoveTargets', { Rule: 'a', Ids: ['t'] }, code, forcible);
  const words = "Rule can't be deleted since it has targets.";
  await refused(bench, 'DeleteRule', { Name: 'a', Force: true }, 'ValidationException', words);
  const unbuilt = 'RemoveTargets is not supported by this version of Batchyard: docs/coverage.md lists what is.';
  await refused(
    bench,
    'RemoveTargets',
    { Rule: 'a', Ids: ['t'], Force: true },
    'UnsupportedOperationException',
    unbuilt,
  );
  assert.deepEqual(await bench.call('ListTargetsByRule', { Rule: 'a' }), { Targets: [{ Id: 't', Arn: target.arn }] });
});

test('a rule is kept with what it was given; to put it again clears what is not given, but for targets and tags', async () => {
  const bench = await EventsBench.open();
  const Tags = [{ Key: 'team', Value: 'a' }];
  const given = { Name: 'own', EventPattern: pattern, Description: 'first', State: 'DISABLED', Tags };
  const { RuleArn } = await bench.call('PutRule', given);
  assert.equal(RuleArn, `${prefix}:rule/own`);
  await bench.call('PutTargets', { Rule: 'own', Targets: [{ Id: 'x', Arn: topic, Input: '{"a":1}' }] });
  await bench.call('PutRule', {
    Name: 'own',
    ScheduleExpression: 'rate(5 minutes)',
    Tags: [{ Key: 'other', Value: 'b' }],
  });
  await bench.restart();
  assert.deepEqual(await bench.call('DescribeRule', { Name: 'own' }), {
    ...{ Name: 'own', Arn: RuleArn, ScheduleExpression: 'rate(5 minutes)', State: 'ENABLED' },
    ...{ EventBusName: 'default', CreatedBy: scope.account },
  });
  assert.deepEqual(await bench.call('ListTagsForResource', { ResourceARN: RuleArn }), { Tags });
  const { Targets } = await bench.call('ListTargetsByRule', { Rule: 'own' });
  assert.deepEqual(Targets, [{ Id: 'x', Arn: topic, Input: '{"a":1}' }]);
  assert.deepEqual(await bench.call('ListRuleNamesByTarget', { TargetArn: topic }), { RuleNames: ['own'] });
  await refused(
    bench,
    'DeleteRule',
    { Name: 'own' },
    'ValidationException',
    "Rule can't be deleted since it has targets.",
  );
  const removed = await bench.call('RemoveTargets', { Rule: 'own', Ids: ['x', 'y'] });
  assert.equal(removed.FailedEntryCount, 1);
  await bench.call('DeleteRule', { Name: 'own' });
  await bench.call('DeleteRule', { Name: 'own' });
  await refused(
    bench,
    'DescribeRule',
    { Name: 'own' },
    'ResourceNotFoundException',
    'Rule own does not exist on EventBus default.',
  );
});

test('a rule that cannot be is refused in words', async () => {
  const bench = await EventsBench.open();
  await bench.call('CreateEventBus', { Name: 'own' });
  const code = 'ValidationException';
  const neither = 'Parameter(s) EventPattern or ScheduleExpression must be specified.';
  await refused(bench, 'PutRule', { Name: 'r' }, code, neither);
  const wrong = 'Parameter ScheduleExpression is not valid.';
  await refused(bench, 'PutRule', { Name: 'r', ScheduleExpression: 'rate(1 minutes)' }, code, wrong);
  const elsewhere = 'ScheduleExpression is supported only on the default event bus.';
  await refused(
    bench,
    'PutRule',
    { Name: 'r', EventBusName: 'own', ScheduleExpression: 'rate(1 minute)' },
    code,
    elsewhere,
  );
  const malformed = 'Event pattern is not valid. Reason: "source" must be an object or an array';
  await refused(
    bench,
    'PutRule',
    { Name: 'r', EventPattern: '{"source":"x"}' },
    'InvalidEventPatternException',
    malformed,
  );
});

const batchQueue = `arn:aws:batch:us-east-1:${scope.account}:job-queue/q`;
const role = `arn:aws:iam::${scope.account}:role/r`;
const BatchParameters = { JobDefinition: 'd', JobName: 'n' };
const transformer = (InputPathsMap: object, InputTemplate: string) => ({
  InputTransformer: { InputPathsMap, InputTemplate },
});

test('a target that cannot be is refused in words, and none of the call is stored', async () => {
  const bench = await EventsBench.open();
  await bench.rule('r', { EventPattern: pattern });
  const refusals: readonly (readonly [object, RegExp])[] = [
    [{ Arn: 'nonsense' }, /^Parameter nonsense is not valid\. Reason: Provided Arn is not in correct format\.$/],
    [{ Arn: `arn:aws:kinesis:us-east-1:${scope.account}:stream/s` }, /^Target x is not supported .*kinesis stream/],
    [{ Arn: `arn:aws:sns:us-east-1:210987654321:t` }, /of another account/],
    [{ Arn: `arn:aws:sns:eu-west-1:${scope.account}:t` }, /is in a different region from rule/],
    [{ Arn: batchQueue, BatchParameters }, /^RoleArn is required for target arn:aws:batch/],
    [{ Arn: batchQueue, RoleArn: role }, /^Parameter\(s\) BatchParameters must be specified for target: x\.$/],
    [{ Arn: topic, BatchParameters }, /^BatchParameters of target x does not go with/],
    [{ Arn: topic, KinesisParameters: { PartitionKeyPath: '$' } }, /^KinesisParameters of target x does not go with/],
    [{ Arn: topic, Input: '{' }, /^Input for target x is not a valid JSON text\.$/],
    [
      { Arn: topic, Input: '{}', InputPath: '$' },
      /^Only one of Input, InputPath, or InputTransformer must be provided for target x\.$/,
    ],
    [{ Arn: topic, InputPath: '$.detail[?(@.a)]' }, /^InputPath for target x is invalid\.$/],
    [
      { Arn: topic, ...transformer({ a: '$.detail' }, '"<b>"') },
      /^InputTemplate for target x contains invalid placeholder b\.$/,
    ],
    [{ Arn: topic, ...transformer({ 'aws.events.rule-arn': '$.a' }, '"x"') }, /is reserved/],
    [{ Arn: topic, DeadLetterConfig: { Arn: topic } }, /must name a standard queue of SQS/],
    [{ Arn: `arn:aws:sqs:us-east-1:${scope.account}:q.fifo` }, /SqsParameters must be specified for target: x/],
    [
      { Arn: batchQueue, RoleArn: role, BatchParameters: { ...BatchParameters, ArrayProperties: { Size: 1 } } },
      /2 to 10000/,
    ],
  ];
  for (const [given, words] of refusals) {
    const Targets = [
      { Id: 'fine', Arn: topic },
      { Id: 'x', ...given },
    ];
    const error = (await rejectionOf(bench.call('PutTargets', { Rule: 'r', Targets }))) as {
      code: string;
      message: string;
    };
    assert.equal(error?.code, 'ValidationException', JSON.stringify(given));
    assert.match(error.message, words);
  }
  const six = ['1', '2', '3', '4', '5', '6'].map((Id) => ({ Id, Arn: topic }));
  const limit = 'The requested resource exceeds the maximum number allowed.';
  await refused(bench, 'PutTargets', { Rule: 'r', Targets: six }, 'LimitExceededException', limit);
  assert.deepEqual(await bench.call('ListTargetsByRule', { Rule: 'r' }), { Targets: [] });
});

test('a bus has three hundred rules at most', async () => {
  const bench = await EventsBench.open();
  const { PutRule } = bench.service.definition.operations;
  const put = PutRule as Operation<unknown, unknown>;
  const context = { ...scope } as RequestContext;
  for (let count = 0; count < 300; count += 1) {
    put.handler(put.schema.parse({ Name: `r${count}`, EventPattern: pattern }), context, new Map());
  }
  const words = 'The requested resource exceeds the maximum number allowed.';
  await refused(bench, 'PutRule', { Name: 'more', EventPattern: pattern }, 'LimitExceededException', words);
  await bench.call('PutRule', { Name: 'r7', EventPattern: pattern, Description: 'again' });
});

test('access is asked for the rule, whose ARN names a bus that is not the default one, and for roles that are handed over', async () => {
  const bench = await EventsBench.open();
  const context = { ...scope } as RequestContext;
  const asked = (name: EventsOperationName, input: object) =>
    (bench.service.definition.operations[name] as Operation).access(input, context);
  const own = `${prefix}:event-bus/own`;
  for (const EventBusName of [undefined, 'default', `${prefix}:event-bus/default`]) {
    const access = [{ action: 'events:DescribeRule', resource: `${prefix}:rule/a` }];
    assert.deepEqual(asked('DescribeRule', { Name: 'a', EventBusName }), access);
  }
  const passed = {
    'iam:PassedToService': 'events.amazonaws.com',
    'iam:AssociatedResourceArn': `${prefix}:rule/own/a`,
  };
  const Targets = [{ Id: 'x', Arn: topic, RoleArn: role }];
  assert.deepEqual(asked('PutTargets', { Rule: 'a', EventBusName: own, Targets }), [
    { action: 'events:PutTargets', resource: `${prefix}:rule/own/a`, conditions: { 'events:TargetArn': [topic] } },
    { action: 'iam:PassRole', resource: role, conditions: passed },
  ]);
  assert.deepEqual(asked('DescribeEventBus', { Name: own }), [{ action: 'events:DescribeEventBus', resource: own }]);
});
