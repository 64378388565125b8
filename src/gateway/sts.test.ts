import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  AssumeRoleCommand,
  AssumeRootCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
  STSServiceException,
} from '@aws-sdk/client-sts';
import { SystemClock } from '../core/clock.ts';
import { presignRequest } from '../iam/index.ts';
import { type RunningGateway, rootKey, startGateway } from './gateway.fixture.ts';

const clock = new SystemClock();
const clients: STSClient[] = [];
let running: RunningGateway;
before(async () => {
  running = await startGateway({ clock });
});
after(async () => {
  for (const each of clients) each.destroy();
  await running.gateway.close();
  clock.close();
});

function client(
  credentials: {
    accessKeyId?: string | undefined;
    secretAccessKey?: string | undefined;
    sessionToken?: string | undefined;
  } = rootKey,
): STSClient {
  const { accessKeyId = '', secretAccessKey = '', sessionToken } = credentials;
  const made = new STSClient({
    endpoint: running.address.url,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
  });
  clients.push(made);
  return made;
}

function sessionOf(
  credentials:
    | { AccessKeyId?: string | undefined; SecretAccessKey?: string | undefined; SessionToken?: string | undefined }
    | undefined,
) {
  return client({
    accessKeyId: credentials?.AccessKeyId,
    secretAccessKey: credentials?.SecretAccessKey,
    sessionToken: credentials?.SessionToken,
  });
}

/** Asserts that an SDK call fails with `code`, was sent once, and says `words`. */
async function fails(call: Promise<unknown>, code: string, status: number, words: RegExp): Promise<void> {
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof STSServiceException, String(error));
    assert.equal(error.name, code);
    assert.equal(error.$metadata.httpStatusCode, status);
    assert.equal(error.$metadata.attempts, 1);
    assert.match(error.$metadata.requestId ?? '', /^[0-9a-f-]{36}$/);
    assert.match(error.message, words);
    return true;
  });
}

const role = { RoleArn: 'arn:aws:iam::123456789012:role/teams/render', RoleSessionName: 'me@example.com' };

test('the root user is who it says', async () => {
  const { Account, Arn, UserId } = await client().send(new GetCallerIdentityCommand({}));
  assert.deepEqual(
    { Account, Arn, UserId },
    {
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:root',
      UserId: '123456789012',
    },
  );
});

test('a session of the root user is the root user, for an hour at most', async () => {
  const before = clock.now();
  const { Credentials } = await client().send(new GetSessionTokenCommand({ DurationSeconds: 129_600 }));
  assert.match(Credentials?.AccessKeyId ?? '', /^ASIA[A-Z2-7]{16}$/);
  assert.match(Credentials?.SecretAccessKey ?? '', /^.{40}$/);
  const left = (Credentials?.Expiration?.getTime() ?? 0) - before;
  assert.ok(left > 3_590_000 && left < 3_660_000, String(left));
  const session = sessionOf(Credentials);
  assert.equal((await session.send(new GetCallerIdentityCommand({}))).Arn, 'arn:aws:iam::123456789012:root');
  await fails(
    session.send(new GetSessionTokenCommand({})),
    'AccessDenied',
    403,
    /Cannot call GetSessionToken with session credentials/,
  );
});

test('an assumed role is its session, and may do nothing that needs a permission', async () => {
  const { Credentials, AssumedRoleUser, SourceIdentity } = await client().send(
    new AssumeRoleCommand({
      ...role,
      DurationSeconds: 900,
      SourceIdentity: 'me',
      PolicyArns: [],
      Tags: [{ Key: 'a', Value: '' }],
    }),
  );
  assert.equal(AssumedRoleUser?.Arn, 'arn:aws:sts::123456789012:assumed-role/render/me@example.com');
  assert.match(AssumedRoleUser?.AssumedRoleId ?? '', /^AROA[A-Z2-7]{17}:me@example.com$/);
  assert.equal(SourceIdentity, 'me');
  const session = sessionOf(Credentials);
  const identity = await session.send(new GetCallerIdentityCommand({}));
  assert.equal(identity.Arn, AssumedRoleUser?.Arn);
  assert.equal(identity.UserId, AssumedRoleUser?.AssumedRoleId);
  await fails(
    session.send(new AssumeRoleCommand(role)),
    'AccessDenied',
    403,
    /^User: arn:aws:sts::123456789012:assumed-role\/render\/me@example.com is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role\/teams\/render$/,
  );
});

test('AssumeRole checks its input as AWS does', async () => {
  const assume = (changes: object) => client().send(new AssumeRoleCommand({ ...role, ...changes }));
  await fails(
    assume({ RoleSessionName: 'a b' }),
    'ValidationError',
    400,
    /^1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: \[\\w\+=,\.@-\]\*$/,
  );
  await fails(
    assume({ DurationSeconds: 899 }),
    'ValidationError',
    400,
    /'durationSeconds' .* greater than or equal to 900$/,
  );
  await fails(
    assume({ DurationSeconds: 43_201 }),
    'ValidationError',
    400,
    /'durationSeconds' .* less than or equal to 43200$/,
  );
  await fails(assume({ RoleArn: 'short' }), 'ValidationError', 400, /'roleArn' .* length greater than or equal to 20$/);
  await fails(
    assume({ RoleArn: 'arn:aws:s3:::123456789012' }),
    'ValidationError',
    400,
    /^arn:aws:s3:::123456789012 is invalid$/,
  );
  await fails(
    assume({ RoleArn: 'arn:aws:iam::999999999999:role/x' }),
    'AccessDenied',
    403,
    /not authorized to perform: sts:AssumeRole/,
  );
  await fails(assume({ Policy: '{' }), 'MalformedPolicyDocumentException', 400, /invalid Json/);
  await fails(
    assume({ SerialNumber: 'arn:aws:iam::1:mfa/x', TokenCode: '123456' }),
    'AccessDenied',
    403,
    /^MultiFactorAuthentication failed/,
  );
});

test('an operation that is not built yet is no riddle to the SDK', async () => {
  const TaskPolicyArn = { arn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials' };
  const call = client().send(new AssumeRootCommand({ TargetPrincipal: '123456789012', TaskPolicyArn }));
  await fails(call, 'NotImplemented', 400, /^AssumeRoot is not supported by this version of Batchyard/);
});

test('a wrong secret and an unknown key raise what AWS raises', async () => {
  const identify = (credentials: { accessKeyId: string; secretAccessKey: string }) =>
    client(credentials).send(new GetCallerIdentityCommand({}));
  await assert.rejects(identify({ ...rootKey, secretAccessKey: 'wrong' }), { name: 'SignatureDoesNotMatch' });
  await fails(
    identify({ accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' }),
    'InvalidClientTokenId',
    403,
    /security token/,
  );
});

test('a presigned GetCallerIdentity URL works in the hands of another', async () => {
  const headers = { host: `127.0.0.1:${running.address.port}` };
  const query = 'Action=GetCallerIdentity&Version=2011-06-15';
  const message = { method: 'GET', path: '/', query, headers, body: '' };
  const options = { credentials: rootKey, region: 'us-east-1', service: 'sts', now: clock.now(), expiresIn: 60 };
  const response = await running.send({ method: 'GET', target: `/?${presignRequest(message, options)}` });
  assert.equal(response.status, 200, response.body);
  assert.match(response.body, /<Arn>arn:aws:iam::123456789012:root<\/Arn>/);
});
