import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Arn } from '../../core/ids.ts';
import type { Principal } from '../../core/principal.ts';
import { rolePrincipal, rootPrincipal, servicePrincipal } from '../principals.ts';
import { account, callAs, FakePolicies, policyOf, statement } from './authority.fixture.ts';
import { type CallFacts, globalKey } from './call-keys.ts';
import { Authority } from './index.ts';

const roleArn = 'arn:aws:iam::123456789012:role/worker' as Arn;
const worker = rolePrincipal({ account, roleArn, sessionName: 'me', use: { kind: 'assumed' }, roleId: 'AROAWORKER' });
const ada = new FakePolicies().putUser('ada');
const service = servicePrincipal(account, 'events.amazonaws.com');
const facts = (principal: Principal) => ({ arn: principal.arn, tags: new Map([['Team', 'stored']]) });

function keysOf(principal: Principal, more: Partial<CallFacts> = {}) {
  const call = callAs(principal, more);
  return (key: string) => globalKey(key, call, facts(principal));
}

test('who somebody is', () => {
  const user = keysOf(ada);
  assert.deepEqual(
    ['username', 'userid', 'principaltype', 'principalarn', 'principalaccount'].map((key) => user(`aws:${key}`)),
    ['ada', 'AIDAADA', 'User', ada.arn, account],
  );
  const root = keysOf(rootPrincipal(account));
  assert.deepEqual(
    [root('aws:userid'), root('aws:principaltype'), root('aws:username')],
    [account, 'Account', undefined],
  );
  assert.equal(globalKey('aws:principalarn', callAs(worker), { arn: roleArn, tags: new Map() }), roleArn);
  assert.equal(keysOf(worker)('aws:userid'), 'AROAWORKER:me');
  const own = keysOf(service, { source: { kind: 'service', service: 'events.amazonaws.com', arn: 'arn:a' } });
  assert.deepEqual(
    ['principalisawsservice', 'principalservicename', 'sourcearn', 'sourceaccount', 'userid'].map((key) =>
      own(`aws:${key}`),
    ),
    ['true', 'events.amazonaws.com', 'arn:a', account, undefined],
  );
});

test('tags of a session go before those of its role', () => {
  assert.equal(keysOf(worker)('aws:principaltag/team'), 'stored');
  const tagged = { ...worker, session: { tags: { TEAM: 'own' } } };
  assert.equal(keysOf(tagged)('aws:principaltag/team'), 'own');
  assert.equal(keysOf(tagged)('aws:principaltag/other'), undefined);
});

test('where from and when', () => {
  const from = (address: string, more = {}) =>
    keysOf(ada, { source: { kind: 'network', address, userAgent: 'sdk', ...more } });
  assert.equal(from('::ffff:10.1.2.3')('aws:sourceip'), '10.1.2.3');
  assert.equal(from('fe80::1%eth0')('aws:sourceip'), 'fe80::1');
  assert.deepEqual(
    [from('::1')('aws:securetransport'), from('::1', { secure: true })('aws:securetransport')],
    ['false', 'true'],
  );
  assert.deepEqual([from('::1')('aws:useragent'), from('::1')('aws:viaawsservice')], ['sdk', 'false']);
  assert.deepEqual(
    ['currenttime', 'epochtime', 'requestedregion', 'tokenissuetime', 'multifactorauthpresent'].map((key) =>
      from('')(`aws:${key}`),
    ),
    ['2026-01-02T00:00:00Z', '1767312000', 'us-east-1', undefined, undefined],
  );
  const issued = keysOf({ ...ada, session: { issuedAt: 0, sourceIdentity: 'eve' } });
  assert.deepEqual(
    ['tokenissuetime', 'multifactorauthpresent', 'sourceidentity'].map((key) => issued(`aws:${key}`)),
    ['1970-01-01T00:00:00Z', 'false', 'eve'],
  );
});

test('a call that a service hands on for somebody says so, and has no address', () => {
  const handed = keysOf(ada, { source: { kind: 'service', service: 'states.amazonaws.com' } });
  assert.deepEqual(
    ['viaawsservice', 'calledvia', 'sourceip', 'sourcearn'].map((key) => handed(`aws:${key}`)),
    ['true', 'states.amazonaws.com', undefined, undefined],
  );
  const machine = rolePrincipal({ account, roleArn, sessionName: 'me', use: { kind: 'state-machine', actions: [] } });
  const called = keysOf(machine, { source: { kind: 'service', service: 'states.amazonaws.com' } });
  assert.equal(called('aws:viaawsservice'), 'false');
});

test('policies ask for them, in conditions and variables', () => {
  const stored = new FakePolicies();
  const authority = new Authority({ reads: stored });
  const home = 'arn:aws:batch:us-east-1:123456789012:job-queue/';
  const may = (name: string, address: string) => {
    const call = callAs(ada, { source: { kind: 'network', address } });
    return authority.decide(call, [{ action: 'batch:SubmitJob', resource: home + name }]).kind === 'allow';
  };
  const condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
  stored.putUser('ada', { policies: [policyOf(statement('Allow', 'batch:*', `${home}\${aws:username}`, condition))] });
  assert.deepEqual([may('ada', '10.1.1.1'), may('bob', '10.1.1.1'), may('ada', '11.1.1.1')], [true, false, false]);
});
