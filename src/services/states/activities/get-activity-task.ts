import type { GetActivityTaskCommandInput, GetActivityTaskCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { serviceOperation } from '../../../core/operation.ts';
import { resourceAccess } from '../access.ts';
import { quotas } from '../quotas.ts';
import { activityWorkerLimit } from '../refusals.ts';
import * as shapes from '../shapes.ts';
import { requireActivity } from './find.ts';
import type { ActivityRuntime } from './runtime.ts';

const schema = z.object({ activityArn: shapes.arn, workerName: shapes.name.optional() });

/** How long a worker waits for a task before it is told that there is none. */
const longPoll: Milliseconds = 60_000;

/** Gives a worker the next task of an activity; an answer without a task token after 60 seconds without one. */
export const getActivityTask = serviceOperation<
  ActivityRuntime,
  GetActivityTaskCommandInput,
  GetActivityTaskCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: false,
  audit: { kind: 'data', hideAnswer: ['input', 'taskToken'] },
  access: ({ activityArn }) => resourceAccess('GetActivityTask', activityArn),
  handler: async ({ ledger, queues }, { activityArn, workerName }, context) => {
    const { arn } = requireActivity(ledger, scopeOf(context), activityArn);
    if (queues.pollersOf(arn) >= quotas.pollersPerActivity) activityWorkerLimit(quotas.pollersPerActivity);
    const task = await queues.poll(arn, { workerName, wait: longPoll, signal: context.signal });
    return task ? { taskToken: task.taskToken, input: task.inputText ?? JSON.stringify(task.input) } : {};
  },
});
