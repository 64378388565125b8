import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RegisterJobDefinitionCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { busyboxImage } from '../../../src/core/container-image.fixture.ts';
import { ContainerWorld } from '../../../src/core/container-world.fixture.ts';
import { DockerDaemon, dockerSkip } from '../../../src/core/docker-daemon.fixture.ts';
import { submit } from '../../support/jobs.ts';
import { clientsOf } from '../../support/sdk.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until, waitForEnd, waitForStatus } from '../../support/wait.ts';
import { batchyard } from '../command.ts';
import { Person, personSkip } from './person.ts';

test('exec at a terminal is one in a job on Docker: kind, size, keys, exit code, and the end of it with its user', {
  timeout: 120_000,
  ...dockerSkip(),
  ...personSkip(),
}, async (t) => {
  const world = await ContainerWorld.open('host');
  t.after(() => world.close());
  const daemon = await DockerDaemon.open(world, { 'test/busybox:1': busyboxImage() });
  const server = await ServerProcess.start(t, [
    ...['--log-level', 'warn', '--engine', 'docker', '--docker-socket', daemon.socket, '--host-vcpus', '4'],
  ]);
  const clients = clientsOf(server);
  t.after(clients.close);
  const { batch } = clients;
  const { shared } = server;
  await batch.send(
    new RegisterJobDefinitionCommand({
      ...{ jobDefinitionName: 'sleeper', type: 'container' },
      containerProperties: {
        ...{ image: 'test/busybox:1', command: ['sleep', '1000'] },
        resourceRequirements: [
          { type: 'VCPU', value: '1' },
          { type: 'MEMORY', value: '32' },
        ],
        volumes: [{ name: 'shared', host: { sourcePath: shared } }],
        mountPoints: [{ sourceVolume: 'shared', containerPath: shared }],
      },
    }),
  );
  const jobId = await submit(batch, 'sleeper');
  await waitForStatus(batch, jobId, 'RUNNING');
  const { port } = new URL(server.url);
  const exec = (command = '') =>
    new Person(`exec ${batchyard} exec --port ${port} --data ${server.dataDirectory} ${jobId} ${command}`);

  const person = exec();
  await person.sees(/# /);
  person.types('test -t 0 && test -t 1 && test -t 2 && echo "yes $TERM $(stty size)"\r');
  await person.sees(/yes xterm-256color 30 90\r\n/);
  person.types(`sh -c 'trap "exit 9" INT; echo o""n; while :; do sleep 0.05; done'; echo "then $?"\r`);
  await person.sees(/\non\r\n/);
  person.types('\x03');
  await person.sees(/then 9\r\n/);
  person.types('exit 7\r');
  assert.equal(await person.ended, 7, person.seen);

  const lives = join(shared, 'lives');
  const left = exec(`-- sh -c 'while :; do >${lives}; sleep 0.05; done'`);
  await until('the command to run', () => existsSync(lives));
  left.hangsUp();
  await left.ended;
  await until('the command to end with its terminal', async () => {
    rmSync(lives, { force: true });
    const look = exec(`-- sh -c 'sleep 0.3; test ! -e ${lives}'`);
    return (await look.ended) === 0;
  });
  await batch.send(new TerminateJobCommand({ jobId, reason: 'test' }));
  await waitForEnd(batch, jobId);
});
