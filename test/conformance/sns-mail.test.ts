import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { SmtpServer } from '../../src/services/sns/deliveries/smtp-server.fixture.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';
import { wholeFile } from './yard.ts';

const directory = mkdtempSync(join(tmpdir(), 'batchyard-mail-'));
after(() => rmSync(directory, { recursive: true }));
const loginFile = join(directory, 'login');
writeFileSync(loginFile, 'yard:geheim\n');
const smtp = await SmtpServer.open();
after(() => smtp.close());
const server = await ServerProcess.start(wholeFile, [
  ...['--log-level', 'debug', '--sns-smtp-url', smtp.url, '--sns-smtp-from', 'yard@example.test'],
  ...['--sns-smtp-login-file', loginFile],
]);
const clients = clientsOf(server);
after(clients.close);
const { sns } = clients;

/** The newest mail to an address, once there are so many. */
function mailTo(address: string, count: number) {
  return until(`${count} mails to ${address}`, () => {
    const mails = smtp.mails.filter(({ to }) => to === address);
    return mails.length >= count ? mails.at(-1) : undefined;
  });
}

function linkIn(text: string): string {
  return /http:\/\/\S+/.exec(text)?.[0] ?? assert.fail(`no link in ${text}`);
}

test('an address confirms by the link of its mail, gets mails, and leaves by the link in each', async () => {
  const Endpoint = 'ops@example.test';
  const Attributes = { DisplayName: 'Night watch' };
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'failed', Attributes }));
  const given = { TopicArn, Protocol: 'email', Endpoint, ReturnSubscriptionArn: true };
  const { SubscriptionArn } = await sns.send(new SubscribeCommand(given));
  const request = await mailTo(Endpoint, 1);
  assert.equal(request.headers.subject, 'AWS Notification - Subscription Confirmation');
  assert.equal((await fetch(linkIn(request.text))).status, 200);
  const { Attributes: shown } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
  assert.equal(shown?.PendingConfirmation, 'false');
  await sns.send(new PublishCommand({ TopicArn, Subject: 'Job failed', Message: 'nightly ended with 1: é' }));
  const told = await mailTo(Endpoint, 2);
  assert.deepEqual([told.from, told.headers.subject], ['yard@example.test', 'Job failed']);
  assert.match(told.headers.from ?? '', /^"?Night watch"? <yard@example\.test>$/);
  assert.match(told.text, /^nightly ended with 1: é\n\n--\n/);
  assert.ok(smtp.logins.every((login) => login === '\0yard\0geheim') && smtp.logins.length >= 2);
  assert.equal((await fetch(linkIn(told.text))).status, 200);
  const farewell = await mailTo(Endpoint, 3);
  assert.equal(farewell.headers.subject, 'AWS Notification - Unsubscribe Confirmation');
  const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  assert.equal(Subscriptions?.[0]?.SubscriptionArn, 'PendingConfirmation');
  assert.equal((await fetch(linkIn(request.text))).status, 400, 'the first link brings nobody back');
  assert.doesNotMatch(server.log, /geheim/);
});

test('a mail that waits for its server survives a kill, and is sent once that is there', async () => {
  const Endpoint = 'later@example.test';
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'later' }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint }));
  await fetch(linkIn((await mailTo(Endpoint, 1)).text));
  const asked = Promise.withResolvers<void>();
  smtp.answer = (line) => {
    if (line.startsWith('RCPT')) asked.resolve();
    return line.startsWith('RCPT') ? { kind: 'silence' } : undefined;
  };
  await sns.send(new PublishCommand({ TopicArn, Message: 'kept' }));
  await asked.promise;
  await server.kill();
  smtp.answer = () => undefined;
  await server.restart();
  assert.match((await mailTo(Endpoint, 2)).text, /^kept\n/);
});
