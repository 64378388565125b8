import { scopeOf } from '../../core/arn.ts';
import { clearMark, isDoomed, markDeleted, unfinishedDeletions } from './groups.ts';
import { work } from './limits.ts';
import type { GroupDeletionRecord, LogGroupRecord } from './records.ts';
import type { LogsRuntime } from './runtime.ts';
import { removeStream } from './streams.ts';

/**
 * Deletes a group: it is gone at once; its streams follow in slices, and after a crash from the mark that the first
 * transaction left. Resolves when all are gone.
 */
export async function deleteGroup(runtime: LogsRuntime, group: LogGroupRecord): Promise<void> {
  const mark = runtime.ledger.transact((transaction) => markDeleted(runtime, transaction, group));
  await removeStreams(runtime, mark);
}

/** Goes on with the deletions that a crash, or a failed commit, has cut short; `signal` ends it after a slice. */
export async function resumeGroupDeletions(runtime: LogsRuntime, signal: AbortSignal): Promise<void> {
  for (const mark of unfinishedDeletions(runtime)) {
    if (signal.aborted) return;
    await removeStreams(runtime, mark, signal);
  }
}

async function removeStreams(runtime: LogsRuntime, mark: GroupDeletionRecord, signal?: AbortSignal): Promise<void> {
  const { groupName } = mark;
  const { reads } = runtime.store;
  let after: { readonly name: string } | undefined;
  for (;;) {
    if (signal?.aborted) return;
    const limit = work.deletionSlice;
    const query = { scope: scopeOf(mark), groupName, order: 'name', descending: false, limit } as const;
    const slice = await reads.logStreams({ ...query, ...(after && { after }) });
    await Promise.all(
      slice.filter((stream) => isDoomed(runtime, stream)).map((stream) => removeStream(runtime, stream)),
    );
    await runtime.store.settled();
    const last = slice.at(-1);
    if (!last || slice.length < limit) break;
    after = { name: last.name };
  }
  runtime.ledger.transact((transaction) => clearMark(runtime, transaction, mark));
}
