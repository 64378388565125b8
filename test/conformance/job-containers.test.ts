import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { RegisterJobDefinitionCommand, type SubmitJobCommand } from '@aws-sdk/client-batch';
import { registerShell, submit } from '../support/jobs.ts';
import { abilitiesOf } from './host-abilities.ts';
import { assertRefused, describeDefinition, linesOfJob, openYard, runToEnd } from './yard.ts';

const { batch, logs, server } = await openYard(['--host-vcpus', '64', '--host-memory-mib', '4096']);
const { mounts } = await abilitiesOf(server);

const showEnvironment = await registerShell(batch, { name: 'environment', script: 'env | sort' });

type Overrides = NonNullable<ConstructorParameters<typeof SubmitJobCommand>[0]['containerOverrides']>;

async function environmentOf(containerOverrides: Overrides = {}) {
  const job = await runToEnd(batch, showEnvironment, { containerOverrides });
  const lines = await linesOfJob(logs, job);
  return { job, values: Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2))) as Record<string, string> };
}

test("a job's environment holds AWS_BATCH_JOB_ID, _JOB_ATTEMPT, _JQ_NAME and _CE_NAME", async () => {
  const { job, values } = await environmentOf();
  const given = Object.fromEntries(Object.entries(values).filter(([name]) => name.startsWith('AWS_BATCH')));
  assert.deepEqual(given, {
    AWS_BATCH_CE_NAME: 'default',
    AWS_BATCH_JOB_ATTEMPT: '1',
    AWS_BATCH_JOB_ID: job.jobId,
    AWS_BATCH_JQ_NAME: 'default',
  });
});

test("a job sees nothing of the server's environment", async () => {
  const { values } = await environmentOf();
  const own = Object.keys(values).filter((name) => !/^(AWS_BATCH_\w+|PATH|HOME|PWD|SHLVL|_|OLDPWD|TMPDIR)$/.test(name));
  // What leads to this server, for a job without a role.
  assert.deepEqual(own.toSorted(), [
    'AWS_DEFAULT_REGION',
    'AWS_DISABLE_HOST_PREFIX_INJECTION',
    'AWS_EC2_METADATA_DISABLED',
    'AWS_ENDPOINT_URL',
    'AWS_EXECUTION_ENV',
    'AWS_REGION',
    'ECS_CONTAINER_METADATA_URI_V4',
  ]);
  assert.notEqual(values.HOME, process.env.HOME);
});

test('variables of a submission are added to those of the definition, and win over them', async () => {
  const definition = await registerContainer('layered', {
    command: ['/bin/sh', '-c', 'echo "$A|$B|$C"'],
    environment: [
      { name: 'A', value: 'definition' },
      { name: 'B', value: 'definition' },
    ],
  });
  const environment = [
    { name: 'B', value: 'submission' },
    { name: 'C', value: 'two words = "x"' },
  ];
  const job = await runToEnd(batch, definition, { containerOverrides: { environment } });
  assert.deepEqual(await linesOfJob(logs, job), ['definition|submission|two words = "x"']);
  assert.deepEqual(
    job.container?.environment?.map(({ name }) => name),
    ['A', 'B', 'C'],
  );
});

test('variables that begin with AWS_BATCH are refused in overrides too', async () => {
  const environment = [{ name: 'AWS_BATCH_FOO', value: '1' }];
  await assertRefused(submit(batch, showEnvironment, { containerOverrides: { environment } }), /AWS_BATCH/);
});

/** Registers a small definition with more to its container; answers its ARN. */
async function registerContainer(
  jobDefinitionName: string,
  container: object,
  more: { readonly parameters?: Record<string, string> } = {},
): Promise<string> {
  const containerProperties = { image: 'busybox', vcpus: 1, memory: 32, ...container };
  const input = { jobDefinitionName, type: 'container' as const, containerProperties, ...more };
  return (await batch.send(new RegisterJobDefinitionCommand(input))).jobDefinitionArn ?? '';
}

