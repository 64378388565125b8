import assert from 'node:assert/strict';
import type { JobDetail, TaskContainerProperties } from '@aws-sdk/client-batch';
import { linesOf } from '../yard.ts';
import { type ContainerCase, defineTask, image, needs, run, shell } from './container-yard.ts';

function container(name: string, script: string, more: Partial<TaskContainerProperties> = {}): TaskContainerProperties {
  return { name, image, command: shell(script), resourceRequirements: needs(), ...more };
}

const containersOf = ({ ecsProperties }: JobDetail) => ecsProperties?.taskProperties?.[0]?.containers ?? [];
const exitsOf = (job: JobDetail) =>
  Object.fromEntries(containersOf(job).map(({ name = '', exitCode }) => [name, exitCode]));

const mountPoints = [{ sourceVolume: 'v', containerPath: '/v' }];
const write = (word: string) => `echo ${word} >>/v/order`;

/** Heeds SIGTERM, and says so, and another waits for that: a first process that heeds none yet is not ended by it. */
const helps = 'trap "exit 9" TERM; touch /v/on; while :; do sleep 0.02; done';
const helped = 'until [ -e /v/on ]; do sleep 0.02; done';

export const taskCases: readonly ContainerCase[] = [
  {
    name: 'containers of a job wait for others to start, to end and to succeed, share a volume, and have each its result and log',
    async prove(yard) {
      const definition = await defineTask(
        yard,
        [
          container('main', `${helped}; echo from main; ${write('main')}; cat /v/order`, {
            mountPoints,
            dependsOn: [
              { containerName: 'setup', condition: 'SUCCESS' },
              { containerName: 'helper', condition: 'START' },
            ],
          }),
          container('setup', `echo from setup; until [ -e /v/go ]; do sleep 0.02; done; ${write('setup')}`, {
            mountPoints,
            essential: false,
          }),
          container('helper', helps, {
            ...{ mountPoints, essential: false },
            dependsOn: [{ containerName: 'early', condition: 'COMPLETE' }],
          }),
          container('early', `${write('early')}; touch /v/go; exit 5`, { mountPoints, essential: false }),
        ],
        { volumes: [{ name: 'v' }] },
      );
      const job = await run(yard, definition);
      assert.equal(job.status, 'SUCCEEDED', JSON.stringify(job.attempts));
      assert.deepEqual(exitsOf(job), { main: 0, setup: 0, helper: 9, early: 5 });
      const [main, setup] = containersOf(job);
      const [first, ...order] = await linesOf(yard.logs, main?.logStreamName);
      assert.deepEqual([first, order.toSorted(), order.at(-1)], ['from main', ['early', 'main', 'setup'], 'main']);
      assert.deepEqual(await linesOf(yard.logs, setup?.logStreamName), ['from setup']);
      const [attempt] = job.attempts?.[0]?.taskProperties ?? [];
      assert.deepEqual(
        attempt?.containers?.map(({ name, exitCode, logStreamName }) => [name, exitCode, logStreamName]),
        containersOf(job).map(({ name, exitCode, logStreamName }) => [name, exitCode, logStreamName]),
      );
    },
  },
  {
    name: 'the end of an essential container is that of the job, whatever a side-car ended with before',
    async prove(yard) {
      const job = await run(
        yard,
        await defineTask(
          yard,
          [
            container('main', 'nc -l -p 47321 >/dev/null; exit 3'),
            // Containers of a job share one network.
            container('early', `${helped}; until echo | nc 127.0.0.1 47321; do sleep 0.05; done 2>/dev/null; exit 4`, {
              ...{ mountPoints, essential: false },
            }),
            container('other', helps, { mountPoints }),
          ],
          { volumes: [{ name: 'v' }] },
        ),
      );
      assert.deepEqual([job.status, job.statusReason], ['FAILED', 'Essential container in task exited']);
      const { main, other } = exitsOf(job);
      assert.deepEqual([main, other], [3, 9]);
    },
  },
  {
    name: 'a container whose dependency fails never starts, and so the job does not',
    async prove(yard) {
      const job = await run(
        yard,
        await defineTask(yard, [
          container('main', 'echo never', { dependsOn: [{ containerName: 'setup', condition: 'SUCCESS' }] }),
          container('setup', 'exit 7', { essential: false }),
        ]),
      );
      assert.equal(job.status, 'FAILED');
      const [main, setup] = containersOf(job);
      assert.deepEqual([main?.exitCode, setup?.exitCode], [undefined, 7]);
      assert.match(main?.reason ?? '', /setup/);
    },
  },
];
