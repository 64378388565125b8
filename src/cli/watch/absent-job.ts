import type { JobDetail } from '@aws-sdk/client-batch';
import { isTerminal, type JobStatus } from '../../core/job.ts';
import type { Client } from '../client/client.ts';

/** What is said of a job that DescribeJobs does not have; of a child or a node what its job has instead, or why it is not there yet. */
export async function absentWords(client: Client, jobId: string): Promise<string> {
  const [, whole, mark, digits] = /^([^:#]+)([:#])(0|[1-9]\d*)$/.exec(jobId) ?? [];
  if (whole === undefined) return `there is no job ${jobId}`;
  const { jobs: [job] = [] } = await client.batch('DescribeJobs', { jobs: [whole] });
  if (!job) return `there is no job ${whole}`;
  return mark === ':' ? absentChild(job, Number(digits)) : absentNode(job, Number(digits));
}

function absentChild({ jobId, arrayProperties, nodeProperties }: JobDetail, index: number): string {
  const last = (arrayProperties?.size ?? 0) - 1;
  if (last > 0) return `job ${jobId} has children 0 to ${last}: there is no child ${index}`;
  const nodes = nodeProperties?.numNodes;
  return `job ${jobId} is no array${nodes === undefined ? '' : `: its nodes are ${jobId}#0 to #${nodes - 1}`}`;
}

function absentNode({ jobId, status, arrayProperties, nodeProperties }: JobDetail, index: number): string {
  const last = (nodeProperties?.numNodes ?? 0) - 1;
  if (last < 0) {
    const size = arrayProperties?.size;
    return `job ${jobId} has no nodes${size === undefined ? '' : `: its children are ${jobId}:0 to :${size - 1}`}`;
  }
  if (index > last) return `job ${jobId} has nodes 0 to ${last}: there is no node ${index}`;
  const hasEnded = isTerminal(status as JobStatus);
  return `node ${index} of job ${jobId} ${hasEnded ? 'never started' : 'has not started'}: the job is ${status}`;
}
