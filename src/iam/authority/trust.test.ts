import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Arn, Region } from '../../core/ids.ts';
import type { Borrower, Principal, RoleUse } from '../../core/principal.ts';
import { rolePrincipal, servicePrincipal } from '../principals.ts';
import { account, callAs, FakePolicies, policyOf, statement, trusting } from './authority.fixture.ts';
import { Authority } from './index.ts';

const roleArn = 'arn:aws:iam::123456789012:role/worker' as Arn;
const machine = 'arn:aws:states:us-east-1:123456789012:stateMachine:film';
const queue = 'arn:aws:sqs:us-east-1:123456789012:work';
const rule = 'arn:aws:events:us-east-1:123456789012:rule/nightly';
const policies = [policyOf(statement('Allow', '*'))];

function sessionFor(use: RoleUse, borrower?: Borrower): Principal {
  return rolePrincipal({ account, roleArn, sessionName: 's', use, ...(borrower && { borrower }) });
}

const states: Borrower = { kind: 'service', service: 'states.amazonaws.com', arn: machine };
const submit = { action: 'batch:SubmitJob', resource: '*' };
const machineUse: RoleUse = { kind: 'state-machine', actions: ['batch:SubmitJob'] };

function rig() {
  const stored = new FakePolicies();
  const authority = new Authority({ reads: stored, unstoredRoles: 'nothing' });
  const ask = (principal: Principal) => {
    const decision = authority.decide(callAs(principal), [submit]);
    return decision.kind === 'allow' ? 'allowed' : decision.message;
  };
  return { stored, authority, ask };
}

const uses: readonly (readonly [RoleUse, Borrower | undefined, string])[] = [
  [machineUse, undefined, 'states.amazonaws.com'],
  [{ kind: 'event-target', actions: ['batch:SubmitJob'] }, undefined, 'events.amazonaws.com'],
  [{ kind: 'job' }, undefined, 'ecs-tasks.amazonaws.com'],
  [{ kind: 'job' }, { kind: 'service', service: 'ec2.amazonaws.com' }, 'ec2.amazonaws.com'],
];

