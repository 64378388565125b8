import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type ContainerProperties,
  type JobDetail,
  RegisterJobDefinitionCommand,
  type Secret,
  type TaskContainerProperties,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { describeJob, waitForEnd, waitForStatus } from '../support/wait.ts';
import { batchyard, runCommand } from './command.ts';
import { account, assertRefused, linesOf, linesOfJob, openYard, runToEnd, wholeFile } from './yard.ts';

const { batch, logs, secrets, ssm, server } = await openYard(['--host-vcpus', '8']);
const elsewhere = clientsOf(server, { region: 'eu-west-1' });
wholeFile.after(elsewhere.close);

const executionRoleArn = `arn:aws:iam::${account}:role/service-role/execution`;
const needs = [
  { type: 'VCPU' as const, value: '1' },
  { type: 'MEMORY' as const, value: '32' },
];
let definitions = 0;

/** Registers a definition, in the form that is given. */
async function define(
  form: { containerProperties: ContainerProperties } | { containers: TaskContainerProperties[] },
  retryStrategy = { attempts: 1 },
): Promise<string> {
  definitions += 1;
  const jobDefinitionName = `secrets-${definitions}`;
  const what =
    'containers' in form ? { ecsProperties: { taskProperties: [{ ...form, executionRoleArn }] } } : { ...form };
  await batch.send(new RegisterJobDefinitionCommand({ jobDefinitionName, type: 'container', retryStrategy, ...what }));
  return jobDefinitionName;
}

/** A container that runs a script with secrets. */
function container(script: string, own: readonly Secret[]) {
  return { image: 'host', command: ['sh', '-c', script], resourceRequirements: needs, secrets: [...own] };
}

const single = (script: string, own: readonly Secret[], more: Partial<ContainerProperties> = {}) => ({
  containerProperties: { ...container(script, own), executionRoleArn, ...more },
});

async function create(Name: string, value: string | Uint8Array, client = secrets) {
  const given = typeof value === 'string' ? { SecretString: value } : { SecretBinary: value };
  const { ARN = '', VersionId = '' } = await client.send(new CreateSecretCommand({ Name, ...given }));
  return { arn: ARN, version: VersionId };
}

const put = (SecretId: string, SecretString: string) =>
  secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));

const reasonOf = ({ status, statusReason, container: shown }: JobDetail) => [status, statusReason, shown?.reason];

const unable = 'ResourceInitializationError: unable to pull secrets or registry auth: ';
const asm = `${unable}execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): `;

test('a job has its secrets as variables, in every form that names them', async () => {
  const { arn, version } = await create('app/db', '{"user":"first","port":1}');
  await put(arn, '{"user":"second","port":2}');
  const { arn: far } = await create('far', 'far away', elsewhere.secrets);
  await ssm.send(new PutParameterCommand({ Name: '/app/url', Value: 'https://x', Type: 'SecureString' }));
  await ssm.send(new PutParameterCommand({ Name: 'plain', Value: "it's", Type: 'String' }));
  await elsewhere.ssm.send(new PutParameterCommand({ Name: '/far', Value: 'farther', Type: 'SecureString' }));
  const references: Readonly<Record<string, readonly [valueFrom: string, value: string]>> = {
    WHOLE: [arn, '{"user":"second","port":2}'],
    PARTIAL: [arn.slice(0, -7), '{"user":"second","port":2}'],
    KEY: [`${arn}:user::`, 'second'],
    NUMBER: [`${arn}:port::`, '2'],
    STAGE: [`${arn}:user:AWSPREVIOUS:`, 'first'],
    VERSION: [`${arn}:user::${version}`, 'first'],
    NAME: ['/app/url', 'https://x'],
    PLAIN: ['plain', "it's"],
    PARAMETER: [`arn:aws:ssm:us-east-1:${account}:parameter/app/url`, 'https://x'],
    REFERENCE: ['/aws/reference/secretsmanager/app/db', '{"user":"second","port":2}'],
    FAR: [far, 'far away'],
    FARTHER: [`arn:aws:ssm:eu-west-1:${account}:parameter/far`, 'farther'],
  };
  const own = Object.entries(references).map(([name, [valueFrom]]) => ({ name, valueFrom }));
  const script = Object.keys(references)
    .map((name) => `echo "$${name}"`)
    .join('; ');
  const values = Object.values(references).map(([, value]) => value);
  const job = await runToEnd(batch, await define(single(script, own)));
  assert.deepEqual(await linesOfJob(logs, job), values);
  assert.deepEqual(job.container?.secrets, own);
  assert.deepEqual(job.container?.environment, []);
  const task = await runToEnd(batch, await define({ containers: [{ name: 'only', ...container(script, own) }] }));
  const [shown] = task.ecsProperties?.taskProperties?.[0]?.containers ?? [];
  assert.deepEqual([await linesOf(logs, shown?.logStreamName), shown?.secrets], [values, own]);
});

