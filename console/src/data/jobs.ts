import type { DescribeJobsCommandOutput, JobStatus, JobDetail as SdkJobDetail } from '@aws-sdk/client-batch';
import { useCall, type Wire } from './use-call.ts';

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

/** One job, `undefined` inside the answer if there is none of that id. */
export function useJob(id: string) {
  return useCall<Wire<DescribeJobsCommandOutput>>({
    service: 'batch',
    operation: 'DescribeJobs',
    input: { jobs: [id] },
  });
}
