import type { DriverReads } from '../reads.ts';
import { always, takeWhile } from './iteration.ts';
import { all, type Tables } from './tables.ts';

/** The slices of what memory is rebuilt from. */
export function loadReads(tables: Tables): Pick<DriverReads, 'loadFacts' | 'recordSlice'> {
  return {
    loadFacts: () => loadFacts(tables),
    recordSlice: (after, limit) =>
      takeWhile(
        tables.records.list('byPosition', all).from((row) => row.position > after),
        limit,
        always,
      ).map(({ position, ...record }) => [position, record] as const),
  };
}

function loadFacts({ jobs, deletedJobs, transitions, trimmed, cursors }: Tables) {
  const waiting = jobs.list('waiting', all);
  const [first] = takeWhile(waiting.from(always), 1, always);
  return {
    // Also when the row that had it has been trimmed: a sequence is never given twice.
    lastTransition: Math.max(transitions.list('bySequence', all).last?.sequence ?? 0, trimmed.get(all)?.through ?? 0),
    lastJobNumber: Math.max(jobs.list('byNumber', all).last?.number ?? 0, deletedJobs.get(all)?.highestNumber ?? 0),
    sequences: { lowest: first?.order ?? 0, highest: waiting.last?.order ?? 0 },
    cursors: Object.fromEntries([...cursors.values()].map((row) => [row.consumer, row.sequence])),
  };
}
