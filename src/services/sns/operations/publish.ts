import type { PublishCommandInput, PublishCommandOutput } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { textOf } from '../../../core/unvalidated.ts';
import { checkMessage } from '../message.ts';
import { snsOperation, topicRequest } from '../operation.ts';
import { newPosting, publishAll } from '../publication.ts';
import { publishOnce } from '../publish-once.ts';
import { demand, invalidParameter } from '../refusals.ts';
import { messageMembers } from '../shapes.ts';
import { findTopic } from '../topics.ts';

/** Answers once the deliveries are durable. */
export const publish = snsOperation<PublishCommandInput, PublishCommandOutput>()({
  schema: z.object({
    TopicArn: z.string().optional(),
    TargetArn: z.string().optional(),
    PhoneNumber: z.string().optional(),
    ...messageMembers,
  }),
  readOnly: false,
  audit: { kind: 'data', hide: ['Message', 'MessageAttributes', 'Subject'] },
  access: ({ TopicArn, TargetArn }, context, runtime) => [
    topicRequest(runtime, context, 'Publish', textOf(TopicArn) ?? TargetArn),
  ],
  handler: async (runtime, input, context) => {
    if (input.PhoneNumber !== undefined) {
      throw invalidParameter('PhoneNumber Reason: this version of Batchyard sends no text messages');
    }
    const { TopicArn, TargetArn } = input;
    demand(
      TopicArn === undefined || TargetArn === undefined,
      'Both TopicArn and TargetArn are specified, only one of them can be',
    );
    const arn = TopicArn ?? TargetArn;
    demand(arn !== undefined, 'TopicArn or TargetArn Reason: no value for required parameter');
    const message = checkMessage(input);
    const topic = findTopic(runtime.ledger, context, arn, TopicArn === undefined ? 'TargetArn' : 'TopicArn');
    const MessageId = await publishOnce(runtime, context, input, async (remember) => {
      const posting = newPosting(runtime, message);
      const { messageId } = posting;
      await publishAll(runtime, topic, [posting], remember && ((transaction) => remember(transaction, messageId)));
      return messageId;
    });
    return { MessageId };
  },
});
