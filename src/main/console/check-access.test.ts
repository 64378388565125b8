import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import type { Region } from '../../core/ids.ts';
import { accessOf, callOperation, rootContext } from '../../core/operation.fixture.ts';
import type { Operation } from '../../core/operation.ts';
import { account, FakePolicies, policyOf, statement } from '../../iam/authority/authority.fixture.ts';
import { Authority } from '../../iam/index.ts';
import { checkAccess } from './check-access.ts';

const scope = { account, region: 'us-east-1' as Region };
const queue = `arn:aws:batch:us-east-1:${account}:job-queue/q`;

test('who asks is told of each call whether policies allow it, and in AWS’s words why not', async () => {
  const reads = new FakePolicies();
  const ada = reads.putUser('ada', { policies: [policyOf([statement('Allow', 'batch:UpdateJobQueue', queue)])] });
  const operation = checkAccess(new Authority({ reads }));
  const ask = (calls: object[], principal = ada) =>
    callOperation(operation, { calls }, rootContext(scope, new ManualClock().now(), { principal }), async () => {});
  const update = { action: 'batch:UpdateJobQueue' };
  const { calls } = await ask([{ ...update, resource: queue }, update, { action: 'batch:TerminateJob' }]);
  assert.deepEqual(
    calls.map(({ allowed }) => allowed),
    [true, false, false],
  );
  assert.match(calls[2]?.message ?? '', /user\/ada is not authorized to perform: batch:TerminateJob/);
  const root = rootContext(scope, 0).principal;
  assert.deepEqual((await ask([{ action: 'batch:TerminateJob' }], root)).calls[0]?.allowed, true);
  assert.deepEqual(await accessOf(operation as Operation, {}, rootContext(scope, 0)), [
    { action: 'batchyard:CheckAccess', resource: '*' },
  ]);
});

test('conditions see what is given with a call: the tags that its resource has', async () => {
  const reads = new FakePolicies();
  const red = { StringEquals: { 'aws:ResourceTag/team': 'red' } };
  const ada = reads.putUser('ada', { policies: [policyOf([statement('Allow', 'batch:TerminateJob', '*', red)])] });
  const operation = checkAccess(new Authority({ reads }));
  const action = 'batch:TerminateJob';
  const calls = [
    { action },
    ...['red', 'blue'].map((team) => ({ action, conditions: { 'aws:ResourceTag/team': team } })),
  ];
  const context = rootContext(scope, 0, { principal: ada });
  const answer = await callOperation(operation, { calls }, context, async () => {});
  assert.deepEqual(
    answer.calls.map(({ allowed }) => allowed),
    [false, true, false],
  );
});

test('no more than a hundred calls are thought of at once, and none that is no call', () => {
  const { schema } = checkAccess(new Authority());
  const call = { action: 'batch:ListJobs' };
  assert.equal(schema.safeParse({ calls: Array(100).fill(call) }).success, true);
  const many = Object.fromEntries(Array.from({ length: 61 }, (_, index) => [`aws:ResourceTag/${index}`, 'x']));
  for (const calls of [
    [{ ...call, conditions: many }],
    Array(101).fill(call),
    [{ action: 'x' }],
    [{ ...call, resource: 'x'.repeat(3_000) }],
    'x',
  ])
    assert.equal(schema.safeParse({ calls }).success, false);
});
