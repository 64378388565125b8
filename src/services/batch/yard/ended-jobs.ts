import type { JobId } from '../../../core/ids.ts';
import { isTerminal } from '../../../core/job.ts';
import type { EndedJob } from '../../../jobs/index.ts';
import type { StoredJob, StoreReads } from '../../../store/index.ts';

/**
 * Of jobs that were read, what became of those that have ended; of an array also what became of each child, for whoever waits
 * for one. An array that was deleted since is left out.
 */
export async function endedJobs(
  reads: StoreReads,
  stored: readonly StoredJob[],
): Promise<ReadonlyMap<JobId, EndedJob>> {
  const records = stored.map(({ record }) => record);
  const hasEnded = ({ kind, state }: (typeof records)[number]) => kind === 'array' && isTerminal(state.status);
  const arrays = records.filter(hasEnded).map(({ number }) => number);
  const rows = arrays.length === 0 ? [] : await reads.arrayBits(arrays);
  const bitsOf = new Map(rows.map((row) => [row.number, row.bits]));
  const ended = new Map<JobId, EndedJob>();
  for (const record of records) {
    const { jobId, kind, number } = record;
    const { status } = record.state;
    if (!isTerminal(status)) continue;
    const bits = bitsOf.get(number);
    if (record.kind !== 'array') ended.set(jobId, { jobId, kind, status });
    else if (bits) ended.set(jobId, { jobId, kind, status, size: record.size, bits });
  }
  return ended;
}
