import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type ContainerProperties, RegisterJobDefinitionCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { submit } from '../support/jobs.ts';
import { describeJob, waitForEnd, waitForStatus } from '../support/wait.ts';
import { abilitiesOf } from './host-abilities.ts';
import { linesOfJob, openYard, runToEnd } from './yard.ts';

const root = mkdtempSync(join(tmpdir(), 'batchyard-devices-'));
after(() => rmSync(root, { recursive: true, force: true }));
chmodSync(root, 0o711);
const efs = join(root, 'efs');
mkdirSync(join(efs, 'data'), { recursive: true });
writeFileSync(join(efs, 'data', 'file'), 'of the file system\n');
writeFileSync(join(root, 'secret'), 'beside it\n');
symlinkSync('..', join(efs, 'out'));
const isRoot = process.getuid?.() === 0;
const owner = isRoot ? { uid: 1234, gid: 4321 } : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

const { batch, logs, server } = await openYard([
  ...['--host-vcpus', '64', '--host-memory-mib', '4096', '--host-gpus', 'fake-0,fake-1', '--devices', '/dev/full'],
  ...['--efs-file-systems', `fs-1234=${efs}`],
  ...['--efs-access-points', `fsap-1=fs-1234:/projects/one:${owner.uid}:${owner.gid}:0777,fsap-2=fs-1234:/out`],
]);
const { mounts } = await abilitiesOf(server);

let count = 0;
async function register(script: string, container: Partial<ContainerProperties> = {}): Promise<string> {
  count += 1;
  const containerProperties = {
    image: 'busybox',
    command: ['/bin/sh', '-c', script],
    ...container,
    resourceRequirements: [
      { type: 'VCPU' as const, value: '1' },
      { type: 'MEMORY' as const, value: '32' },
      ...(container.resourceRequirements ?? []),
    ],
  };
  const input = { jobDefinitionName: `devices-${count}`, type: 'container' as const, containerProperties };
  return (await batch.send(new RegisterJobDefinitionCommand(input))).jobDefinitionArn ?? '';
}

type Efs = NonNullable<NonNullable<ContainerProperties['volumes']>[number]['efsVolumeConfiguration']>;

function onEfs(configuration: Omit<Efs, 'fileSystemId'>, fileSystemId = 'fs-1234'): Partial<ContainerProperties> {
  return {
    volumes: [{ name: 'shared', efsVolumeConfiguration: { fileSystemId, ...configuration } }],
    mountPoints: [{ sourceVolume: 'shared', containerPath: '/shared' }],
  };
}

/** What a job wrote that ended well. */
async function linesOfSuccess(definition: string): Promise<readonly string[]> {
  const job = await runToEnd(batch, definition);
  assert.equal(job.status, 'SUCCEEDED', JSON.stringify(job.attempts));
  return linesOfJob(logs, job);
}

async function failureOf(definition: string) {
  const job = await runToEnd(batch, definition);
  assert.equal(job.status, 'FAILED');
  return job.attempts?.[0]?.container?.reason ?? '';
}

test('a file system of EFS is the directory that the operator names, or one below it', mounts, async () => {
  assert.deepEqual(await linesOfSuccess(await register('cat /shared/data/file', onEfs({}))), ['of the file system']);
  assert.deepEqual(await linesOfSuccess(await register('cat /shared/file', onEfs({ rootDirectory: '/data' }))), [
    'of the file system',
  ]);
});

test('an access point is made as the operator says, and its jobs see it alone', mounts, async () => {
  const transit = { transitEncryption: 'ENABLED', authorizationConfig: { accessPointId: 'fsap-1' } } as const;
  const job = await runToEnd(batch, await register('ls -A /shared; echo new >/shared/file', onEfs(transit)));
  assert.deepEqual([job.status, await linesOfJob(logs, job)], ['SUCCEEDED', []]);
  const { uid, gid, mode } = statSync(join(efs, 'projects', 'one'));
  assert.deepEqual({ uid, gid, mode: mode & 0o7777 }, { ...owner, mode: 0o777 });
  assert.equal(readFileSync(join(efs, 'projects', 'one', 'file'), 'utf8'), 'new\n');
});

test(
  'a way out of a file system, a directory that is not there and an unknown id fail the job at start, in words',
  mounts,
  async () => {
    const cat = (configuration: Omit<Efs, 'fileSystemId'>, id?: string) =>
      register('cat /shared/*', onEfs(configuration, id));
    assert.match(await failureOf(await cat({ rootDirectory: '/out' })), /leads out of its file system/);
    const byPoint = { transitEncryption: 'ENABLED', authorizationConfig: { accessPointId: 'fsap-2' } } as const;
    assert.match(await failureOf(await cat(byPoint)), /leads out of its file system/);
    assert.match(await failureOf(await cat({ rootDirectory: '/missing' })), /there is no such directory/);
    assert.match(await failureOf(await cat({}, 'fs-other')), /fs-other .*efs\.fileSystems/);
    const top = await runToEnd(batch, await register('ls /shared', onEfs({ rootDirectory: '/../..' })));
    assert.deepEqual(await linesOfJob(logs, top), ['data', 'out', 'projects']);
  },
);

test('GPUs are whole, each one job’s alone, and a job without any is told so', async () => {
  const show = 'echo "$CUDA_VISIBLE_DEVICES|$NVIDIA_VISIBLE_DEVICES"';
  const gpu = (value: string) => ({ resourceRequirements: [{ type: 'GPU' as const, value }] });
  const held = await submit(batch, await register(`${show}; sleep 1000`, gpu('1')));
  await waitForStatus(batch, held, 'RUNNING');
  assert.deepEqual(await linesOfSuccess(await register(show, gpu('1'))), ['fake-1|fake-1']);
  assert.deepEqual(await linesOfSuccess(await register(show)), ['|void']);
  const both = await submit(batch, await register(show, gpu('2')));
  assert.equal((await describeJob(batch, both)).status, 'RUNNABLE');
  await batch.send(new TerminateJobCommand({ jobId: held, reason: 'enough' }));
  assert.deepEqual(await linesOfJob(logs, await waitForEnd(batch, held)), ['fake-0|fake-0']);
  assert.deepEqual(await linesOfJob(logs, await waitForEnd(batch, both)), ['fake-0,fake-1|fake-0,fake-1']);
});

test(
  'a device of the host is seen where the definition says, and no other than the operator allows',
  mounts,
  async () => {
    const device = (hostPath: string, containerPath?: string) => ({
      linuxParameters: { devices: [{ hostPath, ...(containerPath ? { containerPath } : {}) }] },
    });
    const full = await runToEnd(
      batch,
      await register('head -c 1 /dev/zero >/dev/mine', device('/dev/full', '/dev/mine')),
    );
    assert.equal(full.status, 'FAILED', JSON.stringify(full.attempts));
    assert.match((await linesOfJob(logs, full)).join('\n'), /No space left on device/);
    const without = await runToEnd(batch, await register('[ ! -e /dev/kmsg ]', device('/dev/kmsg')));
    assert.equal(without.status, 'SUCCEEDED');
    assert.match(without.container?.reason ?? '', /^It ran without device \/dev\/kmsg: it is not given to jobs/);
    assert.match(await failureOf(await register('true', device('/dev/full', '/etc/x'))), /below \/dev alone/);
  },
);
