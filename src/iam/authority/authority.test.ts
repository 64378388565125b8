import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Arn } from '../../core/ids.ts';
import type { AccessRequest } from '../../core/operation.ts';
import type { Principal, RoleUse, SessionFacts } from '../../core/principal.ts';
import { anonymousPrincipal, rolePrincipal, rootPrincipal, servicePrincipal } from '../principals.ts';
import { account, callAs, FakePolicies, policyOf, statement, trusting } from './authority.fixture.ts';
import { Authority } from './index.ts';

const queue = 'arn:aws:batch:us-east-1:123456789012:job-queue/night';
const topic = 'arn:aws:sns:us-east-1:123456789012:news';
const submit: AccessRequest = { action: 'batch:SubmitJob', resource: queue };

function rig() {
  const stored = new FakePolicies();
  const authority = new Authority({ reads: stored, unstoredRoles: 'nothing' });
  /** `allowed`, or the words of the refusal behind the name of who asks. */
  const ask = (principal: Principal, request: AccessRequest = submit, more = {}): string => {
    const decision = authority.decide(callAs(principal, more), [request]);
    return decision.kind === 'allow' ? 'allowed' : decision.message.replace(`User: ${principal.arn} is not `, '');
  };
  return { stored, authority, ask };
}

function sessionOf(name: string, use: RoleUse = { kind: 'assumed' }, session?: SessionFacts): Principal {
  const roleArn = `arn:aws:iam::123456789012:role/${name}` as Arn;
  const roleId = `AROA${name.toUpperCase()}`;
  const principal = rolePrincipal({ account, roleArn, sessionName: 'me', use, roleId });
  return session ? { ...principal, session } : principal;
}

const refused = `authorized to perform: batch:SubmitJob on resource: ${queue}`;
const all = policyOf(statement('Allow', '*'));
const nothingOfBatch = policyOf(statement('Allow', 'sns:*'));

test('a user may do what the own policies allow, and a refusal names the kind of policy that lacks or denies', () => {
  const { stored, ask } = rig();
  const user = stored.putUser('ada');
  assert.equal(ask(user), `${refused} because no identity-based policy allows the batch:SubmitJob action`);
  stored.putUser('ada', { policies: [policyOf(statement('Allow', 'batch:SubmitJob', queue))] });
  assert.equal(ask(user), 'allowed');
  assert.match(ask(user, { ...submit, resource: `${queue}2` }), /because no identity-based policy/);
  stored.putUser('ada', { policies: [all, policyOf(statement('Deny', 'batch:*'))] });
  assert.equal(ask(user), `${refused} with an explicit deny in an identity-based policy`);
  stored.putUser('ada', { policies: [all], boundary: nothingOfBatch });
  assert.equal(ask(user), `${refused} because no permissions boundary allows the batch:SubmitJob action`);
  stored.putUser('ada', {
    policies: [all],
    boundary: policyOf([statement('Allow', '*'), statement('Deny', 'batch:*')]),
  });
  assert.equal(ask(user), `${refused} with an explicit deny in a permissions boundary`);
});

test('a decision says why: the statement that decided', () => {
  const { stored, authority } = rig();
  const user = stored.putUser('ada', { policies: [policyOf(statement('Deny', 'batch:*'), 'identity', 'mine'), all] });
  const decision = authority.decide(callAs(user), [submit]);
  assert.ok(decision.kind === 'deny' && decision.why.kind === 'policies');
  assert.deepEqual(
    decision.why.decision.statements.map(({ policy, statement: { index } }) => [policy.id, index]),
    [['mine', 0]],
  );
});

test('who was deleted may do nothing, nor who has the same name since', () => {
  const { stored, ask } = rig();
  const user = stored.putUser('ada', { policies: [all] });
  const role = stored.putRole('worker', { policies: [all] });
  assert.deepEqual([ask(user), ask(sessionOf('worker'))], ['allowed', 'allowed']);
  stored.putUser('ada', { policies: [all], uniqueId: 'AIDAANOTHER' });
  stored.putRole('worker', { ...role, uniqueId: 'AROAANOTHER' });
  assert.deepEqual([ask(user) === 'allowed', ask(sessionOf('worker')) === 'allowed'], [false, false]);
  stored.remove('ada');
  stored.remove('worker');
  assert.deepEqual([ask(user) === 'allowed', ask(sessionOf('worker')) === 'allowed'], [false, false]);
});

