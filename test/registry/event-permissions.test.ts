import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../../src/core/errors.ts';
import { accessOf, rootContext } from '../../src/core/operation.fixture.ts';
import type { Operation } from '../../src/core/operation.ts';
import { FakePolicies, policyOf, statement, trusting } from '../../src/iam/authority/authority.fixture.ts';
import { Authority, type Deliveries } from '../../src/iam/index.ts';
import { EventsBench, prefix, scope } from '../../src/services/events/events.fixture.ts';

const topic = `arn:aws:sns:us-east-1:${scope.account}:alerts`;
const letters = `arn:aws:sqs:us-east-1:${scope.account}:letters`;
const bus = `${prefix}:event-bus/own`;
const RoleArn = `arn:aws:iam::${scope.account}:role/courier`;
const pattern = { EventPattern: '{"source":["shop"]}' };
const order = { Source: 'shop', DetailType: 'order', Detail: '{}' };

async function open(deliveries: Deliveries, unstoredRoles: 'nothing' | 'their-purpose' = 'nothing') {
  const stored = new FakePolicies();
  const bench = await EventsBench.open([], new Authority({ reads: stored, deliveries, unstoredRoles }));
  await bench.call('CreateEventBus', { Name: 'own' });
  return { stored, bench };
}

const allowing = (principal: unknown, more: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: principal, Action: 'events:PutEvents', Resource: bus, ...more },
  });

/** What comes of an event for a rule whose target is the bus: `told` there, or the code of the dead letter. */
async function handOn(bench: EventsBench, target: object = {}): Promise<unknown> {
  bench.calls.length = 0;
  await bench.rule('there', { ...pattern, EventBusName: 'own' }, { Id: 'x', Arn: topic });
  await bench.rule('on', pattern, { Id: 'x', Arn: bus, DeadLetterConfig: { Arn: letters }, ...target });
  await bench.put(order);
  await bench.settle();
  const [call, ...more] = bench.calls;
  assert.equal(more.length, 0);
  if (call?.service === 'sns') return 'told';
  const { MessageAttributes } = (call ?? assert.fail('nothing was delivered')).input as {
    MessageAttributes: Record<string, { StringValue: string }>;
  };
  return MessageAttributes.ERROR_CODE?.StringValue;
}

test('a rule hands events to a bus as its account, which the policy of the bus must allow or may not deny', async () => {
  const { bench } = await open('if-allowed');
  const put = (Policy: string) => bench.call('PutPermission', { EventBusName: 'own', Policy });
  assert.equal(await handOn(bench), 'NO_PERMISSIONS');
  await put(allowing({ AWS: scope.account }));
  assert.equal(await handOn(bench), 'told');
  await put(allowing({ AWS: scope.account }, { Condition: { StringEquals: { 'events:source': 'office' } } }));
  assert.equal(await handOn(bench), 'NO_PERMISSIONS');
  const lenient = await open('unless-denied');
  assert.equal(await handOn(lenient.bench), 'told');
  await lenient.bench.call('PutPermission', { EventBusName: 'own', Policy: allowing('*', { Effect: 'Deny' }) });
  assert.equal(await handOn(lenient.bench), 'NO_PERMISSIONS');
});

test("a target's role hands events to a bus if it may put events there, and its trust policy names EventBridge", async () => {
  const { bench, stored } = await open('unless-denied');
  const trust = trusting({ Service: 'events.amazonaws.com' });
  stored.putRole('courier', { trust, policies: [policyOf(statement('Allow', 'events:PutEvents', bus))] });
  assert.equal(await handOn(bench, { RoleArn }), 'told');
  stored.putRole('courier', { trust, policies: [policyOf(statement('Allow', 'events:PutEvents', `${bus}2`))] });
  assert.equal(await handOn(bench, { RoleArn }), 'NO_PERMISSIONS');
});

test('a role that does not trust EventBridge is refused for rules and targets, and later fails the delivery', async () => {
  const { bench, stored } = await open('unless-denied');
  const source = { ArnLike: { 'aws:SourceArn': `${prefix}:rule/nightly*` } };
  const policies = [policyOf(statement('Allow', '*'))];
  const put = (Rule: string) =>
    bench.call('PutTargets', { Rule, Targets: [{ Id: 'x', Arn: bus, RoleArn, DeadLetterConfig: { Arn: letters } }] });
  const words = `Provided role '${RoleArn}' cannot be assumed by principal 'events.amazonaws.com'.`;
  const refused = (call: Promise<unknown>) =>
    assert.rejects(call, (error) => {
      assert.ok(error instanceof ServiceError);
      assert.deepEqual([error.code, error.message], ['ValidationException', words]);
      return true;
    });
  await bench.rule('nightly', pattern);
  await bench.rule('daily', pattern);
  await refused(put('nightly'));
  await refused(bench.call('PutRule', { Name: 'nightly', ...pattern, RoleArn }));
  const trust = trusting({ Service: 'events.amazonaws.com' }, ['sts:AssumeRole'], source);
  stored.putRole('courier', { trust, policies });
  await refused(put('daily'));
  await put('nightly');
  await bench.rule('there', { ...pattern, EventBusName: 'own' }, { Id: 'x', Arn: topic });
  await bench.put(order);
  await bench.settle();
  assert.deepEqual(
    bench.calls.map(({ service }) => service),
    ['sns'],
  );
  stored.putRole('courier', { trust: trusting({ AWS: scope.account }), policies });
  bench.calls.length = 0;
  await bench.put(order);
  await bench.settle();
  assert.deepEqual(
    bench.calls.map(({ service }) => service),
    ['sqs'],
  );
});

