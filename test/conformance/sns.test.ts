import assert from 'node:assert/strict';
import { verify, X509Certificate } from 'node:crypto';
import { after, test } from 'node:test';
import {
  AddPermissionCommand,
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  PublishCommand,
  type PublishCommandInput,
  RemovePermissionCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
  type SubscribeCommandInput,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';
import { awsCli, batchyard, runCommand } from './command.ts';
import { openEndpoint, type Receipt } from './sns-endpoint.ts';
import { account, refusalOf, region, wholeFile } from './yard.ts';

const server = await ServerProcess.start(wholeFile, ['--log-level', 'warn']);
const clients = clientsOf(server);
after(clients.close);
const { sns } = clients;
const endpoint = await openEndpoint(wholeFile);

const prefix = `arn:aws:sns:${region}:${account}`;

async function newTopic(name: string, Attributes?: Record<string, string>): Promise<string> {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name, ...(Attributes && { Attributes }) }));
  return TopicArn ?? assert.fail('a topic has an ARN');
}

/** Subscribes a path of the endpoint and confirms by the link that it is sent. */
async function subscribed(TopicArn: string, path: string, Attributes: SubscribeCommandInput['Attributes'] = {}) {
  const input = { TopicArn, Protocol: 'http', Endpoint: endpoint.url(path), Attributes, ReturnSubscriptionArn: true };
  const { SubscriptionArn } = await sns.send(new SubscribeCommand(input));
  const [receipt] = await endpoint.waitFor(path, 'SubscriptionConfirmation');
  const answer = await fetch(String(receipt?.envelope?.SubscribeURL));
  assert.equal(answer.status, 200);
  assert.ok((await answer.text()).includes(`<SubscriptionArn>${SubscriptionArn}</SubscriptionArn>`));
  return SubscriptionArn ?? assert.fail('a subscription has an ARN');
}

async function publish(input: PublishCommandInput): Promise<string> {
  return (await sns.send(new PublishCommand(input))).MessageId ?? assert.fail('a message has an id');
}

async function notified(path: string, count = 1): Promise<readonly Receipt[]> {
  return endpoint.waitFor(path, 'Notification', count);
}

async function topicAttributes(TopicArn: string): Promise<Record<string, string>> {
  return (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes ?? {};
}

async function subscriptionAttributes(SubscriptionArn: string): Promise<Record<string, string>> {
  return (await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes ?? {};
}

test('a topic is made once, listed, described, changed and deleted', async () => {
  const TopicArn = await newTopic('plain', { DisplayName: 'Plain' });
  assert.equal(TopicArn, `${prefix}:plain`);
  assert.equal(await newTopic('plain', { DisplayName: 'Plain' }), TopicArn);
  const differing = await refusalOf(newTopic('plain', { DisplayName: 'Other' }));
  assert.equal(differing.name, 'InvalidParameterException');
  assert.match(differing.message, /Topic already exists with different attributes/);
  const listed = await sns.send(new ListTopicsCommand({}));
  assert.ok(listed.Topics?.some((topic) => topic.TopicArn === TopicArn));
  const described = await topicAttributes(TopicArn);
  assert.deepEqual(
    [described.TopicArn, described.Owner, described.DisplayName, described.SubscriptionsConfirmed],
    [TopicArn, account, 'Plain', '0'],
  );
  assert.equal(JSON.parse(described.Policy ?? '').Id, '__default_policy_ID');
  assert.equal(JSON.parse(described.EffectiveDeliveryPolicy ?? '').http.defaultHealthyRetryPolicy.numRetries, 3);
  await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'DisplayName', AttributeValue: 'New' }));
  assert.equal((await topicAttributes(TopicArn)).DisplayName, 'New');
  await sns.send(new DeleteTopicCommand({ TopicArn }));
  await sns.send(new DeleteTopicCommand({ TopicArn }));
  const gone = await refusalOf(topicAttributes(TopicArn));
  assert.deepEqual([gone.name, gone.status, gone.message], ['NotFoundException', 404, 'Topic does not exist']);
});

