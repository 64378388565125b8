import type { ArrayPropertiesDetail, ArrayPropertiesSummary } from '@aws-sdk/client-batch';
import { jobStatuses } from '../../../core/job.ts';
import type { ListedJob } from '../shown-jobs.ts';
import type { ChildCounts } from '../yard/index.ts';

/** The `arrayProperties` of DescribeJobs: a child's has an empty summary. Undefined for what has nothing to do with arrays. */
export function arrayDetail(job: ListedJob, counts: ChildCounts | undefined): ArrayPropertiesDetail | undefined {
  if (job.part) return { index: job.part.index, statusSummary: {} };
  return arraySummary(job, counts);
}

/** Those of ListJobs. */
export function arraySummary(
  { record, part }: ListedJob,
  counts: ChildCounts | undefined,
): ArrayPropertiesSummary | undefined {
  if (part) return { index: part.index };
  if (record.kind !== 'array') return undefined;
  const { counts: known, changedAt } = counts ?? endedCounts(record);
  return {
    size: record.size,
    // All seven, zeros included (AdRoll/batchiepatchie issue 75).
    statusSummary: { ...Object.fromEntries(jobStatuses.map((status) => [status, 0])), ...known },
    statusSummaryLastUpdatedAt: changedAt,
  };
}

/** What has become of an ended array's children; before that, memory knows. */
function endedCounts({ state, size, createdAt }: Extract<ListedJob['record'], { readonly kind: 'array' }>) {
  if (state.status === 'PENDING') return { counts: {}, changedAt: createdAt };
  return { counts: { SUCCEEDED: size - state.failed, FAILED: state.failed }, changedAt: state.stoppedAt };
}
