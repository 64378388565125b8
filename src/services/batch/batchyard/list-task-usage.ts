import { z } from 'zod';
import type { TaskId } from '../../../core/ids.ts';
import type { ResourceRequest } from '../../../core/job.ts';
import type { Operation } from '../../../core/operation.ts';
import type { ContainerUsage } from '../../../engines/index.ts';
import { batchyardOperation } from '../operation.ts';
import { formatToken, parseToken } from '../page.ts';
import { invalid } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';
import { readJobs } from '../shown-jobs.ts';
import { startedAt } from '../views/job.ts';
import type { UsagePage } from '../yard/index.ts';

export interface ListTaskUsageInput {
  readonly nextToken?: string | undefined;
}

export interface ListTaskUsageOutput {
  /** Tasks that run, in no order that means something. */
  readonly tasks: readonly {
    readonly jobId: string;
    readonly jobName: string;
    /** ARN. */
    readonly jobQueue: string;
    readonly taskId: string;
    readonly attempt: number;
    /** Epoch milliseconds. */
    readonly startedAt?: number;
    readonly asked: ResourceRequest;
    /** Those that were measured. */
    readonly containers: readonly ContainerUsage[];
  }[];
  /** Engines that do not tell, and why. */
  readonly silent: UsagePage['silent'];
  readonly nextToken?: string;
}

const tokenKind = 'ListTaskUsage';
const tasksPerPage = 200;

/** What the tasks use that run: CPU time so far, memory now and at most. */
export function listTaskUsage(runtime: BatchRuntime): Operation<ListTaskUsageInput, ListTaskUsageOutput> {
  const { yard, store } = runtime;
  return batchyardOperation<ListTaskUsageInput, ListTaskUsageOutput>(runtime, {
    schema: z.object({ nextToken: z.string().optional() }),
    readOnly: true,
    audit: 'management',
    access: () => [{ action: 'batchyard:ListTaskUsage', resource: '*' }],
    handler: async ({ nextToken }, context) => {
      const after = nextToken === undefined ? undefined : readToken(nextToken);
      const page = await yard.usage.page(context, tasksPerPage, after);
      const ids = page.tasks.map(({ id }) => id);
      const jobs = new Map((await readJobs(store.reads, context, ids)).map((job) => [job.id, job]));
      return {
        tasks: page.tasks.flatMap(({ id, taskId, attempt, asked, containers }) => {
          const job = jobs.get(id);
          if (!job) return [];
          const { jobName, jobQueueArn: jobQueue } = job.record;
          const since = startedAt(job.state);
          const started = since === undefined ? {} : { startedAt: since };
          return [{ jobId: id, jobName, jobQueue, taskId, attempt, ...started, asked, containers }];
        }),
        silent: page.silent,
        ...(page.next && { nextToken: formatToken(tokenKind, { taskId: page.next }) }),
      };
    },
  });
}

function readToken(token: string): TaskId {
  const { taskId } = parseToken(tokenKind, token);
  return typeof taskId === 'string' ? (taskId as TaskId) : invalid('Invalid nextToken');
}