test('listings of more than a hundred come in pages', async () => {
  const names = Array.from({ length: 120 }, (_, index) => `page-${String(index).padStart(3, '0')}`);
  await Promise.all(names.map((name) => newTopic(name)));
  const found: (string | undefined)[] = [];
  let NextToken: string | undefined;
  do {
    const page = await sns.send(new ListTopicsCommand({ ...(NextToken && { NextToken }) }));
    found.push(...(page.Topics ?? []).map(({ TopicArn }) => TopicArn));
    NextToken = page.NextToken;
  } while (NextToken);
  const mine = found.filter((arn) => arn?.startsWith(`${prefix}:page-`));
  assert.deepEqual(mine.toSorted(), names.map((name) => `${prefix}:${name}`).toSorted());
  await Promise.all(mine.map((TopicArn) => sns.send(new DeleteTopicCommand({ TopicArn }))));
});

test('tags of a topic are put, listed and taken off', async () => {
  const Tags = [{ Key: 'a', Value: '1' }];
  const { TopicArn: ResourceArn } = await sns.send(new CreateTopicCommand({ Name: 'tagged', Tags }));
  await sns.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'b', Value: '' }] }));
  await sns.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }));
  const listed = await sns.send(new ListTagsForResourceCommand({ ResourceArn }));
  assert.deepEqual(listed.Tags, [{ Key: 'b', Value: '' }]);
  const missing = await refusalOf(sns.send(new ListTagsForResourceCommand({ ResourceArn: `${prefix}:none` })));
  assert.equal(missing.name, 'ResourceNotFoundException');
});

test('permissions are added to the policy of a topic and removed from it', async () => {
  const TopicArn = await newTopic('permitted');
  const given = { TopicArn, Label: 'partner', AWSAccountId: ['111122223333'], ActionName: ['Publish'] };
  await sns.send(new AddPermissionCommand(given));
  const sids = async () =>
    JSON.parse((await topicAttributes(TopicArn)).Policy ?? '').Statement.map(({ Sid }: { Sid: string }) => Sid);
  assert.deepEqual(await sids(), ['__default_statement_ID', 'partner']);
  await sns.send(new RemovePermissionCommand({ TopicArn, Label: 'partner' }));
  assert.deepEqual(await sids(), ['__default_statement_ID']);
});

test('an endpoint is asked to confirm, gets nothing before it does, and then what is published', async () => {
  const TopicArn = await newTopic('confirmed');
  const input = { TopicArn, Protocol: 'http', Endpoint: endpoint.url('/confirmed') };
  assert.equal((await sns.send(new SubscribeCommand(input))).SubscriptionArn, 'pending confirmation');
  const [asked] = await endpoint.waitFor('/confirmed', 'SubscriptionConfirmation');
  assert.equal(asked?.headers['x-amz-sns-topic-arn'], TopicArn);
  await publish({ TopicArn, Message: 'too early' });
  const pending = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  assert.deepEqual(
    pending.Subscriptions?.map(({ SubscriptionArn }) => SubscriptionArn),
    ['PendingConfirmation'],
  );
  const wrong = await refusalOf(sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token: 'guess' })));
  assert.deepEqual([wrong.name, wrong.message], ['InvalidParameterException', 'Invalid parameter: Token']);
  const Token = String(asked?.envelope?.Token);
  const { SubscriptionArn } = await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
  const again = await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
  assert.equal(again.SubscriptionArn, SubscriptionArn);
  assert.equal((await sns.send(new SubscribeCommand(input))).SubscriptionArn, SubscriptionArn);
  const MessageAttributes = {
    word: { DataType: 'String', StringValue: 'x' },
    bytes: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2]) },
  };
  const messageId = await publish({ TopicArn, Message: 'grüße', Subject: 'Hello', MessageAttributes });
  const receipts = await notified('/confirmed');
  assert.equal(receipts.length, 1);
  const { headers, envelope = {} } = receipts[0] ?? assert.fail('a receipt');
  assert.deepEqual(
    [headers['x-amz-sns-message-id'], headers['x-amz-sns-subscription-arn'], headers['content-type']],
    [messageId, SubscriptionArn, 'text/plain; charset=UTF-8'],
  );
  assert.deepEqual(
    [envelope.Type, envelope.MessageId, envelope.TopicArn, envelope.Subject, envelope.Message],
    ['Notification', messageId, TopicArn, 'Hello', 'grüße'],
  );
  assert.deepEqual(envelope.MessageAttributes, {
    word: { Type: 'String', Value: 'x' },
    bytes: { Type: 'Binary', Value: 'AQI=' },
  });
  const attributes = await subscriptionAttributes(SubscriptionArn ?? '');
  assert.deepEqual([attributes.PendingConfirmation, attributes.ConfirmationWasAuthenticated], ['false', 'true']);
  const everywhere = await sns.send(new ListSubscriptionsCommand({}));
  assert.ok(everywhere.Subscriptions?.some((each) => each.SubscriptionArn === SubscriptionArn));
});

