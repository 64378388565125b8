import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchClient, DescribeJobQueuesCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  type GetSessionTokenCommandOutput,
  STSClient,
} from '@aws-sdk/client-sts';
import { type Credentials, presignRequest, signRequest } from '../../src/iam/index.ts';
import { registerShell } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { errorCodeOf, sendRaw } from './raw-request.ts';
import { account, openYard, refusalOf, region } from './yard.ts';

const { batch, logs, sts, server } = await openYard();
const root = server.credentials;

/** A Batch client with other credentials. */
function batchAs(credentials: Credentials) {
  return new BatchClient({ endpoint: server.url, region, credentials });
}

const listQueues = (client: BatchClient) => client.send(new DescribeJobQueuesCommand({}));

type Issued = GetSessionTokenCommandOutput['Credentials'];

function credentialsOf(given: Issued) {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = given ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

test('GetCallerIdentity tells the root key who it is', async () => {
  const { Account, Arn, UserId } = await sts.send(new GetCallerIdentityCommand({}));
  assert.deepEqual(
    { Account, Arn, UserId },
    { Account: account, Arn: `arn:aws:iam::${account}:root`, UserId: account },
  );
});

test('GetSessionToken gives temporary credentials that every service takes', async () => {
  const { Credentials: given } = await sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
  assert.match(given?.AccessKeyId ?? '', /^ASIA[A-Z0-9]{16}$/);
  const left = (given?.Expiration?.getTime() ?? 0) - Date.now();
  assert.ok(left > 880_000 && left <= 900_000);
  const clients = clientsOf({ url: server.url, credentials: root });
  const session = credentialsOf(given);
  assert.ok((await listQueues(batchAs(session))).jobQueues?.length);
  const own = new STSClient({ endpoint: server.url, region, credentials: session });
  assert.equal((await own.send(new GetCallerIdentityCommand({}))).Arn, `arn:aws:iam::${account}:root`);
  await clients.logs.send(new DescribeLogGroupsCommand({}));
  clients.close();
  const chained = await refusalOf(own.send(new GetSessionTokenCommand({})));
  assert.deepEqual([chained.name, chained.status], ['AccessDenied', 403]);
});

test("AssumeRole gives a session of no role that is not there, to root neither, in AWS's words", async () => {
  const RoleArn = `arn:aws:iam::${account}:role/Reader`;
  const refusal = await refusalOf(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me@work' })));
  assert.deepEqual([refusal.name, refusal.status, refusal.attempts], ['AccessDenied', 403, 1]);
  assert.equal(
    refusal.message,
    `User: arn:aws:iam::${account}:root is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
  );
});

test("mistakes in STS requests are AWS's errors", async () => {
  const assume = (RoleArn: string, RoleSessionName = 'session') =>
    refusalOf(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName })));
  const short = await refusalOf(sts.send(new GetSessionTokenCommand({ DurationSeconds: 1 })));
  assert.deepEqual([short.name, short.status, short.fault], ['ValidationError', 400, 'client']);
  assert.equal((await assume('arn:aws:iam::123456789012:user/x')).name, 'ValidationError');
  assert.equal((await assume(`arn:aws:iam::${account}:role/r`, 'a b')).name, 'ValidationError');
  assert.equal((await assume('arn:aws:iam::999999999999:role/other')).name, 'AccessDenied');
});

test('a presigned GetCallerIdentity answers without any header, until it expires or is touched', async () => {
  const { host } = new URL(server.url);
  const message = {
    method: 'GET',
    path: '/',
    query: 'Action=GetCallerIdentity&Version=2011-06-15',
    headers: { host },
    body: '',
  };
  const presign = (now: number) =>
    presignRequest(message, { credentials: root, region, service: 'sts', now, expiresIn: 60 });
  const fetched = async (query: string) => {
    const response = await fetch(`${server.url}/?${query}`);
    return { status: response.status, text: await response.text() };
  };
  const fresh = presign(Date.now());
  const answer = await fetched(fresh);
  assert.equal(answer.status, 200);
  assert.match(answer.text, new RegExp(`<Arn>arn:aws:iam::${account}:root</Arn>`));
  const touched = await fetched(fresh.replace('GetCallerIdentity', 'GetSessionToken'));
  assert.equal(touched.status, 403);
  assert.match(touched.text, /<Code>SignatureDoesNotMatch<\/Code>/);
  const stale = await fetched(presign(Date.now() - 120_000));
  assert.match(stale.text, /<Code>RequestExpired<\/Code>/);
});

test('a wrong secret, a wrong key and a wrong token are refused at once, each in its own words', async () => {
  const refusal = async (credentials: Credentials) => {
    const { name, status, attempts } = await refusalOf(listQueues(batchAs(credentials)));
    return [name, status, attempts];
  };
  const { Credentials: given } = await sts.send(new GetSessionTokenCommand({}));
  const session = credentialsOf(given);
  assert.deepEqual(await refusal({ ...root, secretAccessKey: 'wrong' }), ['InvalidSignatureException', 403, 1]);
  assert.deepEqual(await refusal({ ...root, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }), [
    'UnrecognizedClientException',
    403,
    1,
  ]);
  assert.deepEqual(await refusal({ ...session, sessionToken: 'AAAA' }), ['UnrecognizedClientException', 403, 1]);
  const { sessionToken: _, ...withoutToken } = session;
  assert.deepEqual(await refusal(withoutToken), ['UnrecognizedClientException', 403, 1]);
  assert.deepEqual(await refusal({ ...session, secretAccessKey: 'wrong' }), ['InvalidSignatureException', 403, 1]);
});

test("a client whose clock is an hour off is refused once, and the SDK puts itself right by the answer's date", async (t) => {
  const { now } = Date;
  for (const offset of [-3_600_000, 3_600_000]) {
    const { mock } = t.mock.method(Date, 'now', () => now() + offset);
    const client = batchAs(root);
    assert.equal((await listQueues(client)).$metadata.attempts, 2);
    assert.equal((await listQueues(client)).$metadata.attempts, 1);
    mock.restore();
  }
});

test('a signature is good for five minutes, before and after', async () => {
  const { host } = new URL(server.url);
  const body = '{}';
  const signed = (now: number) =>
    signRequest(
      { method: 'POST', path: '/v1/describejobqueues', query: '', headers: { host }, body },
      { credentials: root, region, service: 'batch', now },
    );
  const send = (now: number) =>
    sendRaw(server, { path: '/v1/describejobqueues', service: 'unsigned', headers: signed(now), body });
  const late = await send(Date.now() - 6 * 60_000);
  assert.deepEqual([late.status, errorCodeOf(late)], [403, 'InvalidSignatureException']);
  assert.match(late.body, /Signature expired: /);
  assert.match((await send(Date.now() + 6 * 60_000)).body, /Signature not yet current: /);
  assert.equal((await send(Date.now() - 4 * 60_000)).status, 200);
});

test('a request without a signature is refused in the protocol of the service that it is for', async () => {
  const service = 'unsigned';
  const forBatch = await sendRaw(server, { path: '/v1/describejobqueues', service, body: '{}' });
  assert.deepEqual([forBatch.status, errorCodeOf(forBatch)], [403, 'MissingAuthenticationTokenException']);
  assert.equal(JSON.parse(forBatch.body).message, 'Missing Authentication Token');
  const headers = { 'x-amz-target': 'Logs_20140328.DescribeLogGroups', 'content-type': 'application/x-amz-json-1.1' };
  const forLogs = await sendRaw(server, { path: '/', service, headers, body: '{}' });
  assert.deepEqual([forLogs.status, JSON.parse(forLogs.body).__type], [400, 'MissingAuthenticationTokenException']);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = 'Action=GetCallerIdentity&Version=2011-06-15';
  const forSts = await sendRaw(server, { path: '/', service, headers: form, body });
  assert.equal(forSts.status, 403);
  assert.match(forSts.body, /<Code>MissingAuthenticationToken<\/Code>/);
});

test('a body changed after it was signed is refused', async () => {
  const { host } = new URL(server.url);
  const message = { method: 'POST', path: '/v1/describejobs', query: '', headers: { host }, body: '{"jobs":[]}' };
  const headers = signRequest(message, { credentials: root, region, service: 'batch', now: Date.now() });
  const changed = await sendRaw(server, {
    path: '/v1/describejobs',
    service: 'unsigned',
    headers,
    body: '{"jobs":["x"]}',
  });
  assert.deepEqual([changed.status, errorCodeOf(changed)], [403, 'InvalidSignatureException']);
});

test('a foreign Host, Origin or Sec-Fetch-Site is refused before anything else', async () => {
  for (const headers of [
    { host: 'evil.example' },
    { origin: 'https://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
  ] as const) {
    const answer = await sendRaw(server, { path: '/v1/describejobqueues', headers, body: '{}' });
    assert.equal(answer.status, 403, JSON.stringify(headers));
    assert.ok(answer.headers['x-amzn-requestid']);
  }
});

test('hosts that SDKs put prefixes before are known by the name behind them', async () => {
  const { port } = new URL(server.url);
  const headers = { host: `sync-localhost:${port}` };
  assert.equal((await sendRaw(server, { path: '/v1/describejobqueues', headers, body: '{}' })).status, 200);
});

test('a refused submission leaves nothing behind, and every answer has its own request id', async () => {
  const jobDefinition = await registerShell(batch, { name: 'refused', script: 'true' });
  const submit = () => batch.send(new SubmitJobCommand({ jobName: 'x', jobQueue: 'nowhere', jobDefinition }));
  const [first, second] = [await refusalOf(submit()), await refusalOf(submit())];
  assert.match(first.requestId, /^[0-9a-f-]{36}$/);
  assert.notEqual(first.requestId, second.requestId);
  const { $metadata } = await listQueues(batch);
  assert.match($metadata.requestId ?? '', /^[0-9a-f-]{36}$/);
  assert.match((await logs.send(new DescribeLogGroupsCommand({}))).$metadata.requestId ?? '', /^[0-9a-f-]{36}$/);
});
