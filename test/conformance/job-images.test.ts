import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type ContainerProperties, RegisterJobDefinitionCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { DescribeImagesCommand, DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DescribeTasksCommand, ECSClient } from '@aws-sdk/client-ecs';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { busyboxImage, digestOf, dockerArchive } from '../../src/core/container-image.fixture.ts';
import { Registry, registrySkip } from '../../src/core/registry.fixture.ts';
import { submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { describeJob, until, waitForEnd, waitForStatus } from '../support/wait.ts';
import { batchyard, runCommand } from './command.ts';
import { RegistryGate } from './registry-gate.ts';
import { account, linesOfJob, region, wholeFile, type Yard } from './yard.ts';

const login = { username: 'ada', password: 'lovelace' };
const said = { Env: ['PATH=/bin', 'FROM=the image'], WorkingDir: '/srv', Cmd: ['/bin/cat', '/srv/words'] };
/** Of files of its own: no two share what makes them. */
const imageOf = (name: string) => busyboxImage(said, [{ path: 'srv/words', content: `words of ${name}\n` }]);

const manifest = 'application/vnd.docker.distribution.manifest.v2+json';

const skip = registrySkip();

describe('jobs in images of a registry', skip, async () => {
  if (skip.skip !== undefined) return;
  const names = ['tool:1', 'many:1', 'slow:1', 'stopped:1', 'kept:1', 'followed:1'];
  const registry = await Registry.open({ images: Object.fromEntries(names.map((name) => [name, imageOf(name)])) });
  const secret = ['secret:1', 'kept/team/tool:2'];
  const closed = await Registry.open({
    login,
    images: Object.fromEntries(secret.map((name) => [name, imageOf(name)])),
  });
  // Another name of the same registry, for which the operator has a login.
  const mirror = closed.address.replace('127.0.0.1', 'localhost');
  const directory = mkdtempSync(join(tmpdir(), 'images-'));
  writeFileSync(join(directory, 'login'), `${login.username}:${login.password}\n`, { mode: 0o600 });
  const gate = await RegistryGate.open(registry);
  wholeFile.after(async () => {
    gate.close();
    await registry.close();
    await closed.close();
    rmSync(directory, { recursive: true });
  });
  const flags = ['--log-level', 'warn', '--images-pull', 'missing', '--host-vcpus', '60'];
  const mirrors = [
    ...['--images-rewrite', `mirror.example/hub=${mirror}/kept`],
    ...['--images-registries', `${mirror}=login:${join(directory, 'login')}`],
  ];
  const server = await ServerProcess.start(wholeFile, [...flags, ...mirrors, '--process-unmapped', 'refuse']);
  const yard: Yard = { server, ...clientsOf(server) };
  wholeFile.after(yard.close);
  const { batch, logs, secrets } = yard;
  const ecs = new ECSClient({ endpoint: server.url, credentials: server.credentials, region });
  wholeFile.after(() => ecs.destroy());

  test('a job runs in the files of its image, with the command, variables and directory that the image says', async () => {
    const job = await run(yard, { image: registry.image('tool:1') });
    assert.deepEqual([job.container?.exitCode, await linesOfJob(logs, job)], [0, ['words of tool:1']]);
    // The server knows it once the engine has reported that the job runs.
    const asks = 'until wget -qO- $ECS_CONTAINER_METADATA_URI_V4 | grep ImageID; do sleep 0.02; done';
    const script = `echo "$FROM" in $(pwd); ls /work 2>&1; id -u; ${asks}`;
    const other = await run(yard, { image: registry.image('tool:1'), command: ['sh', '-c', script] });
    const [from, work, user, metadata = '{}'] = await linesOfJob(logs, other);
    assert.deepEqual([from, work, user], ['the image in /srv', 'ls: /work: No such file or directory', '0']);
    assert.equal(JSON.parse(metadata).ImageID, digestOf(imageOf('tool:1').config));
    const digest = await fetch(`${registry.url}/v2/tool/manifests/1`, {
      method: 'HEAD',
      headers: { accept: manifest },
    });
    const imageDigest = digest.headers.get('docker-content-digest');
    const { stdout } = await command(server, ['explain', '--verbose', other.jobId ?? '']);
    assert.ok(stdout.includes(`image ${registry.image('tool:1')} is ${imageDigest}`), stdout);
    const { taskArn = '' } = other.container ?? {};
    const { tasks = [] } = await ecs.send(
      new DescribeTasksCommand({ cluster: taskArn.split('/')[1], tasks: [taskArn] }),
    );
    const [container] = tasks[0]?.containers ?? [];
    assert.deepEqual([container?.imageDigest, container?.runtimeId], [imageDigest, JSON.parse(metadata).DockerId]);
  });

  test('50 jobs of one image are one pull', async () => {
    const jobDefinition = await define(yard, { image: `${gate.address}/many:1` });
    const jobId = await submit(batch, jobDefinition, { arrayProperties: { size: 50 } });
    await waitForEnd(batch, jobId);
    const { arrayProperties } = await describeJob(batch, jobId);
    assert.equal(arrayProperties?.statusSummary?.SUCCEEDED, 50);
    assert.deepEqual([...new Set(gate.blobsOf('many'))], [1]);
  });

  test('an image that its registry does not have fails the attempt in words', async () => {
    const name = registry.image('missing:7');
    const job = await run(yard, { image: name });
    assert.deepEqual([job.status, job.statusReason], ['FAILED', 'Task failed to start']);
    const reason = new RegExp(`^CannotPullContainerError: manifest for ${name} not found: manifest unknown`);
    assert.match(job.container?.reason ?? '', reason);
    assert.equal(job.container?.logStreamName, undefined);
  });

  test('a private registry gives its images to who has the login in a secret, and to nobody else', async () => {
    const executionRoleArn = `arn:aws:iam::${account}:role/execution`;
    const withSecret = async (Name: string, value: object) => {
      const SecretString = JSON.stringify(value);
      const { ARN = '' } = await secrets.send(new CreateSecretCommand({ Name, SecretString }));
      const repositoryCredentials = { credentialsParameter: ARN };
      return run(yard, { image: closed.image('secret:1'), executionRoleArn, repositoryCredentials });
    };
    const none = await run(yard, { image: closed.image('secret:1') });
    assert.match(none.container?.reason ?? '', /^CannotPullContainerError: .*(no basic auth|authentication required)/);
    const wrong = await withSecret('wrong', { ...login, password: 'guess' });
    assert.match(wrong.container?.reason ?? '', /^CannotPullContainerError: .*unauthorized/);
    const right = await withSecret('right', login);
    assert.deepEqual([right.status, await linesOfJob(logs, right)], ['SUCCEEDED', ['words of secret:1']]);
  });

  test('a mirror is asked in place of a registry, with the login for the mirror and not with that of the job', async () => {
    const image = 'mirror.example/hub/team/tool:2';
    const SecretString = JSON.stringify({ username: 'eve', password: 'for another' });
    const { ARN = '' } = await secrets.send(new CreateSecretCommand({ Name: 'other', SecretString }));
    const executionRoleArn = `arn:aws:iam::${account}:role/execution`;
    const repositoryCredentials = { credentialsParameter: ARN };
    const job = await run(yard, { image, executionRoleArn, repositoryCredentials });
    assert.equal(job.status, 'SUCCEEDED', job.container?.reason ?? '');
    assert.deepEqual([job.container?.image, await linesOfJob(logs, job)], [image, ['words of kept/team/tool:2']]);
  });

  test('a pull says how far it is, and a job that is stopped meanwhile never runs', async () => {
    gate.shut();
    const jobDefinition = await define(yard, { image: `${gate.address}/stopped:1` });
    const jobId = await submit(batch, jobDefinition);
    await until('the pull', () => gate.held > 0);
    await waitForStatus(batch, jobId, 'STARTING');
    const { stdout } = await command(server, ['explain', jobId]);
    assert.match(stdout, new RegExp(`why +Starting: pulling ${gate.address}/stopped:1: `));
    await batch.send(new TerminateJobCommand({ jobId, reason: 'enough' }));
    const job = await waitForEnd(batch, jobId);
    assert.deepEqual([job.status, job.statusReason, job.container?.exitCode], ['FAILED', 'enough', undefined]);
    gate.let();
  });

  test('a server that dies during a pull has run nothing: the next one pulls, and runs it once', async () => {
    gate.shut();
    const once = join(server.shared, 'once');
    const jobDefinition = await define(yard, {
      image: `${gate.address}/slow:1`,
      command: ['sh', '-c', `echo ran >>${once}; cat ${once}`],
      ...mounted(server.shared),
    });
    const jobId = await submit(batch, jobDefinition);
    await until('the pull', () => gate.held > 0);
    await waitForStatus(batch, jobId, 'STARTING');
    await server.kill();
    await server.restart();
    assert.equal((await describeJob(batch, jobId)).status, 'STARTING');
    gate.let();
    const job = await waitForEnd(batch, jobId);
    assert.deepEqual([job.status, job.attempts?.length], ['SUCCEEDED', 1]);
    assert.deepEqual(await linesOfJob(logs, job), ['ran']);
  });

  test('what jobs use is not pruned, not even by a server that has started meanwhile', async () => {
    const name = registry.image('kept:1');
    const go = join(server.shared, 'go');
    const script = `until [ -e ${go} ]; do sleep 0.05; done; cat /srv/words`;
    const jobDefinition = await define(yard, {
      image: name,
      command: ['sh', '-c', script],
      ...mounted(server.shared),
    });
    const jobId = await submit(batch, jobDefinition);
    await waitForStatus(batch, jobId, 'RUNNING');
    await server.kill();
    await server.restart();
    await command(server, ['images', 'prune']);
    const listed = async () => (await command(server, ['images', 'ls'])).stdout;
    assert.ok((await listed()).includes(name));
    writeFileSync(go, '');
    const job = await waitForEnd(batch, jobId);
    assert.deepEqual(await linesOfJob(logs, job), ['words of kept:1']);
    await until('the image to be free', async () => {
      await command(server, ['images', 'prune', name]);
      return !(await listed()).includes(name);
    });
  });

  test('an image can be pulled before a job asks for it, and taken in from an archive', async () => {
    const { stdout } = await command(server, ['images', 'pull', registry.image('followed:1')]);
    assert.match(stdout, /followed:1 sha256:[0-9a-f]{64}\n$/);
    const wrong = await runCommand(batchyard, [
      'images',
      'pull',
      registry.image('nothing:1'),
      '--data',
      server.dataDirectory,
    ]);
    assert.deepEqual([wrong.exit, wrong.stdout], [1, '']);
    assert.match(wrong.stderr, /^batchyard: manifest for .*nothing:1 not found/);
    const archive = join(server.shared, 'image.tar');
    writeFileSync(archive, dockerArchive(imageOf('taken:2'), 'example.test/taken/in:2'));
    await command(server, ['images', 'import', archive]);
    const job = await run(yard, { image: 'example.test/taken/in:2' });
    assert.deepEqual(await linesOfJob(logs, job), ['words of taken:2']);
    const direct = await run(yard, { image: `docker-archive:${archive}` });
    assert.deepEqual(await linesOfJob(logs, direct), ['words of taken:2']);
  });

  test('an image whose name is that of a repository of the account is seen by ECR', async (context) => {
    const ecr = new ECRClient({ endpoint: server.url, credentials: server.credentials, region });
    context.after(() => ecr.destroy());
    const repositoryUri = `${account}.dkr.ecr.${region}.amazonaws.com/team/tool`;
    const archive = join(server.shared, 'repository.tar');
    writeFileSync(archive, dockerArchive(imageOf('repository:3'), `${repositoryUri}:3`));
    assert.deepEqual((await ecr.send(new DescribeRepositoriesCommand({}))).repositories, []);
    await command(server, ['images', 'import', archive]);
    const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({}));
    assert.deepEqual(
      repositories.map((each) => each.repositoryUri),
      [repositoryUri],
    );
    const { imageDetails = [] } = await ecr.send(new DescribeImagesCommand({ repositoryName: 'team/tool' }));
    assert.deepEqual(
      imageDetails.map(({ imageTags }) => imageTags),
      [['3']],
    );
  });
});

