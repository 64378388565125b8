import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  RotateSecretCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { awsCli, runCommand } from './command.ts';
import { account, refusalOf, region, wholeFile } from './yard.ts';

const server = await ServerProcess.start(wholeFile, ['--log-level', 'warn']);
const clients = clientsOf(server);
after(clients.close);
const { secrets } = clients;

const create = (Name: string, SecretString?: string) =>
  secrets.send(new CreateSecretCommand({ Name, ...(SecretString !== undefined && { SecretString }) }));
const secretText = async (SecretId: string, more: object = {}) =>
  (await secrets.send(new GetSecretValueCommand({ SecretId, ...more }))).SecretString;
const describe = (SecretId: string) => secrets.send(new DescribeSecretCommand({ SecretId }));

test('a secret is made, described, listed, changed, deleted and restored', async () => {
  const Description = 'of the database';
  const { ARN, VersionId } = await secrets.send(
    new CreateSecretCommand({ Name: 'app/db', Description, SecretString: '{"user":"u"}' }),
  );
  assert.match(ARN ?? '', new RegExp(`^arn:aws:secretsmanager:${region}:${account}:secret:app/db-[A-Za-z0-9]{6}$`));
  const { $metadata: _, CreatedDate, LastChangedDate, ...described } = await describe('app/db');
  assert.deepEqual(described, {
    ARN,
    Name: 'app/db',
    Description,
    VersionIdsToStages: { [VersionId ?? '']: ['AWSCURRENT'] },
  });
  assert.ok(CreatedDate && LastChangedDate && Math.abs(CreatedDate.getTime() - Date.now()) < 60_000);
  const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
  assert.deepEqual(SecretList.find(({ Name }) => Name === 'app/db')?.SecretVersionsToStages, {
    [VersionId ?? '']: ['AWSCURRENT'],
  });
  await secrets.send(new UpdateSecretCommand({ SecretId: ARN, Description: 'changed', SecretString: 'v2' }));
  assert.deepEqual([(await describe('app/db')).Description, await secretText('app/db')], ['changed', 'v2']);
  const { DeletionDate } = await secrets.send(new DeleteSecretCommand({ SecretId: 'app/db', RecoveryWindowInDays: 8 }));
  assert.deepEqual((await describe('app/db')).DeletedDate, DeletionDate);
  const marked = await refusalOf(secretText('app/db'));
  assert.deepEqual([marked.name, marked.status, marked.attempts], ['InvalidRequestException', 400, 1]);
  await secrets.send(new RestoreSecretCommand({ SecretId: 'app/db' }));
  assert.equal(await secretText('app/db'), 'v2');
});

test('KmsKeyId is kept and shown', async () => {
  await secrets.send(new CreateSecretCommand({ Name: 'keyed', KmsKeyId: 'alias/mine', SecretString: 'v' }));
  assert.equal((await describe('keyed')).KmsKeyId, 'alias/mine');
  await secrets.send(new UpdateSecretCommand({ SecretId: 'keyed', KmsKeyId: 'alias/other' }));
  assert.equal((await describe('keyed')).KmsKeyId, 'alias/other');
});

test('the Type of a secret is kept and shown', async () => {
  await secrets.send(new CreateSecretCommand({ Name: 'typed', Type: 'SomePartner' }));
  assert.equal((await describe('typed')).Type, 'SomePartner');
  await secrets.send(new UpdateSecretCommand({ SecretId: 'typed', Type: 'Another' }));
  assert.equal((await describe('typed')).Type, 'Another');
});

test('tags of a secret are put, shown and taken off', async () => {
  const Tags = [{ Key: 'a', Value: '1' }];
  await secrets.send(new CreateSecretCommand({ Name: 'tagged', Tags }));
  await secrets.send(new TagResourceCommand({ SecretId: 'tagged', Tags: [{ Key: 'b', Value: '2' }] }));
  await secrets.send(new UntagResourceCommand({ SecretId: 'tagged', TagKeys: ['a'] }));
  assert.deepEqual((await describe('tagged')).Tags, [{ Key: 'b', Value: '2' }]);
});

test('versions of a secret are listed in pages, those without a label when asked for', async () => {
  await create('versions', 'v1');
  for (const SecretString of ['v2', 'v3']) {
    await secrets.send(new PutSecretValueCommand({ SecretId: 'versions', SecretString }));
  }
  const list = (more: object) => secrets.send(new ListSecretVersionIdsCommand({ SecretId: 'versions', ...more }));
  const labelled = await list({});
  assert.deepEqual(
    labelled.Versions?.map(({ VersionStages }) => VersionStages),
    [['AWSPREVIOUS'], ['AWSCURRENT']],
  );
  const first = await list({ IncludeDeprecated: true, MaxResults: 2 });
  const rest = await list({ IncludeDeprecated: true, MaxResults: 2, NextToken: first.NextToken });
  const stages = [...(first.Versions ?? []), ...(rest.Versions ?? [])].map(({ VersionStages }) => VersionStages);
  assert.deepEqual(stages, [undefined, ['AWSPREVIOUS'], ['AWSCURRENT']]);
});

