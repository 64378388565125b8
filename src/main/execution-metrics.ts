import { formatArn, scopeOf } from '../core/arn.ts';
import type { OwnMetrics } from '../services/cloudwatch/index.ts';
import type { Fact, Transaction } from '../store/index.ts';

/** The metric of `AWS/States` that counts executions which reach a status. */
const metricNames: Readonly<Record<string, string>> = {
  RUNNING: 'ExecutionsStarted',
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  TIMED_OUT: 'ExecutionsTimedOut',
  ABORTED: 'ExecutionsAborted',
};

/** Counts a change of an execution's status once it is durable. One that is redriven has started before. */
export function countExecution(own: Pick<OwnMetrics, 'count'>, transaction: Transaction, fact: Fact): void {
  if (fact.kind !== 'execution') return;
  const name = metricNames[fact.to];
  const machine = fact.executionArn.split(':')[6];
  if (name === undefined || machine === undefined || (fact.to === 'RUNNING' && fact.from !== undefined)) return;
  const scope = scopeOf(fact);
  const dimensions = { StateMachineArn: formatArn('states', scope, `stateMachine:${machine}`) };
  const value = { ...scope, namespace: 'AWS/States', name, dimensions, unit: 'Count', value: 1 };
  transaction.onCommitted(() => own.count(value));
}
