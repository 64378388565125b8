import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../api/protocol.ts';
import type { Credentials } from '../api/sign.ts';
import type { Session } from './messages.ts';
import type { CallSender, Sent } from './sent.ts';
import { SessionHolder } from './session-holder.ts';

const own = { accessKeyId: 'ASIAOWN', secretAccessKey: 'own', sessionToken: 't' };
const roleArn = 'arn:aws:iam::1:role/looks';
const listJobs: Call = { service: 'batch', operation: 'ListJobs', input: {} };
const hour = 3_600_000;

/** A server that grants what it is asked, until `answers` say something else about an operation. */
class FakeServer implements CallSender {
  time = 0;
  readonly sent: { readonly operation: string; readonly region: string; readonly by: string | undefined }[] = [];
  readonly answers: Record<string, () => Sent | Promise<Sent>> = {};

  now(): number {
    return this.time;
  }

  async send(call: Call, region: string, credentials: Credentials | undefined): Promise<Sent> {
    this.sent.push({ operation: call.operation, region, by: credentials?.accessKeyId });
    return (await this.answers[call.operation]?.()) ?? { kind: 'value', value: this.#usual(call) };
  }

  stream: CallSender['stream'] = async ({ operation }) =>
    (await this.answers[operation]?.()) ?? { kind: 'value', value: undefined };

  #usual({ operation }: Call): unknown {
    if (operation === 'AssumeRole') {
      const Expiration = new Date(this.time + hour / 2).toISOString();
      const Credentials = { AccessKeyId: 'ASIAROLE', SecretAccessKey: 's', SessionToken: 't', Expiration };
      return { Credentials, AssumedRoleUser: { Arn: 'arn:aws:sts::1:assumed-role/looks/ada' } };
    }
    return { credentials: own, expiration: this.time + hour, arn: 'arn:aws:iam::1:user/ada', account: '1' };
  }
}

function refused(code: string): Sent {
  return { kind: 'failure', failure: { code, message: code, status: 403 } };
}

async function signedIn() {
  const server = new FakeServer();
  const sessions: Session[] = [];
  const holder = new SessionHolder(server, (session) => sessions.push(session));
  await holder.answer({
    kind: 'sign-in',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 's' },
    region: 'us-east-1',
  });
  const arn = () => (holder.session.kind === 'signed-in' ? holder.session.arn : holder.session.why);
  return { server, sessions, holder, arn };
}

test('what pages are told of a session signs nothing', async () => {
  const { sessions, holder } = await signedIn();
  await holder.answer({ kind: 'switch-role', roleArn });
  assert.doesNotMatch(JSON.stringify(sessions), /ASIA|"own"|sessionToken/);
});

test('a call goes to the region of its page, else to that of the sign-in', async () => {
  const { server, holder } = await signedIn();
  await holder.answer({ kind: 'call', call: listJobs, region: 'eu-west-1' });
  await holder.answer({ kind: 'call', call: listJobs, region: undefined });
  assert.deepEqual(
    server.sent.slice(1).map(({ region, by }) => [region, by]),
    [
      ['eu-west-1', 'ASIAOWN'],
      ['us-east-1', 'ASIAOWN'],
    ],
  );
});

test('a link is redeemed by a call that nobody signs', async () => {
  const server = new FakeServer();
  const holder = new SessionHolder(server, () => {});
  await holder.answer({ kind: 'redeem', token: 't', region: 'us-east-1' });
  assert.deepEqual(server.sent, [{ operation: 'RedeemConsoleLink', region: 'us-east-1', by: undefined }]);
  assert.equal(holder.session.kind, 'signed-in');
});

test('a role is played from the own session, not from another role, and left', async () => {
  const { server, holder, arn } = await signedIn();
  await holder.answer({ kind: 'switch-role', roleArn });
  await holder.answer({ kind: 'call', call: listJobs, region: undefined });
  await holder.answer({ kind: 'switch-role', roleArn });
  assert.deepEqual(
    server.sent.slice(1).map(({ operation, by }) => [operation, by]),
    [
      ['AssumeRole', 'ASIAOWN'],
      ['ListJobs', 'ASIAROLE'],
      ['AssumeRole', 'ASIAOWN'],
    ],
  );
  await holder.answer({ kind: 'leave-role' });
  assert.equal(arn(), 'arn:aws:iam::1:user/ada');
});

test('at the end of a role one is oneself again, and at the end of oneself nobody', async () => {
  const { server, holder, arn } = await signedIn();
  await holder.answer({ kind: 'switch-role', roleArn });
  server.time = hour / 2;
  await holder.answer({ kind: 'call', call: listJobs, region: undefined });
  assert.equal(arn(), 'arn:aws:iam::1:user/ada');
  server.answers.ListJobs = () => refused('ExpiredTokenException');
  await holder.answer({ kind: 'call', call: listJobs, region: undefined });
  assert.equal(arn(), 'expired');
  await holder.answer({ kind: 'leave-role' });
  assert.equal(arn(), 'expired');
});

test('an answer that goes on ends with its session: the server’s refusal of it, or what is entered next', async () => {
  const { server, holder, arn } = await signedIn();
  const ended: boolean[] = [];
  server.answers.ListJobs = () => refused('ExpiredTokenException');
  await holder.stream(listJobs, undefined, new AbortController().signal, () => {});
  assert.equal(arn(), 'expired');
  server.stream = (_call, { signal }) => {
    const { promise, resolve } = Promise.withResolvers<Sent>();
    signal.addEventListener('abort', () => {
      ended.push(true);
      resolve({ kind: 'value', value: undefined });
    });
    return promise;
  };
  await holder.answer({ kind: 'redeem', token: 't', region: 'us-east-1' });
  const heard = holder.stream(listJobs, undefined, new AbortController().signal, () => {});
  await holder.answer({ kind: 'redeem', token: 't', region: 'us-east-1' });
  await heard;
  assert.deepEqual(ended, [true]);
});

test('what a refusal of an old session says does not end the new one', async () => {
  const { server, holder, arn } = await signedIn();
  const late = Promise.withResolvers<Sent>();
  server.answers.ListJobs = () => late.promise;
  const call = holder.answer({ kind: 'call', call: listJobs, region: undefined });
  await holder.answer({ kind: 'redeem', token: 't', region: 'us-east-1' });
  late.resolve(refused('ExpiredTokenException'));
  await call;
  assert.equal(arn(), 'arn:aws:iam::1:user/ada');
});

test('who signs out while a role is asked for plays none', async () => {
  const { server, holder } = await signedIn();
  const late = Promise.withResolvers<Sent>();
  server.answers.AssumeRole = () => late.promise;
  const switching = holder.answer({ kind: 'switch-role', roleArn });
  await holder.answer({ kind: 'sign-out' });
  late.resolve({ kind: 'value', value: undefined });
  await switching;
  assert.deepEqual(holder.session, { kind: 'signed-out' });
});

test('a refusal that says nothing of the session leaves it', async () => {
  const { server, holder, arn } = await signedIn();
  server.answers.ListJobs = () => refused('AccessDeniedException');
  await holder.answer({ kind: 'call', call: listJobs, region: undefined });
  assert.equal(arn(), 'arn:aws:iam::1:user/ada');
});
