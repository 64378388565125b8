import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { ExecutionRecord, ExecutionState, FactLog, Transaction } from '../../../store/index.ts';

interface StatusChange {
  readonly record: Pick<ExecutionRecord, 'account' | 'region' | 'arn' | 'kind'>;
  /** Absent: it has just begun. */
  readonly from?: ExecutionState['status'];
  readonly to: ExecutionState['status'];
  readonly at: EpochMilliseconds;
}

/** Writes a fact of a Standard execution that changes its status. Of Express executions AWS tells nobody. */
export function tellOfStatus(facts: FactLog, transaction: Transaction, { record, from, to, at }: StatusChange): void {
  if (record.kind !== 'STANDARD' || from === to) return;
  const { account, region, arn: executionArn } = record;
  facts.append(transaction, { account, region, kind: 'execution', executionArn, ...(from && { from }), to, at });
}