test("a session may do what its role's policies, boundary and the session's policies all allow", () => {
  const { stored, ask } = rig();
  stored.putRole('worker', { policies: [all] });
  const policy = JSON.stringify({ Statement: statement('Allow', 'sns:*') });
  const inline = sessionOf('worker', { kind: 'assumed' }, { policy });
  assert.equal(ask(inline), `${refused} because no session policy allows the batch:SubmitJob action`);
  assert.equal(ask(inline, { action: 'sns:Publish', resource: topic }), 'allowed');
  const arn = 'arn:aws:iam::123456789012:policy/some';
  const managed = sessionOf('worker', { kind: 'assumed' }, { policyArns: [arn] });
  assert.match(ask(managed), /because no session policy/, 'a policy that is gone lets nothing through');
  stored.putManaged(arn, all);
  assert.equal(ask(managed), 'allowed');
  stored.putRole('worker', { policies: [nothingOfBatch] });
  assert.match(ask(managed), /because no identity-based policy/);
  stored.putRole('worker', { policies: [all], boundary: nothingOfBatch });
  assert.match(ask(managed), /because no permissions boundary/);
});

test('a stored role that a service uses may do what its policies allow, of what the service uses it for', () => {
  const { stored, ask } = rig();
  stored.putRole('worker', { policies: [all] });
  const machine = sessionOf('worker', { kind: 'state-machine', actions: ['batch:SubmitJob'] });
  assert.equal(ask(machine), 'allowed');
  assert.match(ask(machine, { action: 'batch:TerminateJob', resource: '*' }), /no identity-based policy/);
  const starting = sessionOf('worker', { kind: 'task-execution' });
  assert.equal(ask(starting, { action: 'ssm:GetParameters', resource: '*' }), 'allowed');
  assert.match(ask(starting), /no identity-based policy/);
  assert.equal(ask(sessionOf('worker', { kind: 'job' }), { action: 'iam:CreateUser', resource: '*' }), 'allowed');
  stored.putRole('worker', { policies: [nothingOfBatch] });
  assert.match(ask(machine), /no identity-based policy/);
  assert.match(ask(sessionOf('worker', { kind: 'job' })), /no identity-based policy/);
});

test('sessions of one name are told apart by the path of their role, and by what they were made for', () => {
  const { stored, ask } = rig();
  stored.putRole('worker', { policies: [all], arn: `arn:aws:iam::${account}:role/admins/worker` as Arn });
  const ofTarget = (path: string, actions: readonly string[]): Principal => {
    const roleArn = `arn:aws:iam::${account}:role/${path}worker` as Arn;
    return rolePrincipal({ account, roleArn, sessionName: 'an-event', use: { kind: 'event-target', actions } });
  };
  assert.equal(ask(ofTarget('admins/', ['batch:SubmitJob'])), 'allowed');
  assert.match(
    ask(ofTarget('', ['batch:SubmitJob'])),
    /is not authorized to perform: sts:AssumeRole on/,
    'no role has this ARN',
  );
  const start: AccessRequest = { action: 'states:StartExecution', resource: '*' };
  assert.equal(ask(ofTarget('admins/', ['states:StartExecution']), start), 'allowed');
  assert.match(ask(ofTarget('admins/', ['batch:SubmitJob']), start), /no identity-based policy/);
});

test('a role that is not stored may do nothing, or what it is for, as the operator says', () => {
  const lenient = new Authority({ reads: new FakePolicies() });
  const { ask } = rig();
  const job = sessionOf('gone', { kind: 'job' });
  assert.match(ask(job), /no identity-based policy/);
  assert.equal(lenient.decide(callAs(job), [submit]).kind, 'allow');
  assert.equal(lenient.decide(callAs(sessionOf('gone')), [submit]).kind, 'deny', 'STS gives out no such session');
});

