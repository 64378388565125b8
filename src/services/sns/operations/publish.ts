import type { PublishCommandInput, PublishCommandOutput } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { textOf } from '../../../core/unvalidated.ts';
import type { Transaction } from '../../../store/index.ts';
import type { Numbered } from '../fifo/index.ts';
import { type CheckedMessage, checkMessage } from '../message.ts';
import { snsOperation, topicRequest } from '../operation.ts';
import { publishInOrder } from '../ordered-publication.ts';
import { newPosting, publishAll } from '../publication.ts';
import { publishOnce } from '../publish-once.ts';
import type { TopicRecord } from '../records.ts';
import { demand, invalidParameter } from '../refusals.ts';
import type { SnsRuntime } from '../runtime.ts';
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
    const topic = findTopic(runtime.ledger, context, arn, TopicArn === undefined ? 'TargetArn' : 'TopicArn');
    const message = checkMessage(topic, input);
    const answer = await publishOnce(runtime, context, input, (remember) =>
      publishOne(runtime, topic, message, remember),
    );
    const [MessageId, SequenceNumber] = answer.split(' ');
    return { MessageId, ...(SequenceNumber !== undefined && { SequenceNumber }) };
  },
});

/** Publishes a message, and answers its id; that of a FIFO topic with its number behind. */
async function publishOne(
  runtime: SnsRuntime,
  topic: TopicRecord,
  message: CheckedMessage,
  remember: ((transaction: Transaction, answer: string) => void) | undefined,
): Promise<string> {
  const posting = newPosting(runtime, message);
  const { messageId } = posting;
  const { order } = message;
  if (!order) {
    await publishAll(runtime, topic, [posting], remember && ((transaction) => remember(transaction, messageId)));
    return messageId;
  }
  const keep =
    remember && ((transaction: Transaction, [first]: readonly Numbered[]) => remember(transaction, answerOf(first)));
  const [numbered] = await publishInOrder(runtime, topic, [{ ...posting, order }], keep);
  return answerOf(numbered);
}

function answerOf(numbered: Numbered | undefined): string {
  if (!numbered) throw new Error('a message that was published has no number');
  return `${numbered.messageId} ${numbered.sequence}`;
}