test('each container has its own secrets alone, and one that waited for another still has them', async () => {
  const { arn } = await create('shared-by-none', 'the-value');
  const show = 'echo "$A|$B"';
  const containers = [
    { name: 'first', essential: false, ...container(`sleep 0.2; ${show}`, [{ name: 'A', valueFrom: arn }]) },
    {
      name: 'second',
      dependsOn: [{ containerName: 'first', condition: 'SUCCESS' }],
      ...container(show, [{ name: 'B', valueFrom: arn }]),
    },
  ];
  const job = await runToEnd(batch, await define({ containers }));
  assert.equal(job.status, 'SUCCEEDED');
  const streams = job.ecsProperties?.taskProperties?.[0]?.containers?.map(({ logStreamName }) => logStreamName) ?? [];
  assert.deepEqual(await Promise.all(streams.map((stream) => linesOf(logs, stream))), [['the-value|'], ['|the-value']]);
});

test('a retry has the value of its own start: a secret that changed between attempts is the new one', async () => {
  const { arn } = await create('rotated', 'old');
  const go = join(server.shared, 'go');
  const script = `echo "$S"; [ $AWS_BATCH_JOB_ATTEMPT -ge 2 ] && exit 0; until [ -e ${go} ]; do sleep 0.02; done; exit 1`;
  const volumes = [{ name: 'shared', host: { sourcePath: server.shared } }];
  const mountPoints = [{ sourceVolume: 'shared', containerPath: server.shared }];
  const definition = single(script, [{ name: 'S', valueFrom: arn }], { volumes, mountPoints });
  const jobId = await submit(batch, await define(definition, { attempts: 2 }));
  await waitForStatus(batch, jobId, 'RUNNING');
  await put(arn, 'new');
  writeFileSync(go, '');
  const job = await waitForEnd(batch, jobId);
  const streams = job.attempts?.map(({ container: shown }) => shown?.logStreamName) ?? [];
  assert.deepEqual(await Promise.all(streams.map((stream) => linesOf(logs, stream))), [['old'], ['new']]);
});

