import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fact } from '../../../store/index.ts';
import { openBench, scope, smallEnvironment } from '../batch.fixture.ts';
import { computeEnvironmentRecords } from '../records.ts';
import { tellOfEnvironment } from './environment-facts.ts';

test('of an environment whose status stays nothing is told, and a reason is told with the status that it explains', async () => {
  const { call, ledger } = await openBench();
  await call('CreateComputeEnvironment', smallEnvironment);
  const before = ledger.get(computeEnvironmentRecords, scope, 'm') ?? assert.fail();
  const told: Fact[] = [];
  const facts = { append: (_transaction: unknown, fact: Fact) => void told.push(fact) };
  ledger.transact((transaction) => {
    tellOfEnvironment(facts, transaction, { before, after: { ...before, state: 'DISABLED' }, at: 1 });
    const after = { ...before, status: 'INVALID', statusReason: 'it has no role' } as const;
    tellOfEnvironment(facts, transaction, { before, after, at: 2 });
  });
  const { arn: computeEnvironmentArn } = before;
  const change = { from: 'VALID', to: 'INVALID', reason: 'it has no role', at: 2 };
  assert.deepEqual(told, [{ ...scope, kind: 'computeEnvironment', computeEnvironmentArn, ...change }]);
});
