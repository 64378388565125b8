import type { JobDetail } from '@aws-sdk/client-batch';
import type { Client } from '../client/client.ts';

/**
 * Whose lines are shown as a job's: of a multi-node job those of its main node, once that has been started, of any other the
 * job's own.
 */
export async function writerOf(client: Client, job: JobDetail): Promise<JobDetail> {
  const { nodeProperties, jobId } = job;
  if (nodeProperties?.mainNode === undefined) return job;
  const { jobs = [] } = await client.batch('DescribeJobs', { jobs: [`${jobId}#${nodeProperties.mainNode}`] });
  return jobs[0] ?? job;
}
