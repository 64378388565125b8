import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  DescribeJobDefinitionsCommand,
  DescribeJobsCommand,
  ListJobsCommand,
  RegisterJobDefinitionCommand,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { CreateSecretCommand, GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until, waitForEnd, waitForStatus } from '../support/wait.ts';
import { batchyard, runCommand } from './command.ts';
import { refusalOf } from './yard.ts';

const values = { text: 'correct-horse-battery', bytes: 'staple-of-bytes', parameter: 'hidden-in-a-parameter' };

async function start(t: TestContext, flags: readonly string[] = []) {
  const server = await ServerProcess.start(t, ['--log-level', 'debug', ...flags]);
  const clients = clientsOf(server);
  t.after(clients.close);
  return { server, ...clients };
}

type Started = Awaited<ReturnType<typeof start>>;

async function putValues({ secrets, ssm }: Started): Promise<void> {
  await secrets.send(new CreateSecretCommand({ Name: 'text', SecretString: values.text }));
  await secrets.send(new CreateSecretCommand({ Name: 'bytes', SecretBinary: Buffer.from(values.bytes) }));
  await ssm.send(new PutParameterCommand({ Name: '/secure', Value: values.parameter, Type: 'SecureString' }));
  await ssm.send(new PutParameterCommand({ Name: '/plain', Value: values.parameter, Type: 'String' }));
}

async function readValues({ secrets, ssm }: Pick<Started, 'secrets' | 'ssm'>) {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: 'text' }));
  const { SecretBinary } = await secrets.send(new GetSecretValueCommand({ SecretId: 'bytes' }));
  const secure = await ssm.send(new GetParameterCommand({ Name: '/secure', WithDecryption: true }));
  const plain = await ssm.send(new GetParameterCommand({ Name: '/plain' }));
  assert.equal(plain.Parameter?.Value, values.parameter);
  return { text: SecretString, bytes: Buffer.from(SecretBinary ?? []).toString(), parameter: secure.Parameter?.Value };
}

function filesBelow(directory: string): readonly string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Files that hold a value, as text or as base64 of text that begins anywhere. */
function filesWithValues(directory: string): readonly string[] {
  const traces = Object.values(values).flatMap((value) => [
    value,
    ...[0, 1, 2].map((offset) => Buffer.from(value.slice(offset)).toString('base64').slice(0, 20)),
  ]);
  return filesBelow(directory).filter((file) => {
    const content = readFileSync(file);
    return traces.some((trace) => content.includes(trace));
  });
}

const keysOf = ({ server }: Started): readonly { readonly id: string }[] =>
  JSON.parse(readFileSync(join(server.dataDirectory, 'value-keys.json'), 'utf8')).keys;

const rotate = ({ server }: Started) =>
  runCommand(batchyard, ['keys', 'rotate', '--data', server.dataDirectory, '--json']);

test('no file of the data directory and no log has a value, while the server runs, after it was killed and stopped', async (t) => {
  const started = await start(t);
  const { server, secrets, ssm } = started;
  await putValues(started);
  // What is refused must not be told of with its value either.
  const SecretString = values.text.repeat(4_000);
  await refusalOf(secrets.send(new PutSecretValueCommand({ SecretId: 'text', SecretString })));
  const nested = { Name: '/secure', Value: `${values.parameter} {{ssm:x}}`, Overwrite: true };
  await refusalOf(ssm.send(new PutParameterCommand(nested)));
  await readValues(started);
  assert.ok(filesBelow(server.dataDirectory).length > 3);
  assert.deepEqual(filesWithValues(server.dataDirectory), []);
  await server.kill();
  assert.deepEqual(filesWithValues(server.dataDirectory), []);
  await server.restart();
  assert.deepEqual(await readValues(started), values);
  await server.stop();
  assert.deepEqual(filesWithValues(server.dataDirectory), []);
  for (const value of Object.values(values)) assert.ok(!server.log.includes(value));
});

test('the command line of the server shows no value, and a crash of it leaves no core unless a job asks for one', async (t) => {
  const started = await start(t);
  await putValues(started);
  const { pid } = started.server;
  const shown = readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8');
  for (const value of Object.values(values)) assert.ok(!shown.includes(value));
  // What the server was started with is what a job of it inherits.
  const script = 'ulimit -S -c "$(ulimit -H -c)"; exec "$0" run --engine process -- sh -c "ulimit -S -c"';
  const { exit, stdout, stderr } = await runCommand('sh', ['-c', script, batchyard]);
  assert.equal(exit, 0, stderr);
  assert.equal(stdout, '0\n');
});