test('a federated user may do what both the user who vouches and the session policy allow', () => {
  const { stored, ask } = rig();
  stored.putUser('ada', { policies: [policyOf(statement('Allow', ['batch:*', 'sts:*', 'iam:*']))] });
  const voucher = { kind: 'user', userName: 'ada', userId: 'AIDAADA' } as const;
  const arn = 'arn:aws:sts::123456789012:federated-user/bob' as Arn;
  const bob: Principal = { kind: 'federated-user', arn, userId: `${account}:bob`, account, voucher };
  const policy = JSON.stringify({ Statement: statement('Allow', '*') });
  assert.match(ask(bob), /because no session policy allows/, 'without a policy there is nothing');
  const limited: Principal = { ...bob, session: { policy } };
  assert.equal(ask(limited), 'allowed');
  assert.match(ask(limited, { action: 'sns:Publish', resource: topic }), /because no identity-based policy/);
  for (const action of ['iam:GetUser', 'sts:AssumeRole']) {
    assert.match(ask(limited, { action, resource: '*' }), /because no session policy/, action);
  }
  const worker = stored.putRole('worker', { trust: trusting({ AWS: account }) }).arn;
  const assume: AccessRequest = { action: 'sts:AssumeRole', resource: worker, trustOf: 'worker' };
  assert.match(ask(limited, assume), /^authorized/, 'AWS lets nobody chain from here, whom a role trusts or not');
  const ofRoot: Principal = { ...limited, voucher: { kind: 'root' } };
  assert.match(ask(ofRoot, assume), /^authorized/);
  assert.equal(ask(ofRoot, { action: 'sns:Publish', resource: topic }), 'allowed');
});

test("a user's session calls nothing of IAM, and of STS only what assumes a role", () => {
  const { stored, ask } = rig();
  const user: Principal = { ...stored.putUser('ada', { policies: [all] }), session: { issuedAt: 0 } };
  assert.equal(ask(user), 'allowed');
  for (const action of ['iam:GetUser', 'sts:GetFederationToken']) {
    assert.match(ask(user, { action, resource: '*' }), /because no session policy/, action);
  }
  assert.equal(ask(user, { action: 'sts:AssumeRole', resource: '*' }), 'allowed');
  const inBrowser: Principal = { ...user, session: { issuedAt: 0, console: true } };
  assert.equal(ask(inBrowser, { action: 'iam:GetUser', resource: '*' }), 'allowed', 'the console is for all of it');
});

test('the policy of a thing grants it to whom it names, and denies it to whoever', () => {
  const { stored, ask } = rig();
  const user = stored.putUser('ada');
  const policy = (effect: string, Principal: unknown) =>
    JSON.stringify({ Statement: { Effect: effect, Principal, Action: 'SNS:Publish', Resource: topic } });
  const publish = (resourcePolicy: string): AccessRequest => ({
    action: 'sns:Publish',
    resource: topic,
    resourcePolicy,
  });
  assert.equal(ask(user, publish(policy('Allow', { AWS: user.arn }))), 'allowed');
  assert.match(ask(user, publish(policy('Allow', { AWS: account }))), /because no identity-based policy/);
  assert.match(ask(user, publish('no policy')), /because no identity-based policy/);
  stored.putUser('ada', { policies: [all] });
  assert.match(ask(user, publish(policy('Deny', '*'))), /explicit deny in a resource-based policy$/);
  const events = servicePrincipal(account, 'events.amazonaws.com');
  assert.equal(ask(events, publish(policy('Allow', { AWS: '1'.repeat(12) }))), 'allowed', 'it is its own business');
  assert.match(ask(events, publish(policy('Deny', '*'))), /explicit deny in a resource-based policy$/);
  const states = servicePrincipal(account, 'states.amazonaws.com');
  assert.equal(ask(states, publish(policy('Allow', { Service: 'states.amazonaws.com' }))), 'allowed');
  assert.equal(ask(anonymousPrincipal(account), publish(policy('Allow', '*'))), 'allowed');
});

test('what belongs to another account needs its leave', () => {
  const { stored, ask } = rig();
  const user = stored.putUser('ada', { policies: [all] });
  const resource = queue.replace(account, '999999999999');
  assert.match(ask(user, { action: 'batch:SubmitJob', resource }), /because no resource-based policy/);
});