test('values are the bytes and texts of the SDK, up to 65,536 bytes, one by one and many at once', async () => {
  const SecretBinary = Uint8Array.from({ length: 65_536 }, (_, at) => at % 256);
  await secrets.send(new CreateSecretCommand({ Name: 'large', SecretBinary }));
  const got = await secrets.send(new GetSecretValueCommand({ SecretId: 'large' }));
  assert.deepEqual(got.SecretBinary, SecretBinary);
  assert.ok(got.CreatedDate instanceof Date);
  await create('text', '\u{1f511} "ü\n');
  const command = new BatchGetSecretValueCommand({ SecretIdList: ['large', 'none', 'text'] });
  const { SecretValues = [], Errors = [] } = await secrets.send(command);
  assert.deepEqual(SecretValues[0]?.SecretBinary, SecretBinary);
  assert.equal(SecretValues[1]?.SecretString, '\u{1f511} "ü\n');
  assert.deepEqual(
    Errors.map(({ ErrorCode }) => ErrorCode),
    ['ResourceNotFoundException'],
  );
  const { RandomPassword = '' } = await secrets.send(new GetRandomPasswordCommand({ PasswordLength: 40 }));
  assert.equal(RandomPassword.length, 40);
});

test('errors are those of the SDK, by class and words, and no value is in any', async () => {
  const missing = await refusalOf(secretText('none'));
  assert.deepEqual(
    [missing.name, missing.status, missing.message],
    ['ResourceNotFoundException', 400, "Secrets Manager can't find the specified secret."],
  );
  await create('twice', 'v');
  const exists = await refusalOf(create('twice', 'v'));
  assert.deepEqual(
    [exists.name, exists.message],
    ['ResourceExistsException', 'The operation failed because the secret twice already exists.'],
  );
  const large = await refusalOf(create('too-large', 'secret'.repeat(11_000)));
  assert.equal(large.name, 'ValidationException');
  assert.ok(!large.message.includes('secretsecret'));
  const unbuilt = await refusalOf(secrets.send(new RotateSecretCommand({ SecretId: 'twice' })));
  assert.deepEqual([unbuilt.name, unbuilt.attempts], ['UnsupportedOperationException', 1]);
});

test('a secret and a version go through the life that Terraform gives them', async () => {
  // aws_secretsmanager_secret: create, policy, read.
  const { ARN: SecretId = '' } = await secrets.send(
    new CreateSecretCommand({ Name: 'terraform', Description: '', Tags: [{ Key: 'a', Value: 'b' }] }),
  );
  const ResourcePolicy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Principal: '*', Action: 'secretsmanager:DeleteSecret', Resource: '*' }],
  });
  await secrets.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy, BlockPublicPolicy: true }));
  const read = await describe(SecretId);
  assert.deepEqual([read.Name, read.RotationEnabled, read.VersionIdsToStages], ['terraform', undefined, undefined]);
  const policy = await secrets.send(new GetResourcePolicyCommand({ SecretId }));
  assert.equal(policy.ResourcePolicy, ResourcePolicy);
  // aws_secretsmanager_secret_version: put with stages, read by version, move a label, take labels off.
  const put = new PutSecretValueCommand({ SecretId, SecretString: 'one', VersionStages: ['AWSCURRENT', 'blue'] });
  const { VersionId = '' } = await secrets.send(put);
  const got = await secrets.send(new GetSecretValueCommand({ SecretId, VersionId }));
  assert.deepEqual([got.SecretString, got.VersionStages], ['one', ['AWSCURRENT', 'blue']]);
  const next = new PutSecretValueCommand({ SecretId, SecretString: 'two' });
  const { VersionId: newer = '' } = await secrets.send(next);
  const move = { SecretId, VersionStage: 'blue', MoveToVersionId: newer, RemoveFromVersionId: VersionId };
  await secrets.send(new UpdateSecretVersionStageCommand(move));
  assert.deepEqual((await describe(SecretId)).VersionIdsToStages, {
    [VersionId]: ['AWSPREVIOUS'],
    [newer]: ['AWSCURRENT', 'blue'],
  });
  const off = { SecretId, VersionStage: 'blue', RemoveFromVersionId: newer };
  await secrets.send(new UpdateSecretVersionStageCommand(off));
  // Destroyed, as with recovery_window_in_days = 0.
  await secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
  assert.equal((await refusalOf(describe(SecretId))).name, 'ResourceNotFoundException');
});

test('after a restart secrets, versions, labels and what is marked for deletion are what they were', async () => {
  await create('kept', 'v1');
  await secrets.send(new PutSecretValueCommand({ SecretId: 'kept', SecretString: 'v2' }));
  await create('marked', 'v');
  await secrets.send(new DeleteSecretCommand({ SecretId: 'marked' }));
  const everything = async () => {
    const { SecretList } = await secrets.send(new ListSecretsCommand({ IncludePlannedDeletion: true }));
    return [SecretList, await secretText('kept'), await secretText('kept', { VersionStage: 'AWSPREVIOUS' })];
  };
  const before = await everything();
  await server.kill();
  await server.restart();
  assert.deepEqual(await everything(), before);
});

test('the aws CLI makes and reads secrets', awsCli.needed, async () => {
  const { accessKeyId, secretAccessKey } = server.credentials;
  const key = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  const env = { ...key, AWS_ENDPOINT_URL: server.url, AWS_DEFAULT_REGION: region };
  const aws = async (...more: string[]) => {
    const { exit, stdout, stderr } = await runCommand(awsCli.file, ['secretsmanager', ...more], { env });
    return exit === 0 ? stdout : stderr;
  };
  const made = JSON.parse(await aws('create-secret', '--name', 'cli', '--secret-string', 'from the cli'));
  const text = ['--query', 'SecretString', '--output', 'text'];
  assert.equal(await aws('get-secret-value', '--secret-id', made.ARN, ...text), 'from the cli\n');
  const error = await aws('get-secret-value', '--secret-id', 'none');
  assert.match(error, /ResourceNotFoundException.*: Secrets Manager can't find the specified secret\./);
});
