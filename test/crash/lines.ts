import { DescribeJobsCommand } from '@aws-sdk/client-batch';
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Clients } from '../support/sdk.ts';

/** What a job has written to its log, as the service reads it. */
export async function linesOf({ batch, logs }: Clients, jobId: string): Promise<string[]> {
  const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
  const logStreamName = jobs[0]?.container?.logStreamName ?? '';
  const { events = [] } = await logs.send(
    new GetLogEventsCommand({ logGroupName: '/aws/batch/job', logStreamName, startFromHead: true }),
  );
  return events.map(({ message = '' }) => message);
}
