import type { GetJobTimelineOutput } from '../../../src/services/batch/batchyard/job-timeline.ts';
import type { GetJobUsageOutput } from '../../../src/services/batch/batchyard/job-usage.ts';
import { useCall } from './use-call.ts';

export type TimelineEvent = GetJobTimelineOutput['events'][number];
export type JobUsage = GetJobUsageOutput;

/** What happened to a job, and who asked for it. */
export function useTimeline(jobId: string) {
  return useCall<GetJobTimelineOutput>({ service: 'batchyard', operation: 'GetJobTimeline', input: { jobId } });
}

/** What its attempts used beside what it asked. */
export function useJobUsage(jobId: string) {
  return useCall<GetJobUsageOutput>(
    { service: 'batchyard', operation: 'GetJobUsage', input: { jobId } },
    { untold: true },
  );
}
