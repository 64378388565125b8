import { setTimeout as sleep } from 'node:timers/promises';
import { type BatchClient, DescribeJobsCommand, type JobDetail } from '@aws-sdk/client-batch';

/** Waits until a job has ended. */
export async function waitForJob(batch: BatchClient, jobId: string): Promise<JobDetail> {
  for (;;) {
    const { jobs } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
    const job = jobs?.[0];
    if (job?.status === 'SUCCEEDED' || job?.status === 'FAILED') return job;
    await sleep(200);
  }
}