test('the certificate at SigningCertURL verifies signatures of both versions', async () => {
  for (const [version, digest] of [
    ['1', 'sha1'],
    ['2', 'sha256'],
  ] as const) {
    const TopicArn = await newTopic(`signed-${version}`, { SignatureVersion: version });
    await subscribed(TopicArn, `/signed-${version}`);
    await publish({ TopicArn, Message: 'signed', Subject: 'by us' });
    const [receipt] = await notified(`/signed-${version}`);
    const envelope = receipt?.envelope ?? {};
    assert.equal(envelope.SignatureVersion, version);
    const names = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];
    const text = names.map((name) => `${name}\n${envelope[name]}\n`).join('');
    const answer = await fetch(String(envelope.SigningCertURL));
    const certificate = new X509Certificate(await answer.text());
    assert.ok(certificate.verify(certificate.publicKey));
    const signature = Buffer.from(String(envelope.Signature), 'base64');
    assert.ok(verify(digest, Buffer.from(text), certificate.publicKey, signature));
    assert.ok(!verify(digest, Buffer.from(`${text}!`), certificate.publicKey, signature));
  }
});

test('raw delivery posts the message alone, with the content type of the delivery policy', async () => {
  const TopicArn = await newTopic('raw');
  await subscribed(TopicArn, '/raw', {
    RawMessageDelivery: 'true',
    DeliveryPolicy: JSON.stringify({ requestPolicy: { headerContentType: 'application/json' } }),
  });
  await publish({ TopicArn, Message: '{"a":1}' });
  const [receipt] = await notified('/raw');
  assert.equal(receipt?.text, '{"a":1}');
  assert.equal(receipt.headers['x-amz-sns-rawdelivery'], 'true');
  assert.equal(receipt.headers['content-type'], 'application/json');
});

test('a message structure of json gives each protocol its own text', async () => {
  const TopicArn = await newTopic('structured');
  await subscribed(TopicArn, '/structured', { RawMessageDelivery: 'true' });
  const texts = { default: 'for all', http: 'for http' };
  await publish({ TopicArn, Message: JSON.stringify(texts), MessageStructure: 'json' });
  assert.equal((await notified('/structured'))[0]?.text, 'for http');
  const bad = sns.send(new PublishCommand({ TopicArn, Message: '{"http":"x"}', MessageStructure: 'json' }));
  assert.match((await refusalOf(bad)).message, /No default entry in JSON message body/);
});

