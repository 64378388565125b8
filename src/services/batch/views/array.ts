import type { ArrayPropertiesDetail, ArrayPropertiesSummary } from '@aws-sdk/client-batch';
import type { CountedJob } from '../child-counts.ts';
import type { ListedJob } from '../shown-jobs.ts';

/** The `arrayProperties` of DescribeJobs: a child's has an empty summary. Undefined for what has nothing to do with arrays. */
export function arrayDetail(job: CountedJob<ListedJob>): ArrayPropertiesDetail | undefined {
  if (job.part?.kind === 'child') return { index: job.part.index, statusSummary: {} };
  return arraySummary(job);
}

/** Those of ListJobs. */
export function arraySummary({ record, part, counts }: CountedJob<ListedJob>): ArrayPropertiesSummary | undefined {
  if (part?.kind === 'child') return { index: part.index };
  if (record.kind !== 'array') return undefined;
  return {
    size: record.size,
    // All seven, zeros included (AdRoll/batchiepatchie issue 75).
    statusSummary: { SUBMITTED: 0, ...counts?.counts },
    statusSummaryLastUpdatedAt: counts?.changedAt,
  };
}
