import assert from 'node:assert/strict';
import type { ServiceError } from '../../../../core/errors.ts';
import type { Arn } from '../../../../core/ids.ts';
import type { RequestContext } from '../../../../core/operation.ts';
import { type StateMachineRecord, stateMachineRecords } from '../../records.ts';
import { openBench, scope } from '../executions.fixture.ts';
import { executionOperations } from './index.ts';

const context: RequestContext = {
  ...scope,
  principal: {
    kind: 'root',
    arn: 'arn:aws:iam::123456789012:root' as Arn,
    userId: scope.account,
    account: scope.account,
  },
  source: { kind: 'network', address: '127.0.0.1' },
  requestId: 'request',
  now: 0,
  signal: new AbortController().signal,
};

export const machineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:m';
export const taskState = { Type: 'Task', Resource: 'arn:aws:states:::batch:submitJob.sync', End: true };
export const task = { StartAt: 'T', States: { T: taskState } };
export const requests = { StartAt: 'T', States: { T: { ...taskState, Resource: 'arn:aws:states:::batch:submitJob' } } };
export const pass = { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } };

/** Checks that an error has this code, and these words. */
export function code(expected: string, words?: string) {
  return (error: ServiceError) => {
    assert.equal(error.code, expected);
    if (words !== undefined) assert.equal(error.message, words);
    return true;
  };
}

/** The operations on executions of a state machine `m` of that definition. */
export async function open(definition: object, given: Partial<StateMachineRecord> = {}) {
  const bench = await openBench();
  const { revision } = bench.catalog.add('m', definition, { kind: given.kind ?? 'STANDARD' });
  const record: StateMachineRecord = {
    ...scope,
    name: 'm',
    arn: machineArn,
    kind: 'STANDARD',
    status: 'ACTIVE',
    revisionId: revision.name,
    lastVersion: 0,
    tags: {},
    createdAt: 1,
    ...given,
  };
  bench.ledger.transact((transaction) => transaction.put(stateMachineRecords, record));
  const call = async <Name extends keyof Operations>(name: Name, input: Parameters<Operations[Name]['handler']>[0]) => {
    // One bench serves one host after another.
    const operation = executionOperations({ executions: bench.executions })[name];
    const parsed = operation.schema.parse(input);
    return (await operation.handler(parsed as never, context, new Map())) as Awaited<
      ReturnType<Operations[Name]['handler']>
    >;
  };
  return { bench, call };
}

type Operations = ReturnType<typeof executionOperations>;