test('a role is assumed by whom its trust policy names, and never without it', () => {
  const { stored, ask, authority } = rig();
  const user = stored.putUser('ada');
  const role = (given: Parameters<FakePolicies['putRole']>[1]) => stored.putRole('worker', given).arn;
  const assume = (resource: string): AccessRequest => ({ action: 'sts:AssumeRole', resource, trustOf: 'worker' });
  const denied = (arn: string) => `authorized to perform: sts:AssumeRole on resource: ${arn}`;
  assert.equal(ask(user, assume(role({ trust: trusting({ AWS: user.arn }) }))), 'allowed');
  const byAccount = role({ trust: trusting({ AWS: `arn:aws:iam::${account}:root` }) });
  assert.equal(ask(user, assume(byAccount)), denied(byAccount));
  const mayAll = stored.putUser('ada', { policies: [all] });
  assert.equal(ask(mayAll, assume(byAccount)), 'allowed');
  const byService = role({ trust: trusting({ Service: 'batch.amazonaws.com' }) });
  assert.equal(ask(mayAll, assume(byService)), denied(byService));
  assert.equal(ask(servicePrincipal(account, 'batch.amazonaws.com'), assume(byService)), 'allowed');
  assert.equal(ask(mayAll, assume(`${byService}2`)), denied(`${byService}2`), 'a name under another path is no role');
  const root = callAs(rootPrincipal(account));
  assert.equal(authority.answer(root, assume(byService)).allowed, false);
  assert.equal(authority.answer(root, assume(role({ trust: trusting({ AWS: account }) }))).allowed, true);
});

test('of two sessions of one name the one whose role has another path is not taken for the other', () => {
  const { stored, ask } = rig();
  const roleArn = `arn:aws:iam::${account}:role/admins/chief` as Arn;
  stored.putRole('chief', { arn: roleArn, policies: [all] });
  const use = { kind: 'state-machine', actions: ['batch:SubmitJob'] } as const;
  const passed = { account, sessionName: 'me', use };
  assert.equal(ask(rolePrincipal({ ...passed, roleArn })), 'allowed');
  assert.notEqual(ask(rolePrincipal({ ...passed, roleArn: `arn:aws:iam::${account}:role/chief` as Arn })), 'allowed');
});

test('of two targets of one event that share a role each may do what it is for', () => {
  const { stored, ask } = rig();
  const { arn: roleArn } = stored.putRole('courier', { policies: [all] });
  const called = (...actions: readonly string[]) =>
    rolePrincipal({ account, roleArn, sessionName: 'the event', use: { kind: 'event-target', actions } });
  const publish: AccessRequest = { action: 'sns:Publish', resource: topic };
  assert.equal(ask(called('sns:Publish'), publish), 'allowed');
  assert.equal(ask(called('batch:SubmitJob')), 'allowed');
  assert.notEqual(ask(called('batch:SubmitJob'), publish), 'allowed');
});

test('a denial that names a role is not escaped by naming the role with another partition', () => {
  const { stored, ask } = rig();
  const role = stored.putRole('admin', { trust: trusting({ AWS: account }) }).arn;
  const isDenied = policyOf(statement('Deny', ['iam:PassRole', 'sts:AssumeRole'], role));
  const user = stored.putUser('ada', { policies: [all, isDenied] });
  for (const arn of [role, role.replace('aws', 'aws-cn'), role.replace('aws', 'r')]) {
    assert.match(ask(user, { action: 'iam:PassRole', resource: arn }), /with an explicit deny/, arn);
    assert.match(ask(user, { action: 'sts:AssumeRole', resource: arn, trustOf: 'admin' }), /^authorized/, arn);
  }
  stored.putUser('ada', { policies: [policyOf(statement('Allow', 'iam:PassRole', role.replace('aws:', 'aws-cn:')))] });
  const inChina = { action: 'iam:PassRole', resource: role.replace('arn:aws:', 'arn:aws-cn:') };
  assert.equal(ask(user, inChina), 'allowed', 'as the policies of a region of China name it');
});
