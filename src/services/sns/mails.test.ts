import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SnsBench, scope } from './sns.fixture.ts';

const dead = `arn:aws:sqs:${scope.region}:${scope.account}:dead`;

/** A topic, and an address that is asked to confirm. */
async function asked(protocol: 'email' | 'email-json' = 'email', Attributes: Record<string, string> = {}) {
  const bench = await SnsBench.open();
  const { TopicArn = '' } = await bench.call('CreateTopic', { Name: 't', Attributes: { DisplayName: 'Ops' } });
  const given = { TopicArn, Protocol: protocol, Endpoint: 'ops@example.test', Attributes };
  const { SubscriptionArn = '' } = await bench.call('Subscribe', { ...given, ReturnSubscriptionArn: true });
  return { bench, TopicArn, SubscriptionArn };
}

function linkIn(text: string | undefined): URLSearchParams {
  return new URL(/http:\/\/\S+/.exec(text ?? '')?.[0] ?? 'http://none/').searchParams;
}

async function confirm(bench: SnsBench, text: string | undefined): Promise<void> {
  const link = linkIn(text);
  assert.equal(link.get('Action'), 'ConfirmSubscription');
  const input = { TopicArn: link.get('TopicArn'), Token: link.get('Token') };
  await bench.call('ConfirmSubscription', input, { principal: { kind: 'anonymous' } as never });
}

test('an address is asked in AWS’s words, gets nothing before it confirms, and then what is published', async () => {
  const { bench, TopicArn, SubscriptionArn } = await asked();
  await bench.call('Publish', { TopicArn, Message: 'too early' });
  const [request, ...more] = bench.mails;
  assert.deepEqual(more, []);
  assert.deepEqual([request?.to, request?.fromName], ['ops@example.test', 'Ops']);
  assert.equal(request?.subject, 'AWS Notification - Subscription Confirmation');
  assert.match(request?.text ?? '', new RegExp(`^You have chosen to subscribe to the topic:\n${TopicArn}\n`));
  await confirm(bench, request?.text);
  await bench.call('Publish', { TopicArn, Message: 'now', Subject: 'Job failed' });
  await bench.call('Publish', { TopicArn, Message: 'and now' });
  const [, told, other] = bench.mails;
  assert.deepEqual([told?.subject, other?.subject], ['Job failed', 'AWS Notification Message']);
  assert.match(
    told?.text ?? '',
    /^now\n\n--\nIf you wish to stop receiving notifications from this topic, please click/,
  );
  const link = linkIn(told?.text);
  assert.deepEqual([link.get('Action'), link.get('SubscriptionArn')], ['Unsubscribe', SubscriptionArn]);
  assert.equal(told?.headers['x-amz-sns-subscription-arn'], SubscriptionArn);
});

test('who leaves by the link is told how to come back, and the first link brings nobody back', async () => {
  const { bench, TopicArn, SubscriptionArn } = await asked();
  const [request] = bench.mails;
  await confirm(bench, request?.text);
  await confirm(bench, request?.text);
  await bench.call('Unsubscribe', { SubscriptionArn }, { principal: { kind: 'anonymous' } as never });
  await bench.call('Publish', { TopicArn, Message: 'nobody' });
  const [, farewell, ...more] = bench.mails;
  assert.deepEqual(more, []);
  assert.equal(farewell?.subject, 'AWS Notification - Unsubscribe Confirmation');
  await assert.rejects(confirm(bench, request?.text), /Invalid parameter: Token/);
  await confirm(bench, farewell?.text);
  await bench.call('Publish', { TopicArn, Message: 'again' });
  assert.match(bench.mails.at(-1)?.text ?? '', /^again\n/);
});

test('email-json brings what an endpoint of HTTP gets, and a message for email its own text', async () => {
  const { bench, TopicArn } = await asked('email-json', { RawMessageDelivery: 'true' });
  const request = JSON.parse(bench.mails[0]?.text ?? '');
  assert.equal(request.Type, 'SubscriptionConfirmation');
  await confirm(bench, request.SubscribeURL);
  const Message = JSON.stringify({ default: 'd', email: 'e', 'email-json': 'j' });
  await bench.call('Publish', { TopicArn, Message, MessageStructure: 'json' });
  const told = JSON.parse(bench.mails.at(-1)?.text ?? '');
  assert.deepEqual([told.Type, told.Message, told.SignatureVersion], ['Notification', 'j', '1']);
});

test('a mail that fails is tried again after ten seconds, over crashes too, and has the same id', async () => {
  const { bench, TopicArn } = await asked();
  await confirm(bench, bench.mails[0]?.text);
  bench.mails.length = 0;
  bench.mailOutcome = () => ({ kind: 'failed', reason: 'no answer' });
  await bench.call('Publish', { TopicArn, Message: 'm' });
  await bench.advance(10_000);
  await bench.restart();
  bench.mailOutcome = () => ({ kind: 'delivered' });
  await bench.advance(10_000);
  await bench.advance(600_000);
  assert.equal(bench.mails.length, 3);
  assert.equal(new Set(bench.mails.map(({ id }) => id)).size, 1);
});

test('a mail that is refused goes to the dead-letter queue of its subscription', async () => {
  const { bench, TopicArn } = await asked('email', { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead }) });
  await confirm(bench, bench.mails[0]?.text);
  bench.mailOutcome = () => ({ kind: 'refused', reason: '550 no such mailbox' });
  await bench.call('Publish', { TopicArn, Message: 'lost' });
  const [letter, ...more] = bench.queued;
  assert.deepEqual([letter?.queueArn, more], [dead, []]);
  assert.match(letter?.MessageBody ?? '', /^lost\n/);
  await bench.restart();
  assert.equal(bench.queued.length, 1);
});

test('what is no address, or would begin a header, is refused', async () => {
  const { bench, TopicArn } = await asked();
  const subscribe = (Endpoint?: string) => bench.call('Subscribe', { TopicArn, Protocol: 'email', Endpoint });
  for (const address of [
    undefined,
    'ops',
    'a b@example.test',
    'a@b\r\nBcc: c@d',
    '<a@b>',
    'a@b,c@d',
    'a@-b',
    '"a"@b',
  ]) {
    await assert.rejects(subscribe(address), { message: 'Invalid parameter: Email address' }, String(address));
  }
});