test('each delivery says for which rule it is, by which policies of queues and topics can tell', async () => {
  const { bench } = await open('unless-denied');
  await bench.rule('on', pattern, { Id: 'x', Arn: topic });
  await bench.put(order);
  const source = { kind: 'service', service: 'events.amazonaws.com', arn: `${prefix}:rule/on` };
  assert.deepEqual(
    bench.calls.map(({ context }) => context.source),
    [source],
  );
});

test('the policy of a bus speaks of who puts events there', async () => {
  const { bench } = await open('unless-denied');
  const policy = allowing({ AWS: `arn:aws:iam::${scope.account}:user/anna` });
  await bench.call('PutPermission', { EventBusName: 'own', Policy: policy });
  const operation = bench.service.definition.operations.PutEvents as Operation;
  const asked = await accessOf(
    operation,
    { Entries: [{ ...order, EventBusName: 'own' }, order] },
    rootContext(scope, 0),
  );
  assert.deepEqual(
    asked.map(({ resourcePolicy }) => resourcePolicy),
    [policy, undefined],
  );
});

test('rules and buses are asked about with their tags, and a role that is passed with its rule', async () => {
  const { bench } = await open('unless-denied', 'their-purpose');
  const Tags = [{ Key: 'team', Value: 'film' }];
  await bench.call('TagResource', { ResourceARN: bus, Tags });
  await bench.rule('on', { ...pattern, Tags }, { Id: 'x', Arn: topic });
  const { operations } = bench.service.definition;
  const asked = (name: keyof typeof operations, input: object) =>
    accessOf(operations[name] as Operation, input, rootContext(scope, 0));
  const tags = { 'aws:ResourceTag/team': 'film' };
  const [disabling] = await asked('DisableRule', { Name: 'on' });
  const [deleting] = await asked('DeleteEventBus', { Name: 'own' });
  const [untagging] = await asked('UntagResource', { ResourceARN: `${prefix}:rule/on`, TagKeys: ['team'] });
  assert.deepEqual(
    [disabling, deleting, untagging].map((each) => each?.conditions?.['aws:ResourceTag/team']),
    [...['film', 'film', 'film']],
  );
  const [putting, passing] = await asked('PutTargets', { Rule: 'on', Targets: [{ Id: 'x', Arn: bus, RoleArn }] });
  assert.deepEqual(putting?.conditions, { ...tags, 'events:TargetArn': [bus] });
  assert.deepEqual(passing?.conditions, {
    ...{ 'iam:PassedToService': 'events.amazonaws.com', 'iam:AssociatedResourceArn': `${prefix}:rule/on` },
  });
});

test('the policy of a bus speaks of its rules: it denies, and allows, what is done with them', async () => {
  const { bench, stored } = await open('unless-denied');
  const authority = new Authority({ reads: stored, deliveries: 'unless-denied' });
  const put = (Effect: string, Action: string) =>
    bench.call('PutPermission', {
      EventBusName: 'own',
      Policy: allowing(
        { AWS: [`arn:aws:iam::${scope.account}:user/clerk`, `arn:aws:iam::${scope.account}:user/guest`] },
        {
          ...{ Effect, Action, Resource: `${prefix}:rule/own/*` },
        },
      ),
    });
  const clerk = stored.putUser('clerk', { policies: [policyOf(statement('Allow', 'events:*'))] });
  const guest = stored.putUser('guest');
  const { operations } = bench.service.definition;
  const decide = async (principal: typeof clerk, name: keyof typeof operations, input: object) => {
    const caller = { ...rootContext(scope, bench.clock.now()), principal };
    return authority.decide(caller, await accessOf(operations[name] as Operation, input, caller)).kind;
  };
  const targets = { Rule: 'r', EventBusName: 'own', Targets: [] };
  assert.equal(await decide(clerk, 'PutTargets', targets), 'allow');
  await put('Deny', 'events:PutTargets');
  assert.equal(await decide(clerk, 'PutTargets', targets), 'deny');
  assert.equal(await decide(clerk, 'RemoveTargets', { ...targets, Ids: ['x'] }), 'allow');
  await put('Deny', 'events:*');
  for (const name of ['PutRule', 'DescribeRule', 'EnableRule', 'DisableRule', 'DeleteRule'] as const) {
    assert.equal(await decide(clerk, name, { Name: 'r', EventBusName: 'own' }), 'deny', name);
    assert.equal(await decide(clerk, name, { Name: 'r' }), 'allow', name);
  }
  assert.equal(await decide(guest, 'PutRule', { Name: 'r', EventBusName: 'own' }), 'deny');
  await put('Allow', 'events:PutRule');
  assert.equal(await decide(guest, 'PutRule', { Name: 'r', EventBusName: 'own' }), 'allow');
});
