import type { JobDetail } from '@aws-sdk/client-batch';
import { isTerminal, type JobStatus } from '../../core/job.ts';
import { type FollowArrayOptions, FollowedChildren } from './followed-children.ts';
import type { ChildLine } from './stored-lines.ts';
import { type Seen, watch } from './watch.ts';
import { describeJob } from './watch-job.ts';

/**
 * What the children write until all have ended: first what those have written that have ended already, by time, then what the
 * others write, as it is found, by time. Each line once. Survives a restart of the server.
 */
export async function* followArray(array: JobDetail, options: FollowArrayOptions): AsyncGenerator<ChildLine, void> {
  const followed = new FollowedChildren(array, options);
  yield* followed.past();
  yield* watch(options, async function* (ask) {
    const now = await ask(() => describeJob(options.client, array.jobId ?? ''));
    let seen: Seen = 'nothing new';
    for await (const line of followed.news(now)) {
      seen = 'news';
      yield line;
    }
    return isTerminal(now.status as JobStatus) ? 'the end' : seen;
  });
}
