import type { JobDetail, JobSummary } from '@aws-sdk/client-batch';
import type { JobStatus } from '../../core/job.ts';
import type { ServerCalls } from '../client/client.ts';
import { type Ask, once } from './watch.ts';

/** The most that DescribeJobs takes. */
const describedPerCall = 100;

/** Pages of an array's children that are in a state, by index; at most 1,000 children a page. */
export async function* listChildren(
  client: ServerCalls,
  arrayJobId: string,
  jobStatus: JobStatus,
  ask: Ask = once,
): AsyncGenerator<readonly JobSummary[], void> {
  let nextToken: string | undefined;
  do {
    const after = nextToken === undefined ? {} : { nextToken };
    const page = await ask(() => client.batch('ListJobs', { arrayJobId, jobStatus, ...after }));
    yield page.jobSummaryList ?? [];
    nextToken = page.nextToken;
  } while (nextToken);
}

/** Jobs as they are now, a hundred at a time. What is not there any more is left out. */
export async function* describeInTurn(
  client: ServerCalls,
  ids: readonly string[],
  ask: Ask = once,
): AsyncGenerator<readonly JobDetail[], void> {
  for (let from = 0; from < ids.length; from += describedPerCall) {
    const jobs = ids.slice(from, from + describedPerCall);
    const answer = await ask(() => client.batch('DescribeJobs', { jobs }));
    yield answer.jobs ?? [];
  }
}
