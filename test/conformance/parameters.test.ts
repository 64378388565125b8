import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  paginateGetParametersByPath,
  RemoveTagsFromResourceCommand,
  SendCommandCommand,
} from '@aws-sdk/client-ssm';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { awsCli, runCommand } from './command.ts';
import { account, refusalOf, region, wholeFile } from './yard.ts';

const server = await ServerProcess.start(wholeFile, ['--log-level', 'warn']);
const clients = clientsOf(server);
after(clients.close);
const { ssm, secrets } = clients;

const put = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));
const get = async (Name: string, WithDecryption = true) =>
  (await ssm.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter;

test('a parameter is put, got, overwritten, described and deleted', async () => {
  const made = await put('/app/db', 'one');
  assert.deepEqual([made.Version, made.Tier], [1, 'Standard']);
  const { LastModifiedDate, ...shown } = (await get('/app/db')) ?? assert.fail();
  assert.ok(LastModifiedDate instanceof Date);
  assert.deepEqual(shown, {
    Name: '/app/db',
    Type: 'String',
    Value: 'one',
    Version: 1,
    ARN: `arn:aws:ssm:${region}:${account}:parameter/app/db`,
    DataType: 'text',
  });
  const exists = await refusalOf(put('/app/db', 'two'));
  assert.deepEqual([exists.name, exists.status, exists.attempts], ['ParameterAlreadyExists', 400, 1]);
  await put('/app/db', 'two', { Overwrite: true, Type: 'SecureString' });
  assert.deepEqual([(await get('/app/db'))?.Value, (await get('/app/db:1'))?.Value], ['two', 'one']);
  const described = await ssm.send(new DescribeParametersCommand({}));
  assert.deepEqual(described.Parameters?.[0]?.KeyId, 'alias/aws/ssm');
  await ssm.send(new DeleteParameterCommand({ Name: '/app/db' }));
  const missing = await refusalOf(get('/app/db'));
  assert.deepEqual([missing.name, missing.message], ['ParameterNotFound', 'Parameter /app/db not found.']);
});

test('the SDK pages through a path, and through a history', async () => {
  for (let at = 0; at < 23; at += 1) await put(`/pages/p${String(at).padStart(2, '0')}`, `${at}`);
  const found: (string | undefined)[] = [];
  for await (const page of paginateGetParametersByPath({ client: ssm }, { Path: '/pages' })) {
    found.push(...(page.Parameters ?? []).map(({ Value }) => Value));
  }
  assert.deepEqual(
    found,
    Array.from({ length: 23 }, (_, at) => `${at}`),
  );
  await put('/pages/p00', 'new', { Overwrite: true });
  await ssm.send(new LabelParameterVersionCommand({ Name: '/pages/p00', ParameterVersion: 1, Labels: ['old'] }));
  const history = await ssm.send(new GetParameterHistoryCommand({ Name: '/pages/p00' }));
  assert.deepEqual(
    history.Parameters?.map(({ Value, Labels }) => [Value, Labels]),
    [
      ['0', ['old']],
      ['new', []],
    ],
  );
});

test('a parameter goes through the life that Terraform gives it', async () => {
  const Name = '/terraform/p';
  await put(Name, 'one', {
    Type: 'SecureString',
    Tier: 'Standard',
    Tags: [{ Key: 'a', Value: 'b' }],
    Overwrite: false,
  });
  assert.equal((await get(Name))?.Value, 'one');
  const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values: [Name] }];
  const { Parameters = [] } = await ssm.send(new DescribeParametersCommand({ ParameterFilters }));
  assert.deepEqual(
    Parameters.map(({ Tier, KeyId, DataType, Description }) => [Tier, KeyId, DataType, Description]),
    [['Standard', 'alias/aws/ssm', 'text', undefined]],
  );
  const tagged = { ResourceType: 'Parameter', ResourceId: Name } as const;
  const tags = await ssm.send(new ListTagsForResourceCommand(tagged));
  assert.deepEqual(tags.TagList, [{ Key: 'a', Value: 'b' }]);
  await put(Name, 'two', { Type: 'SecureString', Tier: 'Standard', Overwrite: true });
  await ssm.send(new AddTagsToResourceCommand({ ...tagged, Tags: [{ Key: 'c', Value: 'd' }] }));
  await ssm.send(new RemoveTagsFromResourceCommand({ ...tagged, TagKeys: ['a'] }));
  const changed = await ssm.send(new ListTagsForResourceCommand(tagged));
  assert.deepEqual([(await get(Name))?.Version, changed.TagList], [2, [{ Key: 'c', Value: 'd' }]]);
  await ssm.send(new DeleteParameterCommand({ Name }));
  assert.deepEqual((await ssm.send(new DescribeParametersCommand({ ParameterFilters }))).Parameters, []);
});

