import { CommitFailed } from '../../core/errors.ts';
import type { InstallationId } from '../../core/ids.ts';
import type { RandomSource } from '../../core/random.ts';
import type { Store } from '../contract.ts';
import { newInstallationId } from '../installation.ts';
import type { ReadInput, ReadName, ReadOutput } from '../reads.ts';
import { storeOn } from '../store-on.ts';
import type { Mutation } from './mutation.ts';
import { mutation } from './mutations.ts';
import { MemoryPlace } from './place.ts';
import { memoryReads } from './reads.ts';

export interface MemoryStoreOptions {
  readonly random: RandomSource;
  /** @default a new one */
  readonly installationId?: InstallationId;
  /**
   * Shared with other stores, as servers share a database: each reads what is there, and one of them leads.
   * @default a new one
   */
  readonly place?: MemoryPlace;
}

/** A store that keeps nothing beyond the process: for `--ephemeral` and for tests. */
export async function openMemoryStore(options: MemoryStoreOptions): Promise<Store> {
  const { place = new MemoryPlace() } = options;
  const { tables, journal } = place;
  const reads = memoryReads(tables);
  let epoch = 0;

  async function write(batch: readonly Mutation[]): Promise<void> {
    place.demandLead(epoch);
    try {
      for (const apply of batch) apply(tables);
    } catch (cause) {
      for (const undo of journal.toReversed()) undo();
      throw cause instanceof CommitFailed ? cause : new CommitFailed('failed', 'a change failed', { cause });
    } finally {
      journal.length = 0;
    }
  }

  return storeOn<Mutation>({
    installationId: options.installationId ?? newInstallationId(options.random),
    readNames: Object.keys(reads) as ReadName[],
    takeLead: async (onLost) => {
      epoch = place.takeLead(onLost);
      return epoch;
    },
    encode: (change, batch) => batch.push(mutation(change)),
    write,
    read: async <Name extends ReadName>(name: Name, ...input: ReadInput<Name>) =>
      (reads[name] as (...input: ReadInput<Name>) => ReadOutput<Name>)(...input),
    endOfTurn: queueMicrotask,
    close: async () => undefined,
  });
}