/** Lines of /proc that everybody on the machine may read, of all its processes. */
function commandLines(): string {
  const read = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      // It has ended.
      return '';
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(read)
    .join('\n');
}

const asVariables = [
  { name: 'TEXT', valueFrom: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:text' },
  { name: 'PARAMETER', valueFrom: '/secure' },
];

/** Registers a job that has all values as variables, and says so in a file without saying them. */
async function registerWithSecrets({ batch, server }: Started, name: string, more: readonly object[] = []) {
  const { shared } = server;
  const length = values.text.length;
  const container = (last: string, own: object) => ({
    image: 'host',
    command: ['sh', '-c', `[ \${#TEXT} = ${length} ] && [ -n "$PARAMETER" ] && ${last}`],
    resourceRequirements: [
      { type: 'VCPU' as const, value: '1' },
      { type: 'MEMORY' as const, value: '32' },
    ],
    secrets: [...asVariables, ...(more as typeof asVariables)],
    mountPoints: [{ sourceVolume: 'shared', containerPath: shared }],
    ...own,
  });
  const waits = (containerName: string) => ({ dependsOn: [{ containerName, condition: 'SUCCESS' as const }] });
  const containers = [
    container(`>${shared}/${name}-first && until [ -e ${shared}/go ]; do sleep 0.02; done`, {
      name: 'first',
      essential: false,
    }),
    container(`>${shared}/${name}-second && exec sleep 600`, { name: 'second', ...waits('first') }),
  ];
  const executionRoleArn = 'arn:aws:iam::123456789012:role/execution';
  const volumes = [{ name: 'shared', host: { sourcePath: shared } }];
  const ecsProperties = { taskProperties: [{ containers, volumes, executionRoleArn }] };
  await batch.send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName: name,
      type: 'container',
      retryStrategy: { attempts: 2 },
      ecsProperties,
    }),
  );
}