test('filter policies on attributes and on the body let through what matches', async () => {
  const TopicArn = await newTopic('filtered');
  const byAttribute = await subscribed(TopicArn, '/by-attribute', {
    RawMessageDelivery: 'true',
    FilterPolicy: JSON.stringify({ event: ['failed'], size: [{ numeric: ['>', 5] }] }),
  });
  await subscribed(TopicArn, '/by-body', {
    RawMessageDelivery: 'true',
    FilterPolicyScope: 'MessageBody',
    FilterPolicy: JSON.stringify({ job: { status: [{ prefix: 'FAIL' }] } }),
  });
  const attributes = (event: string, size: number) => ({
    event: { DataType: 'String', StringValue: event },
    size: { DataType: 'Number', StringValue: String(size) },
  });
  await publish({ TopicArn, Message: 'small', MessageAttributes: attributes('failed', 5) });
  await publish({ TopicArn, Message: 'other', MessageAttributes: attributes('done', 9) });
  await publish({ TopicArn, Message: 'without' });
  await publish({ TopicArn, Message: 'large', MessageAttributes: attributes('failed', 6) });
  const body = JSON.stringify({ job: { status: 'FAILED' } });
  await publish({ TopicArn, Message: body });
  assert.equal((await notified('/by-body'))[0]?.text, body);
  assert.deepEqual(
    (await notified('/by-attribute')).map(({ text }) => text),
    ['large'],
  );
  const bad = { SubscriptionArn: byAttribute, AttributeName: 'FilterPolicy', AttributeValue: '{"a":[]}' };
  const refused = await refusalOf(sns.send(new SetSubscriptionAttributesCommand(bad)));
  assert.deepEqual(
    [refused.name, refused.message],
    ['InvalidParameterException', 'Invalid parameter: FilterPolicy: Empty arrays are not allowed'],
  );
  await sns.send(new SetSubscriptionAttributesCommand({ ...bad, AttributeValue: '{}' }));
  assert.equal((await subscriptionAttributes(byAttribute)).FilterPolicy, undefined);
  await publish({ TopicArn, Message: 'unfiltered' });
  assert.equal((await notified('/by-attribute', 2))[1]?.text, 'unfiltered');
});

const quick = JSON.stringify({ healthyRetryPolicy: { minDelayTarget: 1, maxDelayTarget: 1, numRetries: 3 } });

test('a delivery is tried again after 500 and 429, and not after 400', async () => {
  const TopicArn = await newTopic('retried');
  await subscribed(TopicArn, '/retried', { RawMessageDelivery: 'true', DeliveryPolicy: quick });
  endpoint.answer('/retried', 200, 500, 429, 200, 400);
  for (const Message of ['first', 'second']) await publish({ TopicArn, Message });
  await notified('/retried', 4);
  await publish({ TopicArn, Message: 'third' });
  await publish({ TopicArn, Message: 'fourth' });
  await until('the fourth', () => endpoint.received('/retried').some(({ text }) => text === 'fourth'));
  const times = (word: string) => endpoint.received('/retried').filter(({ text }) => text === word).length;
  assert.equal(times('first') + times('second'), 4);
  assert.equal(times('third') + times('fourth'), 2);
});

test('a delivery that waits for its retry is made by the next server when this one is killed', async () => {
  const TopicArn = await newTopic('restarted');
  await subscribed(TopicArn, '/restarted', { RawMessageDelivery: 'true', DeliveryPolicy: quick });
  endpoint.answer('/restarted', 503);
  const messageId = await publish({ TopicArn, Message: 'kept' });
  await notified('/restarted');
  await server.kill();
  await server.restart();
  const receipts = await notified('/restarted', 2);
  assert.deepEqual(
    receipts.map(({ headers, text }) => [headers['x-amz-sns-message-id'], text]),
    [
      [messageId, 'kept'],
      [messageId, 'kept'],
    ],
  );
});