describe('jobs of a server on loopback', () => {
  test('whose image cannot be had run on the files of the host, and all who look are told so', async (context) => {
    const server = await ServerProcess.start(context, ['--log-level', 'warn', '--images-pull', 'missing']);
    const yard: Yard = { server, ...clientsOf(server) };
    context.after(yard.close);
    // Nobody listens there.
    const image = '127.0.0.1:9/tool:1';
    const job = await run(yard, { image, command: ['sh', '-c', 'echo ran'] });
    assert.deepEqual([job.status, await linesOfJob(yard.logs, job)], ['SUCCEEDED', ['ran']]);
    const words = new RegExp(`image ${image}: the files of this host stand in, since .*ECONNREFUSED`);
    assert.match(job.container?.reason ?? '', words);
    assert.match((await command(server, ['explain', job.jobId ?? ''])).stdout, words);
    const followed = await command(server, ['submit', '--image', image, '--follow', '--', 'true']);
    assert.match(followed.stderr, words);
    assert.equal(followed.stderr.match(/stand in/g)?.length, 1);
    const host = await run(yard, { image: 'host', command: ['true'] });
    assert.deepEqual([host.status, host.container?.reason], ['SUCCEEDED', undefined]);
  });
});

async function command(server: ServerProcess, words: readonly string[]) {
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  const where = ['--data', server.dataDirectory];
  const result = await runCommand(batchyard, [...words.slice(0, end), ...where, ...words.slice(end)]);
  assert.equal(result.exit, 0, result.stderr);
  return result;
}

let definitions = 0;

async function define({ batch }: Yard, properties: ContainerProperties): Promise<string> {
  definitions += 1;
  const jobDefinitionName = `image-${definitions}`;
  const resourceRequirements = [
    { type: 'VCPU' as const, value: '1' },
    { type: 'MEMORY' as const, value: '32' },
  ];
  const containerProperties = { resourceRequirements, ...properties };
  await batch.send(new RegisterJobDefinitionCommand({ jobDefinitionName, type: 'container', containerProperties }));
  return jobDefinitionName;
}

async function run(yard: Yard, properties: ContainerProperties) {
  return waitForEnd(yard.batch, await submit(yard.batch, await define(yard, properties)));
}

function mounted(directory: string) {
  return {
    volumes: [{ name: 'shared', host: { sourcePath: directory } }],
    mountPoints: [{ sourceVolume: 'shared', containerPath: directory }],
  };
}