test('recommended images, and secrets as parameters, answer through the SDK', async () => {
  const Path = '/aws/service/ecs/optimized-ami/amazon-linux-2/gpu/recommended';
  const below = await ssm.send(new GetParametersByPathCommand({ Path }));
  assert.equal(below.Parameters?.length, 6);
  assert.match((await get(`${Path}/image_id`))?.Value ?? '', /^ami-[0-9a-f]{17}$/);
  await secrets.send(new CreateSecretCommand({ Name: 'behind', SecretString: 'of the secret' }));
  const Names = ['/aws/reference/secretsmanager/behind', '/aws/reference/secretsmanager/none'];
  const got = await ssm.send(new GetParametersCommand({ Names, WithDecryption: true }));
  assert.deepEqual(
    got.Parameters?.map(({ Value }) => Value),
    ['of the secret'],
  );
  assert.deepEqual(got.InvalidParameters, ['/aws/reference/secretsmanager/none']);
});

test('what Systems Manager has beside parameters is not built, and that is said', async () => {
  const refusal = await refusalOf(ssm.send(new SendCommandCommand({ DocumentName: 'AWS-RunShellScript' })));
  assert.deepEqual([refusal.name, refusal.attempts], ['UnsupportedOperationException', 1]);
  assert.match(refusal.message, /^SendCommand is not supported by this version of Batchyard/);
});

test('after a restart parameters, versions and labels are what they were', async () => {
  await put('/kept', 'v1', { Type: 'SecureString' });
  await put('/kept', 'v2', { Overwrite: true, Type: 'SecureString' });
  await ssm.send(new LabelParameterVersionCommand({ Name: '/kept', ParameterVersion: 1, Labels: ['old'] }));
  const everything = async () => {
    const history = await ssm.send(new GetParameterHistoryCommand({ Name: '/kept', WithDecryption: true }));
    return [history.Parameters, await get('/kept:old'), (await ssm.send(new DescribeParametersCommand({}))).Parameters];
  };
  const before = await everything();
  await server.kill();
  await server.restart();
  assert.deepEqual(await everything(), before);
});

test('the aws CLI puts and gets parameters', awsCli.needed, async () => {
  const { accessKeyId, secretAccessKey } = server.credentials;
  const key = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  const env = { ...key, AWS_ENDPOINT_URL: server.url, AWS_DEFAULT_REGION: region };
  const aws = async (...more: string[]) => {
    const { exit, stdout, stderr } = await runCommand(awsCli.file, ['ssm', ...more], { env });
    return exit === 0 ? stdout : stderr;
  };
  await aws('put-parameter', '--name', '/cli', '--value', 'from the cli', '--type', 'SecureString');
  const text = ['--query', 'Parameter.Value', '--output', 'text'];
  assert.equal(await aws('get-parameter', '--name', '/cli', '--with-decryption', ...text), 'from the cli\n');
  assert.match(await aws('get-parameter', '--name', '/none'), /ParameterNotFound.*: Parameter \/none not found\./);
});
