import type {
  CreateLogStreamCommandInput,
  CreateLogStreamCommandOutput,
  DeleteLogStreamCommandInput,
  DeleteLogStreamCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import { deliveryAccess, groupAccess } from '../access.ts';
import { demand } from '../constraints.ts';
import { findGroup, isDoomed, timeAfterDeletion } from '../groups.ts';
import { groupNameRule, streamNameRule } from '../names.ts';
import { logsOperation } from '../operation.ts';
import { groupBeingDeleted, streamExists } from '../refusals.ts';
import { findStream, newStream, removeStream } from '../streams.ts';

const schema = z.object({ logGroupName: z.string(), logStreamName: z.string() });

function check(input: z.infer<typeof schema>): void {
  demand(groupNameRule('logGroupName', input.logGroupName), streamNameRule('logStreamName', input.logStreamName));
}

export const createLogStream = logsOperation<CreateLogStreamCommandInput, CreateLogStreamCommandOutput>()({
  schema,
  readOnly: false,
  audit: 'management',
  access: deliveryAccess('CreateLogStream'),
  handler: (runtime, input, context) => {
    check(input);
    const { logGroupName: groupName, logStreamName: name } = input;
    // Two calls of one name must not both find none.
    const place = JSON.stringify([context.account, context.region, groupName, name]);
    return runtime.turns.take(place, async () => {
      findGroup(runtime, context, groupName);
      const there = await runtime.store.reads.logStream(context, groupName, name);
      if (there) throw isDoomed(runtime, there) ? groupBeingDeleted() : streamExists();
      runtime.ledger.transact((transaction) => {
        findGroup(runtime, context, groupName);
        const createdAt = timeAfterDeletion(runtime, context, groupName);
        const record = newStream(runtime, context, { groupName, name }, { createdAt, live: false });
        transaction.add({ kind: 'stream.put', record });
      });
      return {};
    });
  },
});

export const deleteLogStream = logsOperation<DeleteLogStreamCommandInput, DeleteLogStreamCommandOutput>()({
  schema,
  readOnly: false,
  audit: 'management',
  access: groupAccess('DeleteLogStream'),
  handler: async (runtime, input, context) => {
    check(input);
    findGroup(runtime, context, input.logGroupName);
    await removeStream(runtime, await findStream(runtime, context, input.logGroupName, input.logStreamName));
    return {};
  },
});
