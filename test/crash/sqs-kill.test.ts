import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { times } from '../support/effort.ts';
import { clientsOf } from '../support/sdk.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';

const kills = times(5);
const sendersEach = 6;
const consumers = 3;

test('a message whose sending was answered is received though the server is killed, and none after its deletion was answered', async (t) => {
  const server = await ServerProcess.start(t, ['--engine', 'mock']);
  const random = new SeededRandom();
  t.diagnostic(`TEST_SEED=${random.seed}`);
  const { sqs, close } = clientsOf(server, { maxAttempts: 1 });
  t.after(close);
  const Attributes = { VisibilityTimeout: '3' };
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'q', Attributes }));

  const acknowledged = new Set<string>();
  const received = new Set<string>();
  const deleted = new Set<string>();
  const back: string[] = [];
  /** One turn of a consumer. While the server is dead nobody answers. */
  const consume = async (): Promise<void> => {
    const asked = { QueueUrl, MaxNumberOfMessages: 1 + random.below(10), WaitTimeSeconds: 1 };
    const answer = await sqs.send(new ReceiveMessageCommand(asked)).catch(() => undefined);
    if (!answer) await until('the server to be there', () => server.isRunning);
    const { Messages = [] } = answer ?? {};
    for (const { Body = '', MessageId = '', ReceiptHandle } of Messages) {
      if (deleted.has(MessageId)) back.push(Body);
      received.add(Body);
      // Some consumers die with what they have.
      if (random.below(8) === 0) continue;
      const isDeleted = await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })).catch(() => undefined);
      if (isDeleted) deleted.add(MessageId);
    }
  };
  let sent = 0;
  const send = async (): Promise<void> => {
    sent += 1;
    const MessageBody = `m${sent}`;
    const command = new SendMessageCommand({ QueueUrl, MessageBody });
    await until(`an answer about ${MessageBody}`, () => sqs.send(command).catch(() => undefined));
    acknowledged.add(MessageBody);
  };

  let isOver = false;
  const consuming = Array.from({ length: consumers }, async () => {
    while (!isOver) await consume();
  });
  for (let kill = 0; kill < kills; kill += 1) {
    const sending = Array.from({ length: sendersEach }, async () => {
      for (let each = 0; each < 5; each += 1) await send();
    });
    // A random moment: when so many more have been received.
    const enough = received.size + random.below(15);
    await until('messages to be received', () => received.size >= Math.min(enough, acknowledged.size));
    await server.kill();
    await server.restart();
    await Promise.all(sending);
  }
  const counts = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  await until('the queue to be empty', async () => {
    const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...counts] });
    const { Attributes: found } = await sqs.send(asked);
    return counts.every((name) => found?.[name] === '0');
  });
  isOver = true;
  await Promise.all(consuming);
  assert.deepEqual(
    [...acknowledged].filter((body) => !received.has(body)),
    [],
  );
  assert.equal(acknowledged.size, kills * sendersEach * 5);
  assert.deepEqual(back, []);
});
