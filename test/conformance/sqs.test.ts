import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { CreateTopicCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  type CreateQueueCommandInput,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  StartMessageMoveTaskCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';
import { awsCli, runCommand } from './command.ts';
import { sendRaw } from './raw-request.ts';
import { account, refusalOf, region, wholeFile } from './yard.ts';

const server = await ServerProcess.start(wholeFile, ['--log-level', 'warn']);
const clients = clientsOf(server);
after(clients.close);
const { sqs, sns } = clients;

const arnOf = (name: string) => `arn:aws:sqs:${region}:${account}:${name}`;

async function newQueue(
  QueueName: string,
  Attributes?: CreateQueueCommandInput['Attributes'],
  tags?: Record<string, string>,
): Promise<string> {
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName, ...(Attributes && { Attributes }), ...(tags && { tags }) }),
  );
  return QueueUrl ?? assert.fail('a queue has a URL');
}

async function send(QueueUrl: string, MessageBody: string, given: Partial<SendMessageCommandInput> = {}) {
  return sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...given }));
}

async function receive(QueueUrl: string, given: Partial<ReceiveMessageCommandInput> = {}) {
  const input = { QueueUrl, MaxNumberOfMessages: 10, ...given };
  return (await sqs.send(new ReceiveMessageCommand(input))).Messages ?? [];
}

async function bodies(QueueUrl: string, given: Partial<ReceiveMessageCommandInput> = {}): Promise<unknown[]> {
  return (await receive(QueueUrl, given)).map(({ Body }) => Body);
}

async function counts(QueueUrl: string): Promise<unknown[]> {
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  return [
    Attributes.ApproximateNumberOfMessages,
    Attributes.ApproximateNumberOfMessagesNotVisible,
    Attributes.ApproximateNumberOfMessagesDelayed,
  ].map(Number);
}

test('a queue is made once, found, listed, tagged and deleted', async () => {
  const url = await newQueue('plain', { VisibilityTimeout: '40' }, { team: 'a' });
  assert.equal(url, `${server.url}/${account}/plain`);
  assert.equal(await newQueue('plain', { VisibilityTimeout: '40' }), url);
  const other = await refusalOf(newQueue('plain', { VisibilityTimeout: '41' }));
  assert.equal(other.name, 'QueueNameExists');
  await newQueue('plain-2');
  assert.deepEqual((await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'plain' }))).QueueUrls, [url, `${url}-2`]);
  const page = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'plain', MaxResults: 1 }));
  const rest = await sqs.send(
    new ListQueuesCommand({ QueueNamePrefix: 'plain', MaxResults: 1, NextToken: page.NextToken }),
  );
  assert.deepEqual([page.QueueUrls, rest.QueueUrls, rest.NextToken], [[url], [`${url}-2`], undefined]);
  assert.equal((await sqs.send(new GetQueueUrlCommand({ QueueName: 'plain' }))).QueueUrl, url);
  await sqs.send(new TagQueueCommand({ QueueUrl: url, Tags: { stage: 'b' } }));
  await sqs.send(new UntagQueueCommand({ QueueUrl: url, TagKeys: ['team'] }));
  assert.deepEqual((await sqs.send(new ListQueueTagsCommand({ QueueUrl: url }))).Tags, { stage: 'b' });
  await sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
  const gone = await refusalOf(sqs.send(new GetQueueUrlCommand({ QueueName: 'plain' })));
  assert.ok(['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'].includes(gone.name), gone.name);
  assert.equal((await refusalOf(newQueue('plain'))).name, 'QueueDeletedRecently');
});

test('a message is sent, received with what was asked for, and deleted; the SDK checks its digests', async () => {
  const url = await newQueue('messages');
  const MessageAttributes = {
    'a.text': { DataType: 'String', StringValue: 'é' },
    'a.bytes': { DataType: 'Binary.png', BinaryValue: Uint8Array.of(0, 255) },
    size: { DataType: 'Number', StringValue: '7' },
  };
  const sent = await send(url, 'hello <&> "\u{1F600}"', { MessageAttributes });
  const [message] = await receive(url, { MessageAttributeNames: ['a.*'], MessageSystemAttributeNames: ['All'] });
  assert.equal(message?.MessageId, sent.MessageId);
  assert.equal(message?.Body, 'hello <&> "\u{1F600}"');
  assert.deepEqual(Object.keys(message?.MessageAttributes ?? {}).sort(), ['a.bytes', 'a.text']);
  assert.deepEqual(message?.MessageAttributes?.['a.bytes']?.BinaryValue, Uint8Array.of(0, 255));
  assert.equal(message?.Attributes?.ApproximateReceiveCount, '1');
  assert.deepEqual(await counts(url), [0, 1, 0]);
  assert.deepEqual(await bodies(url), []);
  const ReceiptHandle = message?.ReceiptHandle;
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }));
  const [again] = await receive(url, { AttributeNames: ['ApproximateReceiveCount' as never] });
  assert.equal(again?.Attributes?.ApproximateReceiveCount, '2');
  await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: again?.ReceiptHandle }));
  await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: again?.ReceiptHandle }));
  assert.deepEqual(await counts(url), [0, 0, 0]);
  const forged = await refusalOf(sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: 'x' })));
  assert.equal(forged.name, 'ReceiptHandleIsInvalid');
});

