import type { Scope } from '../core/arn.ts';
import type { Change } from './changes.ts';
import { CommitQueue } from './commit-queue.ts';
import type { Store, StoredFrame, StoreReads } from './contract.ts';
import type { Ask, Driver } from './driver.ts';
import { LeadHolder } from './lead-holder.ts';
import { framesOf, loadFrom } from './load.ts';
import type { ReadInput, ReadName } from './reads.ts';

/**
 * A store over a driver: the lead, group commit, reads that see earlier commits, loading in slices. The same for every
 * driver.
 */
export function storeOn<Item>(driver: Driver<Item>): Store {
  const holder = new LeadHolder(driver);
  const queue = new CommitQueue<Item>(holder, (close) => driver.endOfTurn(close), driver.beforeWrite);
  const ask: Ask = (name, ...input) =>
    new Promise((resolve, reject) =>
      queue.afterPending(() => {
        driver.read(name, ...input).then(resolve, reject);
      }),
    );
  return {
    installationId: driver.installationId,
    reads: readsOf(driver.readNames, ask),
    load: () => loadFrom(ask),
    takeLead: () => holder.take(queue),
    commit: (changes) => {
      if (changes.length === 0) return queue.settled();
      return queue.commit(({ items, late }) => {
        for (const change of changes) {
          const key = lateKey(change);
          if (key === undefined) driver.encode(change, items);
          else late.set(key, () => driver.encode(change, items));
        }
      });
    },
    settled: () => queue.settled(),
    resume: () => queue.resume(),
    close: async () => {
      await queue.close();
      await driver.close();
    },
  };
}

/**
 * Changes with the same key in one batch are one: the last, encoded when the batch closes. A consumer of facts moves its
 * cursor in every turn of the event loop, of which a batch has several.
 */
function lateKey(change: Change): string | undefined {
  if (change.kind === 'arrayBits.put') return `bits ${change.number}`;
  return change.kind === 'cursor.put' ? `cursor ${change.consumer}` : undefined;
}

function readsOf(names: readonly ReadName[], ask: Ask): StoreReads {
  const named = names.map((name) => [name, (...input: never) => ask(name, ...(input as ReadInput<typeof name>))]);
  const frames = (scope: Scope, arn: string): Promise<readonly StoredFrame[]> => framesOf(ask, scope, arn);
  return { ...(Object.fromEntries(named) as Omit<StoreReads, 'frames'>), frames };
}
