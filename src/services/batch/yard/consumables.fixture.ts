import assert from 'node:assert/strict';
import type { Leaf } from '../../../core/job.ts';
import type { JobRecord, Ledger } from '../../../store/index.ts';
import { consumableResourceRecords } from '../records.ts';

/** A single job, or a child of an array. */
interface Held {
  readonly record: JobRecord;
  readonly state: Leaf;
}

/**
 * The yard holds what placed jobs need, and of what does not replenish there is what the attempts that have ended have left of
 * `begun`, whatever failed meanwhile.
 */
export function checkConsumables(
  ledger: Ledger,
  heldOf: (arn: string) => number,
  begun: ReadonlyMap<string, number>,
  lives: readonly Held[],
): void {
  for (const { arn, name, type, total } of ledger.all(consumableResourceRecords)) {
    const needed = ({ record }: Held) =>
      record.resources.consumables?.find(({ resource }) => resource === arn)?.quantity;
    const sum = (times: (state: Leaf) => number) =>
      lives.reduce((all, life) => all + times(life.state) * (needed(life) ?? 0), 0);
    assert.equal(
      heldOf(arn),
      sum((state) => ('placement' in state ? 1 : 0)),
      `units of ${name} are held`,
    );
    const consumed = type === 'REPLENISHABLE' ? 0 : sum(({ attempts }) => attempts.length);
    assert.equal(total, (begun.get(arn) ?? 0) - consumed, `the total of ${name}`);
  }
}
