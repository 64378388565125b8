import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { clientsOf } from '../support/sdk.ts';
import { issuer, keySetOf, rsaKey, tokenOf } from '../support/tokens.ts';
import { awsCli, python, runCommand } from './command.ts';
import { account, openYard } from './yard.ts';

const directory = mkdtempSync(join(tmpdir(), 'web-identity-'));
after(() => rmSync(directory, { recursive: true }));
const keys = join(directory, 'keys.json');
const key = rsaKey('one');
writeFileSync(keys, keySetOf(key));

const { server } = await openYard(['--iam-web-identity', `${issuer}=${keys}`]);
const { iam, close } = clientsOf(server);
after(close);

const provider = `arn:aws:iam::${account}:oidc-provider/tokens.example/team`;
const RoleArn = `arn:aws:iam::${account}:role/ci`;
const Statement = {
  Effect: 'Allow',
  Principal: { Federated: provider },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { 'tokens.example/team:sub': 'build:7' } },
};
await iam.send(new CreateOpenIDConnectProviderCommand({ Url: issuer, ClientIDList: ['sts.amazonaws.com'] }));
await iam.send(
  new CreateRoleCommand({
    RoleName: 'ci',
    AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
  }),
);
const token = tokenOf(key, Date.now());
const file = join(directory, 'token');
writeFileSync(file, token);
const session = `arn:aws:sts::${account}:assumed-role/ci/me`;

test('the SDK changes a token for a session without any credentials, and is told what is wrong with another', async () => {
  const nobody = new STSClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: async () => assert.fail('asked'),
  });
  const assume = (WebIdentityToken: string) =>
    nobody.send(new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'me', WebIdentityToken }));
  const { Credentials: given, ...rest } = await assume(token);
  assert.equal(rest.AssumedRoleUser?.Arn, session);
  assert.deepEqual([rest.Provider, rest.SubjectFromWebIdentityToken], [provider, 'build:7']);
  const credentials = {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  };
  const own = new STSClient({ endpoint: server.url, region: 'us-east-1', credentials });
  assert.equal((await own.send(new GetCallerIdentityCommand({}))).Arn, session);
  await assert.rejects(assume(tokenOf(key, Date.now(), { exp: 1 })), { name: 'ExpiredTokenException' });
  await assert.rejects(assume(`${token}x`), { name: 'InvalidIdentityTokenException' });
  await assert.rejects(assume(tokenOf(key, Date.now(), { sub: 'build:8' })), { name: 'AccessDenied' });
  own.destroy();
  nobody.destroy();
});

const env = {
  ...{ AWS_ENDPOINT_URL: server.url, AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1', AWS_PAGER: '' },
  ...{ AWS_EC2_METADATA_DISABLED: 'true', HOME: directory },
};
const fromFile = { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: RoleArn, AWS_ROLE_SESSION_NAME: 'me' };

test('the aws CLI changes a token for a session, and takes it from a file for any call', awsCli.needed, async () => {
  const words = ['--role-arn', RoleArn, '--role-session-name', 'me', '--web-identity-token', token];
  const assumed = await runCommand(awsCli.file, ['sts', 'assume-role-with-web-identity', ...words], { env });
  assert.equal(assumed.exit, 0, assumed.stderr);
  assert.equal(JSON.parse(assumed.stdout).AssumedRoleUser.Arn, session);
  const identity = await runCommand(awsCli.file, ['sts', 'get-caller-identity'], { env: { ...env, ...fromFile } });
  assert.equal(identity.exit, 0, identity.stderr);
  assert.equal(JSON.parse(identity.stdout).Arn, session);
});

test('boto3 takes the token from the file that AWS_WEB_IDENTITY_TOKEN_FILE names', python.needed, async () => {
  const script = 'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])';
  const { exit, stdout, stderr } = await runCommand(python.file, ['-c', script], { env: { ...env, ...fromFile } });
  assert.equal(exit, 0, stderr);
  assert.equal(stdout.trim(), session);
});
