import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ContainerProperties, RegisterJobDefinitionCommand } from '@aws-sdk/client-batch';
import { busyboxImage } from '../../src/core/container-image.fixture.ts';
import { ContainerWorld } from '../../src/core/container-world.fixture.ts';
import { callDaemon, DockerDaemon, dockerSkip } from '../../src/core/docker-daemon.fixture.ts';
import { PodmanService, podmanSkip } from '../../src/core/podman-service.fixture.ts';
import { submit } from '../support/jobs.ts';
import { descendantsOf } from '../support/processes.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { describeJob, until, waitForEnd } from '../support/wait.ts';
import { account, linesOfJob } from './yard.ts';

const image = 'test/busybox:1';
const credentials = (file: string) =>
  `wget -q -O ${file} --header "Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN" "$AWS_CONTAINER_CREDENTIALS_FULL_URI"`;

function container(shared: string, script: string): ContainerProperties {
  return {
    ...{ image, command: ['/bin/sh', '-c', script], jobRoleArn: `arn:aws:iam::${account}:role/worker` },
    resourceRequirements: [
      { type: 'VCPU', value: '1' },
      { type: 'MEMORY', value: '32' },
    ],
    volumes: [{ name: 'shared', host: { sourcePath: shared } }],
    mountPoints: [{ sourceVolume: 'shared', containerPath: shared }],
  };
}

/** Asks for credentials before and after it is told to go on; the main node waits for the other, which ends with it. */
function nodeScript(shared: string): string {
  const index = '$AWS_BATCH_JOB_NODE_INDEX';
  return [
    `set -e; cd ${shared}; ${credentials(`before-${index}`)}`,
    'if wget -q -O - --header "Authorization: wrong" "$AWS_CONTAINER_CREDENTIALS_FULL_URI"; then exit 3; fi',
    `>up-${index}; until [ -e go ]; do sleep 0.1; done`,
    // Until the next server has opened the way again.
    `until ${credentials(`after-${index}`)}; do sleep 0.1; done`,
    `>done-${index}; until [ -e done-1 ]; do sleep 0.1; done; grep -c node- /etc/hosts`,
  ].join('; ');
}

const daemons = [
  { product: 'Docker', skip: dockerSkip(), open: DockerDaemon.open },
  { product: 'Podman', skip: podmanSkip(), open: PodmanService.open },
] as const;

for (const { product, skip, open } of daemons)
  test(`jobs on ${product} have credentials, nodes in a network of their own too, also after the server was killed`, {
    timeout: 240_000,
    ...skip,
  }, async (t) => {
    const world = await ContainerWorld.open('host');
    t.after(() => world.close());
    const daemon = await open(world, { [image]: busyboxImage() });
    const server = await ServerProcess.start(t, [
      ...['--log-level', 'warn', '--engine', 'docker', '--docker-socket', daemon.socket],
      ...['--host-vcpus', '16'],
    ]);
    const clients = clientsOf(server);
    t.after(clients.close);
    const { batch, logs } = clients;
    const register = async (input: Partial<ConstructorParameters<typeof RegisterJobDefinitionCommand>[0]>) => {
      const whole = { jobDefinitionName: 'job', type: 'container', ...input } as const;
      return (await batch.send(new RegisterJobDefinitionCommand(whole))).jobDefinitionArn ?? '';
    };
    const { shared } = server;

    const single = await submit(batch, await register({ containerProperties: container(shared, credentials('-')) }));
    const alone = await waitForEnd(batch, single);
    const [said = ''] = await linesOfJob(logs, alone);
    assert.match(JSON.parse(said).AccessKeyId, /^ASIA/);

    const nodeRangeProperties = [{ targetNodes: '0:1', container: container(shared, nodeScript(shared)) }];
    const nodeProperties = { numNodes: 2, mainNode: 0, nodeRangeProperties };
    const jobId = await submit(
      batch,
      await register({ jobDefinitionName: 'nodes', type: 'multinode', nodeProperties }),
    );
    await until('both nodes to have asked', async () => {
      const { status, statusReason } = await describeJob(batch, jobId);
      assert.notEqual(status, 'FAILED', statusReason ?? '');
      return [0, 1].every((index) => existsSync(join(shared, `up-${index}`)));
    });
    await server.kill();
    await server.restart();
    writeFileSync(join(shared, 'go'), '');
    const { status } = await waitForEnd(batch, jobId);
    const main = await describeJob(batch, `${jobId}#0`);
    const lines = await linesOfJob(logs, main);
    assert.equal(status, 'SUCCEEDED', lines.join('\n'));
    assert.equal(lines.at(-1), '2');
    const keyOf = (name: string) => JSON.parse(readFileSync(join(shared, name), 'utf8')).AccessKeyId;
    // Each server answers the same set to a node, and each node has its own.
    assert.equal(keyOf('before-0'), keyOf('after-0'));
    assert.notEqual(keyOf('after-0'), keyOf('after-1'));

    const labelled = encodeURIComponent(JSON.stringify({ label: ['batchyard.gang'] }));
    await until('the network to be gone', async () => {
      return (await callDaemon(daemon.socket, 'GET', `/networks?filters=${labelled}`)).trim() === '[]';
    });
    await until('what served the nodes to be gone', () => descendantsOf(server.pid).length === 0);
  });
