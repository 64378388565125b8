import assert from 'node:assert/strict';
import { CreateTopicCommand, PublishCommand } from '@aws-sdk/client-sns';
import type { Clients } from '../support/sdk.ts';

const message = { Message: 'golden', MessageGroupId: 'golden' };

/** A FIFO topic, of whose messages one has a number. */
export async function makeOrderedTopic({ sns }: Clients): Promise<void> {
  const Attributes = { FifoTopic: 'true' };
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'golden.fifo', Attributes }));
  await sns.send(new PublishCommand({ TopicArn, ...message, MessageDeduplicationId: 'first' }));
}

/** The next message has the next number. */
export async function expectOrderedTopic({ sns }: Clients): Promise<void> {
  const TopicArn = 'arn:aws:sns:us-east-1:123456789012:golden.fifo';
  const next = new PublishCommand({ TopicArn, ...message, MessageDeduplicationId: 'second' });
  assert.equal((await sns.send(next)).SequenceNumber, '10000000000000001000');
}