test("Ref:: parameters take the value submitted, else the definition's; unused ones are accepted, missing ones refused", async () => {
  const command = ['/bin/echo', '-i', 'Ref::inputfile', '-c', 'Ref::codec', '-o', 'Ref::outputfile'];
  const definition = await registerContainer('ffmpeg_parameters', { command }, { parameters: { codec: 'mp4' } });
  const files = { inputfile: 'in.avi', outputfile: 'out.mp4' };
  const lines = async (parameters: Record<string, string>) =>
    linesOfJob(logs, await runToEnd(batch, definition, { parameters }));
  assert.deepEqual(await Promise.all([lines(files), lines({ ...files, codec: 'mov', unused: 'x' })]), [
    ['-i in.avi -c mp4 -o out.mp4'],
    ['-i in.avi -c mov -o out.mp4'],
  ]);
  const missing = submit(batch, definition, { parameters: { outputfile: 'out.mp4' } });
  await assertRefused(missing, /Unable to substitute value\. No parameter found for reference inputfile/);
});

test("the guide's echo-parameters job prints the parameters of the event that started it", async () => {
  const command = ['echo', 'Ref::S3bucket', 'Ref::S3key'];
  const definition = await registerContainer('echo-parameters', { command, vcpus: 2, memory: 2000 });
  const job = await runToEnd(batch, definition, { parameters: { S3bucket: 'photos', S3key: 'a/b.jpg' } });
  assert.deepEqual(await linesOfJob(logs, job), ['photos a/b.jpg']);
});

test('quotes in a command are literal: no shell comes between', async () => {
  const job = await runToEnd(
    batch,
    await registerContainer('event-test', { command: ['echo', "'hello world'", '$HOME'] }),
  );
  assert.deepEqual(await linesOfJob(logs, job), ["'hello world' $HOME"]);
});

test("the guide's fetch_and_run job runs as nobody with its variables, and its command can be replaced", async () => {
  const definition = await registerContainer('fetch_and_run', {
    image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/fetch_and_run',
    vcpus: 2,
    memory: 2000,
    command: ['myjob.sh', '60'],
    jobRoleArn: 'arn:aws:iam::123456789012:role/AWSBatchS3ReadOnly',
    environment: [
      { name: 'BATCH_FILE_S3_URL', value: 's3://my-batch-scripts/myjob.sh' },
      { name: 'BATCH_FILE_TYPE', value: 'script' },
    ],
    user: 'nobody',
  });
  const containerOverrides = {
    command: ['/bin/sh', '-c', 'id -un; echo $BATCH_FILE_TYPE $BATCH_FILE_S3_URL'],
    environment: [{ name: 'BATCH_FILE_TYPE', value: 'zip' }],
  };
  const job = await runToEnd(batch, definition, { containerOverrides });
  assert.equal(job.status, 'SUCCEEDED', job.container?.reason ?? '');
  assert.deepEqual(await linesOfJob(logs, job), ['nobody', 'zip s3://my-batch-scripts/myjob.sh']);
  assert.equal((await describeDefinition(batch, definition)).containerProperties?.command?.[0], 'myjob.sh');
});

test('integers override integers, and the older form is read back as it was given', async () => {
  const definition = await registerContainer('integers', { command: ['true'], vcpus: 1, memory: 64 });
  const job = await runToEnd(batch, definition, { containerOverrides: { vcpus: 2, memory: 128 } });
  assert.deepEqual([job.container?.vcpus, job.container?.memory, job.container?.resourceRequirements], [2, 128, []]);
  const unchanged = await runToEnd(batch, definition);
  assert.deepEqual([unchanged.container?.vcpus, unchanged.container?.memory], [1, 64]);
});

const requirements = (VCPU: string, MEMORY: string) => [
  { type: 'VCPU' as const, value: VCPU },
  { type: 'MEMORY' as const, value: MEMORY },
];

test('resourceRequirements override either form, one type alone too', async () => {
  const older = await registerContainer('older-form', { command: ['true'] });
  const job = await runToEnd(batch, older, { containerOverrides: { resourceRequirements: requirements('2', '128') } });
  assert.deepEqual(
    [job.container?.vcpus, job.container?.memory, job.container?.resourceRequirements],
    [undefined, undefined, requirements('2', '128')],
  );
  const newer = await registerShell(batch, { name: 'newer-form', script: 'true', memoryMiB: 48 });
  const resourceRequirements = [{ type: 'VCPU' as const, value: '3' }];
  const partly = await runToEnd(batch, newer, { containerOverrides: { resourceRequirements } });
  const asked = Object.fromEntries(
    (partly.container?.resourceRequirements ?? []).map(({ type, value }) => [type, value]),
  );
  assert.deepEqual(asked, { VCPU: '3', MEMORY: '48' });
});

