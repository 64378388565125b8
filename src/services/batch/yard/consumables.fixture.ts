import assert from 'node:assert/strict';
import type { Leaf, MultiNodeState } from '../../../core/job.ts';
import type { JobRecord, Ledger } from '../../../store/index.ts';
import { consumableResourceRecords } from '../records.ts';

/** A single job or a child of an array, or a multi-node job, which holds what it needs as a whole: its nodes hold nothing. */
export interface Holder {
  readonly record: JobRecord;
  readonly holds: boolean;
  /** How many attempts it has let go of what they needed. */
  readonly ended: number;
}

export function leafHolder(record: JobRecord, state: Leaf): Holder {
  return { record, holds: 'placement' in state, ended: state.attempts.length };
}

/** An attempt holds until its last node has ended; its main node may have ended before. */
export function gangHolder(record: JobRecord, state: MultiNodeState): Holder {
  const holds = 'gang' in state;
  const isEnding = state.status === 'RUNNING' && state.ending !== undefined;
  return { record, holds, ended: state.attempts.length - (isEnding ? 1 : 0) };
}

/**
 * The yard holds what placed jobs need, and of what does not replenish there is what the attempts that have ended have left of
 * `begun`, whatever failed meanwhile.
 */
export function checkConsumables(
  ledger: Ledger,
  heldOf: (arn: string) => number,
  begun: ReadonlyMap<string, number>,
  holders: readonly Holder[],
): void {
  for (const { arn, name, type, total } of ledger.all(consumableResourceRecords)) {
    const needed = ({ record }: Holder) =>
      record.resources.consumables?.find(({ resource }) => resource === arn)?.quantity ?? 0;
    const sum = (times: (holder: Holder) => number) =>
      holders.reduce((all, holder) => all + times(holder) * needed(holder), 0);
    assert.equal(
      heldOf(arn),
      sum(({ holds }) => Number(holds)),
      `units of ${name} are held`,
    );
    const consumed = type === 'REPLENISHABLE' ? 0 : sum(({ ended }) => ended);
    assert.equal(total, (begun.get(arn) ?? 0) - consumed, `the total of ${name}`);
  }
}
