import { scopeOf } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { FactLog, Transaction } from '../../../store/index.ts';
import type { ComputeEnvironmentRecord } from '../records.ts';

interface EnvironmentChange {
  /** Absent: it was created. */
  readonly before?: ComputeEnvironmentRecord | undefined;
  /** Absent: it was deleted. */
  readonly after?: ComputeEnvironmentRecord;
  readonly at: EpochMilliseconds;
}

/** Writes a fact of a compute environment whose status changes. */
export function tellOfEnvironment(
  facts: FactLog,
  transaction: Transaction,
  { before, after, at }: EnvironmentChange,
): void {
  const record = after ?? before;
  if (!record || before?.status === after?.status) return;
  facts.append(transaction, {
    ...scopeOf(record),
    kind: 'computeEnvironment',
    computeEnvironmentArn: record.arn,
    ...(before && { from: before.status }),
    ...(after && { to: after.status }),
    ...(after?.statusReason ? { reason: after.statusReason } : {}),
    at,
  });
}
