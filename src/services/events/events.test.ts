import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId, Region } from '../../core/ids.ts';
import type { Operation, RequestContext } from '../../core/operation.ts';
import { createEventsService, type ManagedRule } from './index.ts';

const account = '123456789012' as AccountId;
const prefix = `arn:aws:events:us-east-1:${account}`;
const target = { id: 't', arn: 'arn:aws:states:us-east-1:::' };

function ruleOf(name: string): ManagedRule {
  return { name, description: `about ${name}`, eventPattern: '{}', managedBy: 's.amazonaws.com', targets: [target] };
}

/** Rules `b`, `a` and `other`, in us-east-1 alone. */
const { operations } = createEventsService({
  managedRules: ({ region }) => (region === 'us-east-1' ? ['b', 'a', 'other'].map(ruleOf) : []),
});

function operationOf(name: string): Operation {
  const operation = operations[name as keyof typeof operations];
  return operation.kind === 'operation' ? operation : assert.fail(`${name} is not built`);
}

const context = { account, region: 'us-east-1' as Region } as RequestContext;

function call(name: string, input: object, region = 'us-east-1'): Record<string, unknown> {
  const { schema, handler } = operationOf(name);
  return handler(schema.parse(input), { ...context, region: region as Region }, new Map()) as Record<string, unknown>;
}

function refused(name: string, input: object, code: string, message: string): void {
  assert.throws(() => call(name, input), { code, message, status: 400 }, `${name} ${JSON.stringify(input)}`);
}

test('the default bus is there, by its name and its ARN, and no other', () => {
  const bus = { Name: 'default', Arn: `${prefix}:event-bus/default` };
  for (const input of [{}, { Name: 'default' }, { Name: bus.Arn }]) {
    assert.deepEqual(call('DescribeEventBus', input), bus);
  }
  assert.deepEqual(call('ListEventBuses', { NamePrefix: 'def', Limit: 1 }), { EventBuses: [bus] });
  assert.deepEqual(call('ListEventBuses', { NamePrefix: 'own' }), { EventBuses: [] });
  const elsewhere = `arn:aws:events:us-east-1:210987654321:event-bus/default`;
  for (const name of ['own', elsewhere]) {
    const words = ['ResourceNotFoundException', `Event bus ${name} does not exist.`] as const;
    refused('DescribeEventBus', { Name: name }, ...words);
    refused('ListRules', { EventBusName: name }, ...words);
    refused('ListTargetsByRule', { Rule: 'a', EventBusName: name }, ...words);
    refused('ListRuleNamesByTarget', { TargetArn: target.arn, EventBusName: name }, ...words);
    refused('DeleteRule', { Name: 'a', EventBusName: name }, ...words);
  }
});

test('managed rules are listed by name, page by page, where they are', () => {
  const names = (page: Record<string, unknown>) => (page.Rules as { Name: string }[]).map(({ Name }) => Name);
  const first = call('ListRules', { Limit: 2 });
  assert.deepEqual(names(first), ['a', 'b']);
  const second = call('ListRules', { Limit: 2, NextToken: first.NextToken });
  assert.deepEqual([names(second), second.NextToken], [['other'], undefined]);
  assert.deepEqual(names(call('ListRules', { NamePrefix: 'o', EventBusName: 'default' })), ['other']);
  assert.deepEqual(call('ListRules', {}, 'eu-west-1'), { Rules: [] });
  for (const NextToken of ['x', String(first.NextToken)]) {
    refused('ListEventBuses', { NextToken }, 'InvalidToken', 'The NextToken is not valid.');
  }
});