test('integers over resourceRequirements are taken, and without effect', async () => {
  const own = await runToEnd(batch, showEnvironment);
  const job = await runToEnd(batch, showEnvironment, { containerOverrides: { vcpus: 1000, memory: 1_000_000 } });
  assert.equal(job.status, 'SUCCEEDED');
  assert.deepEqual(job.container?.resourceRequirements, own.container?.resourceRequirements);
});

test('an override below the least, or in both forms, is refused', async () => {
  const older = await registerContainer('least', { command: ['true'] });
  const with_ = (containerOverrides: Overrides) => submit(batch, older, { containerOverrides });
  await assertRefused(with_({ vcpus: 0 }), /at least 1/);
  await assertRefused(with_({ memory: 3 }), /at least 4/);
  await assertRefused(with_({ resourceRequirements: requirements('1', '3') }), /at least 4/);
  await assertRefused(with_({ instanceType: 'c5.large' }), /instanceType/);
});

test('a volume of the host is mounted where the definition says, and what the job writes there stays', async () => {
  const definition = await registerContainer('scratch', {
    command: ['/bin/sh', '-c', `echo kept >${server.shared}/result; cat ${server.shared}/result`],
    volumes: [{ host: { sourcePath: server.shared }, name: 'Scratch' }],
    mountPoints: [{ containerPath: server.shared, sourceVolume: 'Scratch' }],
  });
  const job = await runToEnd(batch, definition);
  assert.deepEqual(await linesOfJob(logs, job), ['kept']);
  assert.equal(readFileSync(`${server.shared}/result`, 'utf8'), 'kept\n');
});

test('a read-only mount point cannot be written to', mounts, async () => {
  const definition = await registerContainer('read-only', {
    command: ['/bin/sh', '-c', `echo x >/mnt/refused || exit 9`],
    volumes: [{ host: { sourcePath: server.shared }, name: 'in' }],
    mountPoints: [{ containerPath: '/mnt', sourceVolume: 'in', readOnly: true }],
  });
  const job = await runToEnd(batch, definition);
  assert.equal(job.container?.exitCode, 9);
  assert.ok(!existsSync(`${server.shared}/refused`));
});

test('a volume outside the directories that the operator allows fails the job at start, in words', async () => {
  const definition = await registerContainer('outside', {
    command: ['true'],
    volumes: [{ host: { sourcePath: '/root' }, name: 'root' }],
    mountPoints: [{ containerPath: '/root', sourceVolume: 'root' }],
  });
  const job = await runToEnd(batch, definition);
  assert.deepEqual([job.status, job.statusReason], ['FAILED', 'Task failed to start']);
  assert.match(job.container?.reason ?? '', /\/root.*host-?paths/i);
});

test('a temporary file system and a ulimit are as the definition says', async () => {
  const definition = await registerContainer('limited', {
    command: ['/bin/sh', '-c', 'ulimit -n; ulimit -Hn; stat -f -c %T /fast; touch /fast/x'],
    ulimits: [{ name: 'nofile', softLimit: 100, hardLimit: 200 }],
    linuxParameters: { tmpfs: [{ containerPath: '/fast', size: 4 }] },
  });
  const job = await runToEnd(batch, definition);
  assert.deepEqual(await linesOfJob(logs, job), ['100', '200', 'tmpfs']);
  assert.equal(job.status, 'SUCCEEDED');
});

test('a definition without a command fails at start on the process engine, in words', async () => {
  const job = await runToEnd(batch, await registerContainer('image-only', { command: [] }));
  assert.deepEqual([job.status, job.statusReason], ['FAILED', 'Task failed to start']);
  assert.match(job.container?.reason ?? '', /command/);
});

test('a volume that nobody has mapped fails the job at start, in words', async () => {
  const definition = await registerContainer('with-efs', {
    command: ['true'],
    volumes: [{ name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-12345678' } }],
    mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }],
  });
  const { status, container } = await runToEnd(batch, definition);
  assert.equal(status, 'FAILED');
  assert.match(container?.reason ?? '', /EFS/);
});