test('a batch publishes what is right in it and tells what is not', async () => {
  const TopicArn = await newTopic('batched');
  await subscribed(TopicArn, '/batched', { RawMessageDelivery: 'true' });
  const PublishBatchRequestEntries = [
    { Id: 'a', Message: 'one', MessageAttributes: { n: { DataType: 'Number', StringValue: '1' } } },
    { Id: 'b', Message: '' },
    { Id: 'c', Message: 'three' },
    { Id: 'd', Message: 'four', MessageAttributes: { n: { DataType: 'Number', StringValue: 'many' } } },
  ];
  const answer = await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
  assert.deepEqual(
    answer.Successful?.map(({ Id }) => Id),
    ['a', 'c'],
  );
  assert.deepEqual(
    answer.Failed?.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault]),
    [
      ['b', 'InvalidParameter', true],
      ['d', 'ParameterValueInvalid', true],
    ],
  );
  const texts = (await notified('/batched', 2)).map(({ text }) => text);
  assert.deepEqual(texts.toSorted(), ['one', 'three']);
  const many = Array.from({ length: 11 }, (_, index) => ({ Id: String(index), Message: 'x' }));
  const tooMany = await refusalOf(sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: many })));
  assert.equal(tooMany.name, 'TooManyEntriesInBatchRequestException');
  const twice = [
    { Id: 'a', Message: 'x' },
    { Id: 'a', Message: 'y' },
  ];
  const same = await refusalOf(sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: twice })));
  assert.equal(same.name, 'BatchEntryIdsNotDistinctException');
  const none = await refusalOf(sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [] })));
  assert.equal(none.name, 'EmptyBatchRequestException');
});

test('UnsubscribeURL ends a subscription, and the SubscribeURL of the farewell takes it up again', async () => {
  const TopicArn = await newTopic('left');
  const SubscriptionArn = await subscribed(TopicArn, '/left');
  await publish({ TopicArn, Message: 'first' });
  const [receipt] = await notified('/left');
  assert.equal((await fetch(String(receipt?.envelope?.UnsubscribeURL))).status, 200);
  const [farewell] = await endpoint.waitFor('/left', 'UnsubscribeConfirmation');
  await publish({ TopicArn, Message: 'unheard' });
  assert.equal((await fetch(String(farewell?.envelope?.SubscribeURL))).status, 200);
  await publish({ TopicArn, Message: 'second' });
  const receipts = await notified('/left', 2);
  assert.deepEqual(
    receipts.map(({ envelope }) => envelope?.Message),
    ['first', 'second'],
  );
  await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
  await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
  const gone = await refusalOf(subscriptionAttributes(SubscriptionArn));
  assert.deepEqual([gone.name, gone.message], ['NotFoundException', 'Subscription does not exist']);
});

test('with AuthenticateOnUnsubscribe an unsigned Unsubscribe is refused', async () => {
  const TopicArn = await newTopic('held');
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: endpoint.url('/held') }));
  const [asked] = await endpoint.waitFor('/held', 'SubscriptionConfirmation');
  const Token = String(asked?.envelope?.Token);
  await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token, AuthenticateOnUnsubscribe: 'true' }));
  await publish({ TopicArn, Message: 'x' });
  const [receipt] = await notified('/held');
  const answer = await fetch(String(receipt?.envelope?.UnsubscribeURL));
  assert.equal(answer.status, 403);
  assert.match(await answer.text(), /<Code>AuthorizationError<\/Code>/);
});

test('nothing but confirming and unsubscribing goes unsigned, and neither by POST', async () => {
  const version = 'Version=2010-03-31';
  const listing = await fetch(`${server.url}/?Action=ListTopics&${version}`);
  assert.equal(listing.status, 403);
  assert.match(await listing.text(), /MissingAuthenticationToken/);
  const TopicArn = await newTopic('unsigned');
  const body = new URLSearchParams({ Action: 'ConfirmSubscription', Version: '2010-03-31', TopicArn, Token: 'x' });
  const posted = await fetch(server.url, { method: 'POST', body });
  assert.equal(posted.status, 403);
  assert.match(await posted.text(), /MissingAuthenticationToken/);
});