test('a managed rule is described with its owner, and its targets are found both ways', () => {
  assert.deepEqual(call('DescribeRule', { Name: 'a' }), {
    ...{ Name: 'a', Arn: `${prefix}:rule/a`, EventPattern: '{}', State: 'ENABLED', Description: 'about a' },
    ...{ ManagedBy: 's.amazonaws.com', EventBusName: 'default', CreatedBy: account },
  });
  assert.deepEqual(call('ListTargetsByRule', { Rule: 'a' }), { Targets: [{ Id: 't', Arn: target.arn }] });
  const { RuleNames, NextToken } = call('ListRuleNamesByTarget', { TargetArn: target.arn, Limit: 2 });
  assert.deepEqual(RuleNames, ['a', 'b']);
  const rest = call('ListRuleNamesByTarget', { TargetArn: target.arn, NextToken });
  assert.deepEqual(rest, { RuleNames: ['other'] });
  assert.deepEqual(call('ListRuleNamesByTarget', { TargetArn: 'arn:aws:sns:::x' }), { RuleNames: [] });
  for (const arn of [`${prefix}:rule/a`, `${prefix}:event-bus/default`]) {
    assert.deepEqual(call('ListTagsForResource', { ResourceARN: arn }), { Tags: [] });
  }
  const none = ['ResourceNotFoundException', 'Rule none does not exist on EventBus default.'] as const;
  refused('DescribeRule', { Name: 'none' }, ...none);
  refused('ListTargetsByRule', { Rule: 'none' }, ...none);
  refused('ListTagsForResource', { ResourceARN: `${prefix}:rule/none` }, ...none);
});

test('every change of a managed rule is refused', () => {
  const [code, plain] = ['ManagedRuleException', 'a is a managed rule.'] as const;
  refused('PutRule', { Name: 'a', EventPattern: '{}' }, code, plain);
  refused('EnableRule', { Name: 'a' }, code, plain);
  refused('DisableRule', { Name: 'a' }, code, plain);
  refused('PutTargets', { Rule: 'a', Targets: [{ Id: 'x', Arn: 'y' }] }, code, plain);
  const forcible = `${plain} Set 'force' parameter to true to override.`;
  refused('DeleteRule', { Name: 'a' }, code, forcible);
  refused('RemoveTargets', { Rule: 'a', Ids: ['t'] }, code, forcible);
  const words = "Rule can't be deleted since it has targets.";
  refused('DeleteRule', { Name: 'a', Force: true }, 'ValidationException', words);
  const unbuilt = 'RemoveTargets is not supported by this version of Batchyard: docs/coverage.md lists what is.';
  refused('RemoveTargets', { Rule: 'a', Ids: ['t'], Force: true }, 'UnsupportedOperationException', unbuilt);
});

test('a rule of ones own cannot be made, so that there is none to change', () => {
  const unbuilt = 'PutRule is not supported by this version of Batchyard: docs/coverage.md lists what is.';
  refused('PutRule', { Name: 'own', EventPattern: '{}' }, 'UnsupportedOperationException', unbuilt);
  const none = ['ResourceNotFoundException', 'Rule own does not exist on EventBus default.'] as const;
  refused('EnableRule', { Name: 'own' }, ...none);
  refused('DisableRule', { Name: 'own' }, ...none);
  refused('PutTargets', { Rule: 'own', Targets: [{ Id: 'x', Arn: 'y' }] }, ...none);
  refused('RemoveTargets', { Rule: 'own', Ids: ['x'], Force: true }, ...none);
  assert.deepEqual(call('DeleteRule', { Name: 'own' }), {});
});

test('access is asked for the rule, whose ARN names a bus that is not the default one', () => {
  const asked = (name: string, input: object) => operationOf(name).access(input, context);
  const own = `${prefix}:event-bus/own`;
  for (const EventBusName of [undefined, 'default', `${prefix}:event-bus/default`]) {
    const access = [{ action: 'events:DescribeRule', resource: `${prefix}:rule/a` }];
    assert.deepEqual(asked('DescribeRule', { Name: 'a', EventBusName }), access);
  }
  const access = [{ action: 'events:PutTargets', resource: `${prefix}:rule/own/a` }];
  assert.deepEqual(asked('PutTargets', { Rule: 'a', EventBusName: own }), access);
  assert.deepEqual(asked('DescribeEventBus', { Name: own }), [{ action: 'events:DescribeEventBus', resource: own }]);
});
