import type { Scope } from '../../core/arn.ts';
import { clearMark, isDoomed, markDeleted, unfinishedDeletions } from './groups.ts';
import { work } from './limits.ts';
import type { LogGroupRecord } from './records.ts';
import type { LogsRuntime } from './runtime.ts';
import { removeStream } from './streams.ts';

/**
 * Deletes a group: it is gone at once; its streams follow in slices, and after a crash from the mark that the first
 * transaction left. Resolves when all are gone.
 */
export async function deleteGroup(runtime: LogsRuntime, group: LogGroupRecord): Promise<void> {
  runtime.ledger.transact((transaction) => markDeleted(transaction, group, runtime.clock.now()));
  await removeStreams(runtime, group, group.name);
}

/** Goes on with the deletions that a crash, or a failed commit, has cut short; `signal` ends it after a slice. */
export async function resumeGroupDeletions(runtime: LogsRuntime, signal: AbortSignal): Promise<void> {
  for (const { groupName, ...scope } of unfinishedDeletions(runtime)) {
    if (signal.aborted) return;
    await removeStreams(runtime, scope, groupName, signal);
  }
}

async function removeStreams(
  runtime: LogsRuntime,
  scope: Scope,
  groupName: string,
  signal?: AbortSignal,
): Promise<void> {
  const { reads } = runtime.store;
  let after: { readonly name: string } | undefined;
  for (;;) {
    if (signal?.aborted) return;
    const limit = work.deletionSlice;
    const query = { scope, groupName, order: 'name', descending: false, limit } as const;
    const slice = await reads.logStreams({ ...query, ...(after && { after }) });
    await Promise.all(
      slice.filter((stream) => isDoomed(runtime, stream)).map((stream) => removeStream(runtime, stream)),
    );
    await runtime.store.settled();
    const last = slice.at(-1);
    if (!last || slice.length < limit) break;
    after = { name: last.name };
  }
  runtime.ledger.transact((transaction) => clearMark(transaction, scope, groupName));
}