test('a long poll is answered as soon as something is sent', async () => {
  const url = await newQueue('poll');
  const waiting = bodies(url, { WaitTimeSeconds: 20 });
  await send(url, 'now');
  assert.deepEqual(await waiting, ['now']);
});

test('a client that goes away while it waits is given nothing', async () => {
  const url = await newQueue('gone');
  const leaving = new AbortController();
  const input = { QueueUrl: url, WaitTimeSeconds: 20 };
  const waiting = sqs.send(new ReceiveMessageCommand(input), { abortSignal: leaving.signal });
  leaving.abort();
  await assert.rejects(waiting);
  await send(url, 'kept');
  assert.deepEqual(await bodies(url, { WaitTimeSeconds: 20 }), ['kept']);
});

test('batches answer entry by entry', async () => {
  const url = await newQueue('batches');
  const Entries = ['a', 'b', 'c'].map((Id) => ({ Id, MessageBody: Id === 'b' ? '\u0001' : Id }));
  const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
  assert.deepEqual(
    [sent.Successful?.map(({ Id }) => Id), sent.Failed?.map(({ Code }) => Code)],
    [['a', 'c'], ['InvalidMessageContents']],
  );
  const received = await receive(url);
  const deleted = received.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
  const gone = await sqs.send(
    new DeleteMessageBatchCommand({ QueueUrl: url, Entries: [...deleted, { Id: 'x', ReceiptHandle: 'no' }] }),
  );
  assert.deepEqual([gone.Successful?.length, gone.Failed?.map(({ Id }) => Id)], [2, ['x']]);
  const double = sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries: [...deleted, ...deleted] }));
  assert.equal((await refusalOf(double)).name, 'BatchEntryIdsNotDistinct');
});

test('a FIFO queue keeps groups in order, and knows what was sent before', async () => {
  const url = await newQueue('orders.fifo', { FifoQueue: 'true' });
  const put = (group: string, body: string, id = body) =>
    send(url, body, { MessageGroupId: group, MessageDeduplicationId: id });
  const first = await put('a', 'a1');
  await put('a', 'a2');
  await put('b', 'b1');
  assert.deepEqual((await put('a', 'other', 'a1')).MessageId, first.MessageId);
  const [one] = await receive(url, { MaxNumberOfMessages: 1 });
  assert.equal(one?.Body, 'a1');
  assert.deepEqual(await bodies(url), ['b1']);
  await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: one?.ReceiptHandle }));
  const attempt = { ReceiveRequestAttemptId: 'try-1' };
  const given = await receive(url, attempt);
  assert.deepEqual(
    given.map(({ Body }) => Body),
    ['a2'],
  );
  assert.deepEqual(
    (await receive(url, attempt)).map(({ ReceiptHandle }) => ReceiptHandle),
    [given[0]?.ReceiptHandle],
  );
});

test('what is received too often moves to the dead-letter queue, and a task moves it back', async () => {
  const dead = await newQueue('dead');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 1 });
  const url = await newQueue('failing', { RedrivePolicy });
  await send(url, 'poison');
  assert.deepEqual(await bodies(url, { VisibilityTimeout: 0 }), ['poison']);
  assert.deepEqual(await bodies(url), []);
  const [letter] = await receive(dead, { VisibilityTimeout: 0, MessageSystemAttributeNames: ['All'] });
  assert.equal(letter?.Attributes?.DeadLetterQueueSourceArn, arnOf('failing'));
  const sources = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead }));
  assert.deepEqual(sources.queueUrls, [url]);
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arnOf('dead') }));
  await until('the task is over', async () => {
    const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arnOf('dead') }));
    return Results?.[0]?.Status === 'COMPLETED' && Results[0].ApproximateNumberOfMessagesMoved === 1;
  });
  assert.deepEqual(await bodies(url), ['poison']);
});

test('a purge takes what was sent before it, and nothing that was sent after', async () => {
  const url = await newQueue('purged');
  await send(url, 'before');
  await sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
  await send(url, 'after');
  assert.deepEqual(await bodies(url), ['after']);
  assert.equal((await refusalOf(sqs.send(new PurgeQueueCommand({ QueueUrl: url })))).name, 'PurgeQueueInProgress');
});