test('the secrets of a job are in its own variables alone: in no file, log, command line or answer, whatever becomes of it', async (t) => {
  const started = await start(t);
  const { server, batch, secrets } = started;
  await putValues(started);
  await secrets.send(new CreateSecretCommand({ Name: 'nul', SecretString: `${values.text}\0` }));
  await registerWithSecrets(started, 'good');
  const nul = { name: 'NUL', valueFrom: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:nul' };
  await registerWithSecrets(started, 'bad', [nul]);
  const nothingSaid = async (...jobs: string[]) => {
    const answers = await Promise.all([
      batch.send(new DescribeJobsCommand({ jobs })),
      batch.send(new DescribeJobDefinitionsCommand({})),
      batch.send(new ListJobsCommand({ jobQueue: 'default', filters: [{ name: 'JOB_NAME', values: ['*'] }] })),
      ...jobs.map((id) => runCommand(batchyard, ['explain', id, '--json', '--data', server.dataDirectory])),
    ]);
    const said = [JSON.stringify(answers), commandLines(), server.log, server.runnerLog].join('\n');
    for (const value of Object.values(values)) assert.ok(!said.includes(value));
    assert.deepEqual(filesWithValues(server.dataDirectory), []);
  };
  const bad = await waitForEnd(batch, await submit(batch, 'bad'));
  assert.deepEqual([bad.status, bad.attempts?.length], ['FAILED', 2]);
  const jobId = await submit(batch, 'good');
  await until('the first container to have them', () => existsSync(`${server.shared}/good-first`));
  await nothingSaid(jobId, bad.jobId ?? '');
  // The second container waits in the runner, which must have its values from memory.
  await server.kill();
  assert.deepEqual(filesWithValues(server.dataDirectory), []);
  writeFileSync(`${server.shared}/go`, '');
  await until('the second container to have them', () => existsSync(`${server.shared}/good-second`));
  await server.restart();
  await waitForStatus(batch, jobId, 'RUNNING');
  await nothingSaid(jobId);
  await batch.send(new TerminateJobCommand({ jobId, reason: 'done' }));
  await waitForEnd(batch, jobId);
  await nothingSaid(jobId, bad.jobId ?? '');
  await server.stop();
  assert.deepEqual(filesWithValues(server.dataDirectory), []);
});

test('keys rotate seals all values anew under a key of its own, and a later start reads them', async (t) => {
  const started = await start(t);
  await putValues(started);
  const [before] = keysOf(started);
  const { exit, stdout, stderr } = await rotate(started);
  assert.equal(exit, 0, stderr);
  const { keyId, sealedAnew, unreadable } = JSON.parse(stdout);
  assert.deepEqual([sealedAnew, unreadable], [4, 0]);
  assert.notEqual(keyId, before?.id);
  assert.deepEqual(
    keysOf(started).map(({ id }) => id),
    [keyId],
  );
  assert.equal(statSync(join(started.server.dataDirectory, 'value-keys.json')).mode & 0o777, 0o600);
  assert.deepEqual(await readValues(started), values);
  await started.server.kill();
  await started.server.restart();
  assert.deepEqual(await readValues(started), values);
  const again = await runCommand(batchyard, ['keys', 'rotate', '--data', started.server.dataDirectory]);
  assert.match(
    again.stderr,
    /^Key [0-9a-f]{16} seals all values now; 4 were sealed anew\. The keys before it are gone\.\n$/,
  );
});

for (const failpoint of ['keys.added', 'keys.slice-sealed', 'keys.slice-sealed:1', 'keys.all-sealed']) {
  test(`a rotation that is killed at ${failpoint} loses no value, and the next start ends it`, async (t) => {
    const started = await start(t);
    await putValues(started);
    const { server, ssm } = started;
    const many = Array.from({ length: 120 }, (_, at) => ({
      Name: `/many/${at}`,
      Value: `${at}`,
      Type: 'String' as const,
    }));
    await Promise.all(many.map((input) => ssm.send(new PutParameterCommand(input))));
    const [old] = keysOf(started);
    await server.stop();
    await server.restart(['--failpoint', failpoint]);
    assert.notEqual((await rotate(started)).exit, 0);
    await until('the server to die', () => !server.isRunning);
    assert.equal(keysOf(started).length, 2);
    await server.restart();
    assert.deepEqual(await readValues(started), values);
    await until('the old key to go', () => keysOf(started).length === 1);
    assert.notEqual(keysOf(started)[0]?.id, old?.id);
    assert.deepEqual(await readValues(started), values);
    const last = await ssm.send(new GetParameterCommand({ Name: '/many/119' }));
    assert.equal(last.Parameter?.Value, '119');
  });
}

test('a backup that is restored has its keys, and values are read from it', async (t) => {
  const started = await start(t);
  await putValues(started);
  const { server } = started;
  const backup = join(server.root, 'backup');
  const done = await runCommand(batchyard, ['backup', backup, '--data', server.dataDirectory]);
  assert.equal(done.exit, 0, done.stderr);
  await rotate(started);
  assert.deepEqual(filesWithValues(backup), []);
  await server.stop();
  rmSync(server.dataDirectory, { recursive: true });
  const restored = await runCommand(batchyard, ['restore', backup, '--data', server.dataDirectory]);
  assert.equal(restored.exit, 0, restored.stderr);
  await server.restart();
  const clients = clientsOf(server);
  t.after(clients.close);
  assert.deepEqual(await readValues(clients), values);
});

test('without its keys a server serves all else, says which file is missing, and takes values again after a rotation', async (t) => {
  const started = await start(t);
  await putValues(started);
  const { server, secrets, ssm } = started;
  const file = join(server.dataDirectory, 'value-keys.json');
  await server.stop();
  rmSync(file);
  await server.restart();
  assert.ok(server.log.includes(`${file} is missing`));
  const unread = await refusalOf(secrets.send(new GetSecretValueCommand({ SecretId: 'text' })));
  assert.equal(unread.name, 'DecryptionFailure');
  assert.ok(unread.message.includes(file));
  const put = () => secrets.send(new PutSecretValueCommand({ SecretId: 'text', SecretString: 'anew' }));
  assert.equal((await refusalOf(put())).name, 'EncryptionFailure');
  const parameter = await refusalOf(ssm.send(new PutParameterCommand({ Name: '/new', Value: 'v', Type: 'String' })));
  assert.equal(parameter.name, 'InvalidKeyId');
  const { stdout } = await rotate(started);
  assert.equal(JSON.parse(stdout).unreadable, 4);
  await put();
  assert.equal((await secrets.send(new GetSecretValueCommand({ SecretId: 'text' }))).SecretString, 'anew');
});

test('keys that cannot be read are told of, and a rotation does not write over them', async (t) => {
  const started = await start(t);
  await putValues(started);
  const { server } = started;
  const file = join(server.dataDirectory, 'value-keys.json');
  await server.stop();
  const whole = readFileSync(file);
  writeFileSync(file, whole.subarray(0, 60));
  await server.restart();
  assert.ok(server.log.includes(`${file} cannot be read`));
  const { exit, stderr } = await rotate(started);
  assert.equal(exit, 1);
  assert.ok(stderr.includes(`${file} cannot be read`), stderr);
  await server.stop();
  writeFileSync(file, whole);
  await server.restart();
  assert.deepEqual(await readValues(started), values);
});
