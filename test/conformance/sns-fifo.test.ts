import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateTopicCommand, PublishBatchCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteMessageCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { until } from '../support/wait.ts';
import { awsCli, batchyard, runCommand } from './command.ts';
import { account, openYard, region } from './yard.ts';

const { server, sns, sqs } = await openYard();

async function queueOf(QueueName: string) {
  const Attributes: Record<string, string> = QueueName.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  /** So many messages, each taken off before the next is asked for: of a group only the first is given. */
  const take = async (count: number): Promise<readonly Message[]> => {
    const taken: Message[] = [];
    await until(`${count} messages in ${QueueName}`, async () => {
      const asked = { QueueUrl, WaitTimeSeconds: 5, MaxNumberOfMessages: 1, AttributeNames: ['All' as const] };
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(asked));
      for (const message of Messages) {
        taken.push(message);
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
      }
      return taken.length >= count;
    });
    return taken;
  };
  return { arn: `arn:aws:sqs:${region}:${account}:${QueueName}`, take };
}

async function topicTo(Name: string, queues: readonly string[], Attributes: Record<string, string> = {}) {
  const { TopicArn } = await sns.send(
    new CreateTopicCommand({ Name, Attributes: { FifoTopic: 'true', ...Attributes } }),
  );
  for (const Endpoint of queues) {
    const raw = { RawMessageDelivery: 'true' };
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes: raw }));
  }
  return TopicArn ?? assert.fail('a topic has an ARN');
}

test('a FIFO topic brings the messages of a group to its queues in order, each once', async () => {
  const [ordered, plain] = [await queueOf('ordered.fifo'), await queueOf('plain')];
  const TopicArn = await topicTo('orders.fifo', [ordered.arn, plain.arn]);
  const publish = (Message: string, MessageDeduplicationId: string) =>
    sns.send(new PublishCommand({ TopicArn, Message, MessageGroupId: 'g', MessageDeduplicationId }));
  const [first, second] = [await publish('1', 'a'), await publish('2', 'b')];
  const again = await publish('again', 'a');
  assert.deepEqual([again.MessageId, again.SequenceNumber], [first.MessageId, first.SequenceNumber]);
  assert.ok(BigInt(first.SequenceNumber ?? 0) < BigInt(second.SequenceNumber ?? 0));
  const entries = ['3', '4', '5'].map((Message) => ({
    ...{ Id: Message, Message, MessageGroupId: 'g', MessageDeduplicationId: Message },
  }));
  const { Successful = [] } = await sns.send(
    new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries }),
  );
  assert.equal(Successful.filter(({ SequenceNumber }) => SequenceNumber).length, 3);
  const taken = await ordered.take(5);
  assert.deepEqual(
    taken.map(({ Body }) => Body),
    ['1', '2', '3', '4', '5'],
  );
  const { MessageGroupId, MessageDeduplicationId } = taken[0]?.Attributes ?? {};
  assert.deepEqual([MessageGroupId, MessageDeduplicationId], ['g', 'a']);
  const others = (await plain.take(5)).map(({ Body }) => Body).toSorted();
  assert.deepEqual(others, ['1', '2', '3', '4', '5']);
});

test('the aws CLI publishes to a FIFO topic with content-based deduplication', awsCli.needed, async () => {
  const queue = await queueOf('by-cli.fifo');
  const TopicArn = await topicTo('by-cli.fifo', [queue.arn], { ContentBasedDeduplication: 'true' });
  const { port } = new URL(server.url);
  const script = `eval "$('${batchyard}' env --data '${server.dataDirectory}' --port ${port})" && exec "$0" "$@"`;
  const aws = async (...words: readonly string[]) => {
    const { exit, stdout, stderr } = await runCommand('/bin/sh', ['-c', script, awsCli.file, ...words]);
    assert.equal(exit, 0, stderr);
    return JSON.parse(stdout);
  };
  const words = ['sns', 'publish', '--topic-arn', TopicArn, '--message', 'hello', '--message-group-id', 'g'];
  const [first, second] = [await aws(...words), await aws(...words)];
  assert.match(first.SequenceNumber, /^\d{20}$/);
  assert.deepEqual(second, first);
  assert.equal((await queue.take(1))[0]?.Body, 'hello');
});