test('a topic delivers to a queue, in an envelope or raw', async () => {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'to-queues' }));
  const urls = await Promise.all(['enveloped', 'raw'].map((name) => newQueue(name)));
  for (const [at, Attributes] of [{}, { RawMessageDelivery: 'true' }].entries()) {
    const Endpoint = arnOf(at === 0 ? 'enveloped' : 'raw');
    const answer = await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }));
    assert.ok(answer.SubscriptionArn?.startsWith(`${TopicArn}:`), 'a queue needs not confirm');
  }
  const MessageAttributes = { colour: { DataType: 'String', StringValue: 'red' } };
  await sns.send(new PublishCommand({ TopicArn, Message: 'news', Subject: 'S', MessageAttributes }));
  const [enveloped] = await receive(urls[0] ?? '', { WaitTimeSeconds: 5 });
  const envelope = JSON.parse(enveloped?.Body ?? '{}');
  assert.deepEqual([envelope.Type, envelope.Message, envelope.TopicArn], ['Notification', 'news', TopicArn]);
  const [raw] = await receive(urls[1] ?? '', { MessageAttributeNames: ['All'] });
  assert.deepEqual([raw?.Body, raw?.MessageAttributes?.colour?.StringValue], ['news', 'red']);
});

test('messages, leases and what was sent before survive kill -9', async (context) => {
  const own = await ServerProcess.start(context, ['--log-level', 'warn']);
  const mine = clientsOf(own);
  const { QueueUrl = '' } = await mine.sqs.send(
    new CreateQueueCommand({ QueueName: 'kept.fifo', Attributes: { FifoQueue: 'true' } }),
  );
  const put = (MessageBody: string) => {
    const input = { QueueUrl, MessageBody, MessageGroupId: MessageBody, MessageDeduplicationId: MessageBody };
    return input;
  };
  const first = await mine.sqs.send(new SendMessageCommand(put('a')));
  await mine.sqs.send(new SendMessageCommand(put('b')));
  const take = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1 });
  const leased = (await mine.sqs.send(take)).Messages?.[0];
  mine.close();
  await own.kill();
  await own.restart();
  const later = clientsOf(own);
  const repeated = await later.sqs.send(new SendMessageCommand(put('a')));
  assert.equal(repeated.MessageId, first.MessageId);
  const rest = await later.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  assert.deepEqual(
    rest.Messages?.map(({ Body }) => Body),
    [leased?.Body === 'a' ? 'b' : 'a'],
  );
  await later.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: leased?.ReceiptHandle }));
  later.close();
});

test('the aws CLI sends and receives', awsCli.needed, async () => {
  const url = await newQueue('cli');
  const { accessKeyId, secretAccessKey } = server.credentials;
  const env = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_DEFAULT_REGION: region,
  };
  const all = async (words: readonly string[]) => {
    const result = await runCommand(awsCli.file, ['--endpoint-url', server.url, ...words], { env });
    assert.equal(result.exit, 0, result.stderr);
    return result;
  };
  await all(['sqs', 'send-message', '--queue-url', url, '--message-body', 'from the CLI']);
  const { stdout } = await all(['sqs', 'receive-message', '--queue-url', url]);
  assert.equal(JSON.parse(stdout).Messages[0].Body, 'from the CLI');
});

test('older clients post forms to the path of a queue, and know errors by their older names', async () => {
  const url = await newQueue('old');
  const post = async (path: string, given: Record<string, string>) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams({ ...given, Version: '2012-11-05' }).toString();
    return sendRaw(server, { path, headers, body, service: 'sqs' });
  };
  const path = new URL(url).pathname;
  const sent = await post(path, {
    Action: 'SendMessage',
    MessageBody: 'a & b',
    'MessageAttribute.1.Name': 'n',
    'MessageAttribute.1.Value.DataType': 'Number',
    'MessageAttribute.1.Value.StringValue': '7',
  });
  assert.match(sent.body, /<SendMessageResult><MessageId>[^<]+<\/MessageId><MD5OfMessageBody>[0-9a-f]{32}</);
  const asked = { Action: 'ReceiveMessage', 'AttributeName.1': 'All', 'MessageAttributeName.1': 'n' };
  const { body } = await post(path, { ...asked, MaxNumberOfMessages: '10' });
  assert.match(body, /<Message><MessageId>.*<Body>a &amp; b<\/Body>/);
  assert.match(body, /<Attribute><Name>ApproximateReceiveCount<\/Name><Value>1<\/Value><\/Attribute>/);
  assert.match(body, /<MessageAttribute><Name>n<\/Name><Value><StringValue>7<\/StringValue><DataType>Number</);
  const set = await post(path, {
    Action: 'SetQueueAttributes',
    'Attribute.Name': 'DelaySeconds',
    'Attribute.Value': '3',
  });
  assert.equal(set.status, 200, set.body);
  const missing = await post('/', { Action: 'GetQueueUrl', QueueName: 'none' });
  assert.deepEqual(
    [missing.status, /<Code>([^<]+)/.exec(missing.body)?.[1]],
    [400, 'AWS.SimpleQueueService.NonExistentQueue'],
  );
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.GetQueueUrl' };
  const json = await sendRaw(server, { path: '/', headers, body: '{"QueueName":"none"}', service: 'sqs' });
  assert.equal(json.headers['x-amzn-query-error'], 'AWS.SimpleQueueService.NonExistentQueue;Sender');
  assert.equal(JSON.parse(json.body).__type, 'QueueDoesNotExist');
});
