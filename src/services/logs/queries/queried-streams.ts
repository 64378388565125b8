import { scopeOf } from '../../../core/arn.ts';
import type { LogStreamRecord } from '../../../store/index.ts';
import { expiresBefore, isDoomed } from '../groups.ts';
import { work } from '../limits.ts';
import type { LogGroupRecord } from '../records.ts';
import type { QuerylessRuntime } from '../runtime.ts';
import { filesOf, type TimeWindow } from '../stream-lanes.ts';
import type { ScannedStream } from './protocol.ts';

/** Streams that a thread is given at once. */
const streamsAtOnce = 32;

/** The streams of groups that may have events of a time, some at a time: the next ones are looked for when they are asked for. */
export async function* queriedStreams(
  runtime: QuerylessRuntime,
  groups: readonly LogGroupRecord[],
  window: TimeWindow,
): AsyncGenerator<readonly { readonly record: LogStreamRecord; readonly scanned: ScannedStream }[], void, undefined> {
  for (const group of groups) {
    const from = Math.max(window.from, expiresBefore(group, runtime.clock.now()));
    for (let after: string | undefined, more = true; more; ) {
      const rows = await rowsAfter(runtime, group, after);
      more = rows.length === work.pageStreams;
      after = rows.at(-1)?.name;
      const some = rows.filter((row) => !isDoomed(runtime, row) && mayHave(row, { from, to: window.to }));
      for (let at = 0; at < some.length; at += streamsAtOnce) {
        const records = some.slice(at, at + streamsAtOnce);
        yield await Promise.all(records.map((record) => scanned(runtime, record, { from, to: window.to })));
      }
    }
  }
}

function rowsAfter(runtime: QuerylessRuntime, group: LogGroupRecord, after: string | undefined) {
  return runtime.store.reads.logStreams({
    scope: scopeOf(group),
    groupName: group.name,
    order: 'name',
    descending: false,
    limit: work.pageStreams,
    ...(after !== undefined && { after: { name: after } }),
  });
}

/** The times of a live stream are not known. */
function mayHave({ live, firstEventAt, lastEventAt }: LogStreamRecord, { from, to }: TimeWindow): boolean {
  if (live) return true;
  return firstEventAt !== undefined && lastEventAt !== undefined && lastEventAt >= from && firstEventAt < to;
}

async function scanned(runtime: QuerylessRuntime, record: LogStreamRecord, window: TimeWindow) {
  const { directory, task, server } = await filesOf(runtime, record);
  const { account, groupName: group, name, directory: place } = record;
  return { record, scanned: { directory, place, account, group, name, ...window, task, server } };
}
