import type { DriverReads, SliceReads } from '../reads.ts';
import { compareText } from '../text-order.ts';
import { always, takeWhile } from './iteration.ts';
import { all, type Tables, toRecord } from './tables.ts';

/** The slices of what memory is rebuilt from. */
export function loadReads(tables: Tables): Pick<DriverReads, 'loadFacts' | 'recordSlice' | 'jobSlice'> {
  return {
    loadFacts: () => loadFacts(tables),
    recordSlice: (after, limit) =>
      takeWhile(
        tables.records.list('byPosition', all).from((row) => row.position > after),
        limit,
        always,
      ).map(({ position, ...record }) => [position, record] as const),
    jobSlice: (after, limit) =>
      takeWhile(
        tables.jobs.list('waiting', all).from((row) => after === undefined || isBeyond(row, after)),
        limit,
        always,
      ).map(toRecord),
  };
}

type Place = NonNullable<Parameters<SliceReads['jobSlice']>[0]>;

function isBeyond(row: Place, after: Place): boolean {
  return row.sequence > after.sequence || (row.sequence === after.sequence && compareText(row.jobId, after.jobId) > 0);
}

function loadFacts({ jobs, facts, trimmed, cursors }: Tables) {
  const waiting = jobs.list('waiting', all);
  const [first] = takeWhile(waiting.from(always), 1, always);
  return {
    // Also when the row that had it has been trimmed: a sequence is never given twice.
    lastFact: Math.max(facts.list('bySequence', all).last?.sequence ?? 0, trimmed.get(all)?.through ?? 0),
    sequences: { lowest: first?.sequence ?? 0, highest: waiting.last?.sequence ?? 0 },
    cursors: Object.fromEntries([...cursors.values()].map((row) => [row.consumer, row.cursor])),
  };
}
