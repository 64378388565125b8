import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateTopicCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { times } from '../support/effort.ts';
import { clientsOf } from '../support/sdk.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';

const kills = times(2);
const messagesEach = 6;
const groups = ['a', 'b'] as const;

test('groups of a FIFO topic come in order and once, though the server is killed while they are published', async (t) => {
  const server = await ServerProcess.start(t);
  const random = new SeededRandom();
  t.diagnostic(`TEST_SEED=${random.seed}`);
  const { sns, sqs, close } = clientsOf(server, { maxAttempts: 60 });
  t.after(close);
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'q.fifo', Attributes: { FifoQueue: 'true', VisibilityTimeout: '600' } }),
  );
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 't.fifo', Attributes: { FifoTopic: 'true' } }));
  const Endpoint = 'arn:aws:sqs:us-east-1:123456789012:q.fifo';
  const Attributes = { RawMessageDelivery: 'true' };
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }));

  const sent: Record<string, string[]> = { a: [], b: [] };
  const numbers: string[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const killAt = random.below(messagesEach);
    const killed = Promise.withResolvers<void>();
    const underWay = groups.map(async (group) => {
      for (let each = 0; each < messagesEach; each += 1) {
        const name = `${group}-${kill}-${each}`;
        const input = { TopicArn, Message: name, MessageGroupId: group, MessageDeduplicationId: name };
        if (group === 'a' && each === killAt) killed.resolve();
        // Nobody answers while the server is dead: it is sent again, and may have been taken before.
        const send = () => sns.send(new PublishCommand(input)).catch(() => undefined);
        const { SequenceNumber = '' } = await until(`an answer about ${name}`, send);
        sent[group]?.push(name);
        if (group === 'a') numbers.push(SequenceNumber);
      }
    });
    await killed.promise;
    await server.kill();
    await server.restart();
    await Promise.all(underWay);
  }

  const received: Record<string, string[]> = { a: [], b: [] };
  await until('all messages', async () => {
    const asked = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, AttributeNames: ['All' as const] };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(asked));
    for (const { Body = '', Attributes: told, ReceiptHandle } of Messages) {
      received[told?.MessageGroupId ?? '']?.push(Body);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    return groups.every((group) => (received[group]?.length ?? 0) >= (sent[group]?.length ?? 0));
  });
  assert.deepEqual(received, sent);
  assert.deepEqual(numbers, numbers.toSorted());
  assert.equal(new Set(numbers).size, numbers.length);
});