test('what SNS does not deliver to, and what it cannot make, is refused in words', async () => {
  const TopicArn = await newTopic('refusing');
  const refusal = async (input: Omit<SubscribeCommandInput, 'TopicArn'>) =>
    (await refusalOf(sns.send(new SubscribeCommand({ TopicArn, ...input })))).message;
  assert.match(
    await refusal({ Protocol: 'sms', Endpoint: '+15555550100' }),
    /delivers to http and https .*, not to sms/,
  );
  assert.match(
    await refusal({ Protocol: 'email', Endpoint: 'a@example.com' }),
    /no mail server is configured: .*sns\.smtp/,
  );
  assert.match(await refusal({ Protocol: 'pigeon', Endpoint: 'x' }), /Does not support this protocol string: pigeon/);
  assert.match(await refusal({ Protocol: 'https', Endpoint: 'http://a.test/' }), /must match the specified protocol/);
  assert.match(await refusal({ Protocol: 'http', Endpoint: 'http://169.254.169.254/' }), /link-local/);
  assert.match((await refusalOf(newTopic('a b'))).message, /^Invalid parameter: Topic Name$/);
  const archived = newTopic('a.fifo', { FifoTopic: 'true', ArchivePolicy: '{"MessageRetentionPeriod":1}' });
  assert.match((await refusalOf(archived)).message, /ArchivePolicy Reason: messages are not archived/);
  const deduplicated = publish({ TopicArn, Message: 'x', MessageDeduplicationId: 'i' });
  assert.match(
    (await refusalOf(deduplicated)).message,
    /MessageDeduplicationId parameter that is not valid for this topic/,
  );
  const published = async (input: PublishCommandInput) => (await refusalOf(publish(input))).message;
  assert.equal(await published({ TopicArn, Message: 'x', Subject: '\n' }), 'Invalid parameter: Subject');
  assert.equal(await published({ TopicArn, Message: '' }), 'Invalid parameter: Empty message');
  assert.equal(await published({ TopicArn, Message: 'x'.repeat(262_145) }), 'Invalid parameter: Message too long');
  assert.match(await published({ Message: 'x' }), /TopicArn or TargetArn Reason: no value for required parameter/);
  assert.match(await published({ PhoneNumber: '+15555550100', Message: 'x' }), /sends no text messages/);
  const short = await published({ TopicArn: 'nothing', Message: 'x' });
  assert.equal(short, 'Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1');
});

test('the aws CLI makes a topic, subscribes, publishes and lists', awsCli.needed, async () => {
  const { port } = new URL(server.url);
  const exports = await runCommand(batchyard, ['env', '--data', server.dataDirectory, '--port', port]);
  const aws = async (...words: readonly string[]) => {
    const env = { EXPORTS: exports.stdout, AWS_PAGER: '' };
    const script = 'eval "$EXPORTS" && exec "$0" "$@"';
    const all = ['-c', script, awsCli.file, 'sns', ...words];
    const { exit, stdout, stderr } = await runCommand('/bin/sh', all, { env });
    assert.equal(exit, 0, stderr);
    return stdout === '' ? undefined : JSON.parse(stdout);
  };
  const topic = ['--topic-arn', `${prefix}:by-cli`];
  const { TopicArn } = await aws('create-topic', '--name', 'by-cli', '--tags', 'Key=a,Value=1');
  assert.equal(TopicArn, `${prefix}:by-cli`);
  await subscribed(TopicArn, '/by-cli', { FilterPolicy: JSON.stringify({ color: ['red'] }) });
  const attributes = JSON.stringify({ color: { DataType: 'String', StringValue: 'red' } });
  const sent = await aws('publish', ...topic, '--message', 'from the CLI', '--message-attributes', attributes);
  const [receipt] = await notified('/by-cli');
  assert.deepEqual([receipt?.envelope?.MessageId, receipt?.envelope?.Message], [sent.MessageId, 'from the CLI']);
  const { Subscriptions } = await aws('list-subscriptions-by-topic', ...topic);
  const [{ SubscriptionArn, Endpoint }] = Subscriptions;
  assert.equal(Endpoint, endpoint.url('/by-cli'));
  const { Attributes } = await aws('get-subscription-attributes', '--subscription-arn', SubscriptionArn);
  assert.deepEqual([Attributes.FilterPolicyScope, Attributes.PendingConfirmation], ['MessageAttributes', 'false']);
  await aws('unsubscribe', '--subscription-arn', SubscriptionArn);
  await aws('delete-topic', ...topic);
});