for (const [use, borrower, service] of uses) {
  test(`a stored role is used for ${use.kind} only if its trust policy names ${service}, from one call to the next`, () => {
    const { stored, ask } = rig();
    stored.putRole('worker', { policies, trust: trusting({ Service: service }) });
    assert.equal(ask(sessionFor(use, borrower)), 'allowed');
    stored.putRole('worker', { policies, trust: trusting({ AWS: account, Service: 'lambda.amazonaws.com' }) });
    const words = `User: ${service} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
    assert.equal(ask(sessionFor(use, borrower)), words);
    stored.putRole('worker', { policies, trust: trusting({ Service: service }, ['sts:TagSession']) });
    assert.equal(ask(sessionFor(use, borrower)), words);
  });
}

test('a trust policy may ask for the account and the thing that a role is used for', () => {
  const { stored, ask } = rig();
  const trust = (arn: string, owner: string = account) =>
    trusting({ Service: 'states.amazonaws.com' }, ['sts:AssumeRole'], {
      StringEquals: { 'aws:SourceAccount': owner },
      ArnLike: { 'aws:SourceArn': arn },
    });
  stored.putRole('worker', { policies, trust: trust('arn:aws:states:*:123456789012:stateMachine:fi*') });
  assert.equal(ask(sessionFor(machineUse, states)), 'allowed');
  assert.match(ask(sessionFor(machineUse)), /sts:AssumeRole/, 'it is not said what for');
  stored.putRole('worker', { policies, trust: trust('arn:aws:states:*:123456789012:stateMachine:other') });
  assert.match(ask(sessionFor(machineUse, states)), /sts:AssumeRole/);
  stored.putRole('worker', { policies, trust: trust('*', '999999999999') });
  assert.match(ask(sessionFor(machineUse, states)), /sts:AssumeRole/);
});

test('a trust policy may name the service of the region of the call, and of no other', () => {
  const { stored, authority } = rig();
  stored.putRole('worker', { policies, trust: trusting({ Service: 'states.eu-west-1.amazonaws.com' }) });
  const in_ = (region: string) =>
    authority.mayUse(callAs(servicePrincipal(account, 'states.amazonaws.com'), { region: region as Region }), roleArn)
      .allowed;
  assert.deepEqual([in_('eu-west-1'), in_('us-east-1')], [true, false]);
});

test('a role of the same name under another path is not the one that is trusted', () => {
  const { stored, authority } = rig();
  stored.putRole('worker', { policies, trust: trusting({ Service: 'states.amazonaws.com' }) });
  const call = callAs(servicePrincipal(account, 'states.amazonaws.com'));
  assert.ok(authority.mayUse(call, roleArn).allowed);
  assert.ok(!authority.mayUse(call, 'arn:aws:iam::123456789012:role/theirs/worker').allowed);
});

test('a role that is not stored is used where such roles may do anything', () => {
  const call = callAs(servicePrincipal(account, 'states.amazonaws.com'));
  for (const unstoredRoles of ['their-purpose', 'nothing'] as const) {
    const authority = new Authority({ reads: new FakePolicies(), unstoredRoles });
    assert.equal(authority.mayUse(call, roleArn).allowed, unstoredRoles === 'their-purpose');
  }
});

test('one role takes another if that trusts it, and itself trusts whom it is used by', () => {
  const { stored, authority } = rig();
  const first = { ...sessionFor(machineUse, states) };
  const other = 'arn:aws:iam::123456789012:role/other';
  const mayTake = () => authority.mayUse(callAs(first), other).allowed;
  stored.putRole('worker', { policies, trust: trusting({ Service: 'states.amazonaws.com' }) });
  stored.putRole('other', { trust: trusting({ AWS: roleArn }) });
  assert.ok(mayTake());
  stored.putRole('other', { trust: trusting({ Service: 'states.amazonaws.com' }) });
  assert.ok(!mayTake());
  stored.putRole('other', { trust: trusting({ AWS: account }) });
  assert.ok(mayTake(), 'the account is trusted, and the own policies allow it');
  stored.putRole('worker', { policies: [], trust: trusting({ Service: 'states.amazonaws.com' }) });
  assert.ok(!mayTake(), 'the own policies do not');
  stored.putRole('other', { trust: trusting({ AWS: roleArn }) });
  stored.putRole('worker', { policies, trust: trusting({ AWS: account }) });
  assert.ok(!mayTake(), 'Step Functions may not use the first');
});

const source = { kind: 'service', service: 'events.amazonaws.com', arn: rule } as const;
const events = callAs(servicePrincipal(account, 'events.amazonaws.com'), { source });
const sending = { action: 'sqs:SendMessage', resource: queue };

function delivers(deliveries: 'unless-denied' | 'if-allowed', ...texts: readonly object[]): boolean {
  const authority = new Authority({ reads: new FakePolicies(), deliveries });
  const resourcePolicy = texts.map((each) =>
    JSON.stringify({ Version: '2012-10-17', Statement: { Action: 'sqs:SendMessage', Resource: queue, ...each } }),
  );
  const request = texts.length === 0 ? sending : { ...sending, resourcePolicy };
  return authority.decide(events, [request]).kind === 'allow';
}

const byEvents = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' } };
const forRule = (arn: string) => ({ ...byEvents, Condition: { ArnEquals: { 'aws:SourceArn': arn } } });

test('where deliveries are strict a policy of the receiver must allow them', () => {
  assert.ok(!delivers('if-allowed'));
  assert.ok(delivers('if-allowed', byEvents));
  assert.ok(delivers('if-allowed', forRule(rule)));
  assert.ok(!delivers('if-allowed', forRule(`${rule}2`)));
  assert.ok(!delivers('if-allowed', { ...byEvents, Principal: { Service: 'sns.amazonaws.com' } }));
  assert.ok(!delivers('if-allowed', { ...byEvents, Principal: { AWS: account } }), 'the account is not the service');
  assert.ok(!delivers('if-allowed', byEvents, { ...byEvents, Effect: 'Deny' }));
  assert.ok(delivers('if-allowed', { ...byEvents, Resource: '*:other' }, byEvents), 'one of several policies');
});

test('else only what denies a delivery counts', () => {
  assert.ok(delivers('unless-denied'));
  assert.ok(delivers('unless-denied', forRule(`${rule}2`)));
  assert.ok(!delivers('unless-denied', { ...byEvents, Effect: 'Deny' }));
});

test('strict deliveries change nothing of what services do for themselves, nor what they may never do', () => {
  const authority = new Authority({ deliveries: 'if-allowed' });
  const may = (service: 'batch.amazonaws.com' | 'events.amazonaws.com', action: string, resourcePolicy?: string) => {
    const request = { action, resource: '*', ...(resourcePolicy && { resourcePolicy }) };
    return authority.decide(callAs(servicePrincipal(account, service)), [request]).kind === 'allow';
  };
  assert.ok(may('batch.amazonaws.com', 'logs:PutLogEvents'));
  const statements = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
  const open = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  assert.ok(may('events.amazonaws.com', 'sqs:SendMessage', open));
});

test('a role of another account is used by nobody, whatever roles that are not stored may do', () => {
  const foreign = 'arn:aws:iam::999999999999:role/worker' as Arn;
  const authority = new Authority();
  const call = callAs(servicePrincipal(account, 'events.amazonaws.com'));
  assert.ok(authority.mayUse(call, roleArn).allowed);
  for (const arn of [foreign, 'worker', '']) assert.ok(!authority.mayUse(call, arn).allowed, arn);
  const session = (arn: Arn) => rolePrincipal({ account, roleArn: arn, sessionName: 's', use: machineUse });
  const decide = (arn: Arn) => authority.decide(callAs(session(arn)), [submit]).kind;
  assert.deepEqual([decide(roleArn), decide(foreign)], ['allow', 'deny']);
});