test('a secret that is missing, or has no such key, or is no text, fails the attempt in words, and rules of retry match them', async () => {
  const { arn } = await create('whole', '{"user":"u"}');
  const { arn: bytes } = await create('bytes', Buffer.from('bytes'));
  const { arn: nul } = await create('nul', 'a\0b');
  const missing = `arn:aws:secretsmanager:us-east-1:${account}:secret:missing-AbCdEf`;
  const cases: readonly (readonly [valueFrom: string, reason: string])[] = [
    [
      missing,
      `${asm}failed to fetch secret ${missing} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
    ],
    [`${arn}:password::`, `${asm}retrieved secret from Secrets Manager did not contain json key password`],
    [bytes, `${asm}secret ${bytes} is binary, and only text can be used`],
    [nul, 'CannotStartContainerError: environment variable "S" cannot be passed to a process'],
    [
      '/none',
      `${unable}execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid parameters: /none`,
    ],
  ];
  for (const [valueFrom, reason] of cases) {
    const job = await runToEnd(batch, await define(single('true', [{ name: 'S', valueFrom }])));
    assert.deepEqual(reasonOf(job), ['FAILED', 'Task failed to start', reason]);
    assert.equal(job.attempts?.length, 1);
  }
  const evaluateOnExit = [
    { onReason: 'ResourceInitializationError*', action: 'RETRY' as const },
    { onReason: '*', action: 'EXIT' as const },
  ];
  const definition = await define(single('true', [{ name: 'S', valueFrom: missing }]));
  const retried = await runToEnd(batch, definition, { retryStrategy: { attempts: 3, evaluateOnExit } });
  assert.equal(retried.attempts?.length, 3);
});

test('more than a process can be given as variables fails the attempt in words', async () => {
  const { arn } = await create('large', 'x'.repeat(65_000));
  const own = Array.from({ length: 40 }, (_, index) => ({ name: `S${index}`, valueFrom: arn }));
  const job = await runToEnd(batch, await define(single('true', own)));
  assert.equal(job.status, 'FAILED');
  assert.match(job.container?.reason ?? '', /^CannotStartContainerError: command and environment have \d+ bytes, more/);
});

test('secrets that are more than an engine can be told fail their own attempt in words, and no other job', async () => {
  const { arn } = await create('larger', '\u0001'.repeat(65_000));
  const own = Array.from({ length: 60 }, (_, index) => ({ name: `S${index}`, valueFrom: arn }));
  const { pid } = server;
  const other = await submit(batch, await define(single('exec sleep 600', [])));
  await waitForStatus(batch, other, 'RUNNING');
  const job = await runToEnd(batch, await define(single('true', own)));
  assert.equal(job.status, 'FAILED');
  assert.match(
    job.container?.reason ?? '',
    /^CannotStartContainerError: the task has \d+ bytes with its variables, more/,
  );
  assert.equal((await describeJob(batch, other)).status, 'RUNNING');
  assert.equal(server.pid, pid);
  await batch.send(new TerminateJobCommand({ jobId: other, reason: 'done' }));
});

test('what the execution role may not read fails the attempt in words', async () => {
  const foreign = `arn:aws:iam::999999999999:role/execution`;
  await ssm.send(new PutParameterCommand({ Name: '/readable', Value: 'v', Type: 'String' }));
  const own = [{ name: 'S', valueFrom: '/readable' }];
  const job = await runToEnd(batch, await define(single('true', own, { executionRoleArn: foreign })));
  assert.equal(job.status, 'FAILED');
  assert.ok(job.container?.reason?.startsWith(`${unable}ECS was unable to assume the role '${foreign}'`));
  const { arn } = await create('mine', 'v');
  const theirs = arn.replace(account, '999999999999');
  const denied = await runToEnd(batch, await define(single('true', [{ name: 'S', valueFrom: theirs }])));
  assert.ok(denied.container?.reason?.startsWith(`${asm}failed to fetch secret ${theirs} from secrets manager: `));
});

test('a submitted variable may not have the name of a secret', async () => {
  const { arn } = await create('named', 'v');
  const definition = await define(single('true', [{ name: 'S', valueFrom: arn }]));
  const environment = [{ name: 'S', value: 'mine' }];
  await assertRefused(submit(batch, definition, { containerOverrides: { environment } }), /must be unique .* 'S'\.$/);
});

test('a registry login is kept and shown, and a job that pulls nothing says that it has no effect', async () => {
  const repositoryCredentials = { credentialsParameter: 'registry' };
  const definition = await define(single('true', [], { repositoryCredentials }));
  const { jobId = '', status, container: shown } = await runToEnd(batch, definition);
  assert.deepEqual([status, shown?.repositoryCredentials], ['SUCCEEDED', repositoryCredentials]);
  const { stdout } = await runCommand(batchyard, ['explain', jobId, '--json', '--data', server.dataDirectory]);
  assert.match(stdout, /repositoryCredentials have no effect: no image is pulled here/);
});
