import type {
  DescribeJobsCommandOutput,
  JobStatus,
  ListJobsCommandInput,
  ListJobsCommandOutput,
  JobDetail as SdkJobDetail,
  JobSummary as SdkJobSummary,
} from '@aws-sdk/client-batch';
import { useCall, type Wire } from './use-call.ts';

export type JobSummary = Wire<SdkJobSummary>;
export type JobDetail = Wire<SdkJobDetail>;

export const jobStatuses = [
  'SUBMITTED',
  'PENDING',
  'RUNNABLE',
  'STARTING',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
] as const satisfies readonly JobStatus[];

/** A page of a queue's jobs of one status, newest first. */
export function useJobs(input: ListJobsCommandInput, enabled: boolean) {
  return useCall<Wire<ListJobsCommandOutput>>({ service: 'batch', operation: 'ListJobs', input }, { enabled });
}

/** One job, `undefined` inside the answer if there is none of that id. */
export function useJob(id: string) {
  return useCall<Wire<DescribeJobsCommandOutput>>({
    service: 'batch',
    operation: 'DescribeJobs',
    input: { jobs: [id] },
  });
}
