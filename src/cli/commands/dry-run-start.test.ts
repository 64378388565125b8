import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  BatchClient,
  type ContainerProperties,
  DescribeJobsCommand,
  RegisterJobDefinitionCommand,
} from '@aws-sdk/client-batch';
import { startTestServer } from '../server.fixture.ts';

const server = await startTestServer({ 'process.ungranted': 'refuse', 'host.vcpus': 4 });
const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = server.environment;
const credentials = { accessKeyId, secretAccessKey };
const batch = new BatchClient({ endpoint: server.url, region: 'us-east-1', credentials });
after(async () => {
  batch.destroy();
  await server[Symbol.asyncDispose]();
});

const image = 'host';
const command = ['true'];
const volume = (source: object) => ({
  volumes: [{ name: 'v', ...source }],
  mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }],
});

for (const [name, asked, words] of [
  ['rights', { privileged: true }, /no privileged containers/],
  ['device', { linuxParameters: { devices: [{ hostPath: '/dev/fuse' }] } }, /device \/dev\/fuse is not given to jobs/],
  ['path', volume({ host: { sourcePath: '/etc' } }), /host path \/etc may not be mounted/],
  [
    'file-system',
    volume({ efsVolumeConfiguration: { fileSystemId: 'fs-12345678' } }),
    /EFS file system fs-12345678 is no directory of this host/,
  ],
  ['archive', { image: 'docker-archive:/etc/passwd' }, /\/etc\/passwd may not be read/],
] satisfies readonly (readonly [string, ContainerProperties, RegExp])[])
  test(`a dry run foresees in which words a job fails that asks for what it cannot have: ${name}`, async () => {
    const containerProperties = { image, vcpus: 1, memory: 4, command, ...asked };
    await batch.send(
      new RegisterJobDefinitionCommand({ jobDefinitionName: name, type: 'container', containerProperties }),
    );
    const dry = await server.command('submit', '--dry-run', '--definition', name);
    const [, foreseen = ''] =
      /^note +its attempts would fail at start on engine process: (.*)$/m.exec(dry.stdout) ?? [];
    assert.match(foreseen, words);
    assert.equal(dry.exitCode, 1);
    const { stdout } = await server.command('submit', '--wait', '--definition', name);
    const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [stdout.trim().split('\n')[0] ?? ''] }));
    const { container, statusReason } = jobs[0] ?? {};
    assert.equal(
      (container?.reason ?? statusReason)?.replace(/^CannotStartContainerError: /, ''),
      foreseen.replace(/^CannotStartContainerError: /, ''),
    );
  });

test('a dry run foresees that the host’s files stand in for an image', async () => {
  const { stdout, exitCode } = await server.command('submit', '--dry-run', '--image', 'away:1', '--', 'true');
  assert.match(
    stdout,
    /^note +its attempts would run without image away:1: the files of this host stand in, since it is not here/m,
  );
  assert.equal(exitCode, 0);
});

test('a dry run says of how many nodes it is that it tells what they ask for together', async () => {
  const container = { image, vcpus: 1, memory: 4, command };
  const nodeProperties = { numNodes: 3, mainNode: 0, nodeRangeProperties: [{ targetNodes: '0:2', container }] };
  await batch.send(new RegisterJobDefinitionCommand({ jobDefinitionName: 'nodes', type: 'multinode', nodeProperties }));
  const { stdout } = await server.command('submit', '--dry-run', '--definition', 'nodes');
  assert.match(stdout, /^asked +3 vCPUs, 12 MiB of memory for all 3 nodes together$/m);
});
