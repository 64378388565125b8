import type { DescribeServiceJobResponse, JobQueueDetail } from '@aws-sdk/client-batch';
import { ApiError } from '../client/api-error.ts';
import type { Client } from '../client/client.ts';

/** Whether service jobs wait in a queue, and no others. */
export function isOfServiceJobs({ jobQueueType }: JobQueueDetail): boolean {
  return jobQueueType?.startsWith('SAGEMAKER') ?? false;
}

/** The service job with this id; undefined where there is none. */
export async function findServiceJob(client: Client, jobId: string): Promise<DescribeServiceJobResponse | undefined> {
  try {
    return await client.batch('DescribeServiceJob', { jobId });
  } catch (error) {
    if (error instanceof ApiError && error.code === 'ClientException') return undefined;
    throw error;
  }
}
