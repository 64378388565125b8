import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DescribeJobDefinitionsCommand,
  type JobDetail,
  RegisterJobDefinitionCommand,
  type SubmitJobCommandInput,
  type TaskContainerProperties,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { submit } from '../support/jobs.ts';
import { waitForEnd, waitForStatus } from '../support/wait.ts';
import { assertRefused, linesOf, openYard, runToEnd } from './yard.ts';

const { batch, logs } = await openYard(['--host-vcpus', '16']);
let definitions = 0;

/** A container of 1 vCPU that runs a script. */
function container(name: string, script: string, more: Partial<TaskContainerProperties> = {}): TaskContainerProperties {
  const resourceRequirements = [
    { type: 'VCPU' as const, value: '1' },
    { type: 'MEMORY' as const, value: '64' },
  ];
  return { name, image: 'host', command: ['sh', '-c', script], resourceRequirements, ...more };
}

async function define(containers: TaskContainerProperties[], task: object = {}): Promise<string> {
  definitions += 1;
  const { jobDefinitionArn = '' } = await batch.send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName: `task-${definitions}`,
      type: 'container',
      ecsProperties: { taskProperties: [{ containers, ...task }] },
    }),
  );
  return jobDefinitionArn;
}

async function run(
  containers: TaskContainerProperties[],
  more: Partial<SubmitJobCommandInput> = {},
  task: object = {},
) {
  return runToEnd(batch, await define(containers, task), more);
}

const containersOf = ({ ecsProperties }: JobDetail) => ecsProperties?.taskProperties?.[0]?.containers ?? [];
const exitsOf = (job: JobDetail) => containersOf(job).map(({ name, exitCode }) => [name, exitCode]);

test('the containers of a task run side by side, share its volumes, and each has a log of its own', async () => {
  const mountPoints = [{ sourceVolume: 'shared', containerPath: '/shared' }];
  const job = await run(
    [
      container('writer', 'echo from writer; echo hello > /shared/word', { mountPoints, essential: false }),
      container('reader', 'until [ -s /shared/word ]; do sleep 0.02; done; cat /shared/word', { mountPoints }),
    ],
    {},
    { volumes: [{ name: 'shared' }] },
  );
  assert.deepEqual([job.status, job.container], ['SUCCEEDED', undefined]);
  const [writer, reader] = containersOf(job);
  assert.match(writer?.logStreamName ?? '', /^task-1\/writer\/[0-9a-f]{32}$/);
  assert.deepEqual(await linesOf(logs, writer?.logStreamName), ['from writer']);
  assert.deepEqual(await linesOf(logs, reader?.logStreamName), ['hello']);
  const [attempt] = job.attempts ?? [];
  const [task] = attempt?.taskProperties ?? [];
  assert.equal(task?.taskArn, job.ecsProperties?.taskProperties?.[0]?.taskArn);
  assert.deepEqual(
    task?.containers?.map(({ name, exitCode, logStreamName }) => [name, exitCode, logStreamName]),
    [writer, reader].map((each) => [each?.name, 0, each?.logStreamName]),
  );
});

test('the first essential container that ends takes the others with it; a side-car says nothing of the outcome', async () => {
  const mountPoints = [{ sourceVolume: 'v', containerPath: '/v' }];
  const runOn = (...containers: TaskContainerProperties[]) => run(containers, {}, { volumes: [{ name: 'v' }] });
  const beside = (script: string) =>
    container('main', `until [ -e /v/on ]; do sleep 0.02; done; ${script}`, { mountPoints });
  const side = (name: string, script: string) => container(name, script, { mountPoints, essential: false });
  const sidecar = side('sidecar', 'trap "exit 9" TERM; touch /v/on; while :; do sleep 0.02; done');
  const good = await runOn(beside('exit 0'), sidecar);
  assert.equal(good.status, 'SUCCEEDED');
  assert.deepEqual(exitsOf(good), [
    ['main', 0],
    ['sidecar', 9],
  ]);
  // Whoever has the lock has ended once another gets it.
  const ends = side('early', 'exec 9>/v/lock; flock 9; touch /v/on; exit 4');
  const early = await runOn(beside('flock /v/lock true'), ends);
  assert.deepEqual([early.status, exitsOf(early)[1]], ['SUCCEEDED', ['early', 4]]);
  const bad = await runOn(beside('exit 3'), sidecar);
  assert.deepEqual([bad.status, bad.statusReason], ['FAILED', 'Essential container in task exited']);
});

test('containers wait for others to start, to end, or to succeed; the job is STARTING until all have started', async () => {
  const mountPoints = [{ sourceVolume: 'v', containerPath: '/v' }];
  const log = (word: string) => `echo ${word} >> /v/order`;
  const definition = await define(
    [
      container('main', `${log('main')}; cat /v/order`, {
        mountPoints,
        dependsOn: [
          { containerName: 'setup', condition: 'SUCCESS' },
          { containerName: 'helper', condition: 'START' },
        ],
      }),
      container('setup', `until [ -e /v/go ]; do sleep 0.02; done; ${log('setup')}`, { mountPoints, essential: false }),
      container('helper', 'sleep 60', {
        essential: false,
        dependsOn: [{ containerName: 'early', condition: 'COMPLETE' }],
      }),
      container('early', `${log('early')}; touch /v/go; exit 5`, { mountPoints, essential: false }),
    ],
    { volumes: [{ name: 'v' }] },
  );
  const job = await runToEnd(batch, definition);
  assert.equal(job.status, 'SUCCEEDED', JSON.stringify(job.attempts));
  const [main] = containersOf(job);
  const order = await linesOf(logs, main?.logStreamName);
  assert.deepEqual(new Set(order.slice(0, 2)), new Set(['early', 'setup']));
  assert.deepEqual(order.slice(2), ['main']);
});

test('a container whose dependency fails never starts, and the attempt fails and says so', async () => {
  const job = await run([
    container('main', 'echo never', { dependsOn: [{ containerName: 'setup', condition: 'SUCCESS' }] }),
    container('setup', 'echo no; exit 7', { essential: false }),
  ]);
  assert.equal(job.status, 'FAILED');
  const [main, setup] = containersOf(job);
  assert.deepEqual([main?.exitCode, setup?.exitCode], [undefined, 7]);
  assert.match(main?.reason ?? '', /container setup did not exit with 0/);
  assert.equal(main?.logStreamName, undefined);
  assert.deepEqual(await linesOf(logs, setup?.logStreamName), ['no']);
});

test('a task that is stopped while containers wait never starts those', async () => {
  const definition = await define([
    container('main', 'echo never', { dependsOn: [{ containerName: 'setup', condition: 'SUCCESS' }] }),
    container('setup', 'sleep 60', { essential: false }),
  ]);
  const jobId = await submit(batch, definition);
  await waitForStatus(batch, jobId, 'STARTING');
  await batch.send(new TerminateJobCommand({ jobId, reason: 'enough' }));
  const job = await waitForEnd(batch, jobId);
  assert.deepEqual([job.status, job.statusReason], ['FAILED', 'enough']);
  assert.equal(containersOf(job)[0]?.exitCode, undefined);
});

test('a submission overrides containers by their names, and parameters reach all of them', async () => {
  const definition = await define([
    container('a', '', { command: ['echo', 'Ref::word'], environment: [{ name: 'X', value: 'defined' }] }),
    container('b', 'echo $X; sleep 0.1', { environment: [{ name: 'X', value: 'defined' }] }),
  ]);
  const job = await runToEnd(batch, definition, {
    parameters: { word: 'given' },
    ecsPropertiesOverride: {
      taskProperties: [
        {
          containers: [
            {
              name: 'b',
              environment: [{ name: 'X', value: 'other' }],
              resourceRequirements: [{ type: 'VCPU', value: '2' }],
            },
          ],
        },
      ],
    },
  });
  const [a, b] = containersOf(job);
  assert.deepEqual(a?.command, ['echo', 'given']);
  assert.deepEqual(
    b?.resourceRequirements?.map(({ type, value }) => [type, value]),
    [
      ['MEMORY', '64'],
      ['VCPU', '2'],
    ],
  );
  assert.deepEqual(b?.environment, [{ name: 'X', value: 'other' }]);
});

test('containers that share processes and IPC see each other’s, and a container may end another one', async () => {
  const mountPoints = [{ sourceVolume: 'shared', containerPath: '/shared' }];
  // The end of the other is that of its own task, which it is to outlive.
  const ended =
    'trap "" TERM; until [ -s /shared/pid ]; do sleep 0.02; done; read -r pid < /shared/pid; kill -TERM "$pid"';
  const job = await run(
    [
      container('ended', 'echo $$ > /shared/pid; while :; do sleep 0.02; done', { mountPoints }),
      container('ends', ended, { mountPoints, essential: false }),
    ],
    {},
    { volumes: [{ name: 'shared' }], pidMode: 'task', ipcMode: 'task' },
  );
  assert.deepEqual(exitsOf(job), [
    ['ended', 143],
    ['ends', 0],
  ]);
});

test('what no engine of this version gives fails the attempt at its start, in words', async () => {
  const firelensConfiguration = { type: 'fluentbit' as const };
  const routed = container('b', 'true', { logConfiguration: { logDriver: 'awsfirelens' } });
  for (const [containers, task, words] of [
    [[container('a', 'true')], { ipcMode: 'host' }, 'ipcMode host is not available here: .*hostNamespaces'],
    [[container('a', 'true')], { pidMode: 'host' }, 'pidMode host is not available here: .*hostNamespaces'],
    [[container('a', 'true', { firelensConfiguration }), routed], {}, 'firelensConfiguration is not available here'],
  ] as const) {
    const job = await run([...containers], {}, task);
    assert.equal(job.status, 'FAILED');
    assert.match(containersOf(job)[0]?.reason ?? '', new RegExp(`^CannotStartContainerError: ${words}`));
  }
});

test('definitions come back with the defaults of AWS, so that Terraform sees no drift', async () => {
  const jobDefinitions = [await define([container('a', 'true'), container('b', 'true', { essential: false })])];
  const { jobDefinitions: [shown] = [] } = await batch.send(new DescribeJobDefinitionsCommand({ jobDefinitions }));
  const [task] = shown?.ecsProperties?.taskProperties ?? [];
  assert.deepEqual(task?.volumes, []);
  assert.deepEqual(
    task?.containers?.map(({ name, essential, dependsOn, environment, mountPoints, secrets, ulimits }) => [
      ...[name, essential],
      ...[dependsOn, environment, mountPoints, secrets, ulimits].map((list) => list?.length),
    ]),
    [
      ['a', true, 0, 0, 0, 0, 0],
      ['b', false, 0, 0, 0, 0, 0],
    ],
  );
});

test('what cannot be is refused when it is registered or submitted', async () => {
  const plain = container('a', 'true');
  const on = (containerName: string, condition: string) => ({ dependsOn: [{ containerName, condition }] });
  const refused: readonly (readonly [TaskContainerProperties[], RegExp, object?])[] = [
    [[], /Number of containers must be between 1 and 10/],
    [
      Array.from({ length: 11 }, (_, index) => container(`c${index}`, 'true')),
      /Number of containers must be between 1 and 10/,
    ],
    [[container('a', 'true', { essential: false })], /At least one container must be set as essential/],
    [[plain, plain], /must be unique/],
    [[plain, { ...plain, name: undefined }], /must have a name/],
    [[{ ...plain, ...on('b', 'START') }], /can not be used in a single-container job/],
    [[{ ...plain, ...on('a', 'START') }, container('b', 'true')], /Container dependency is not valid/],
    [[{ ...plain, ...on('b', 'HEALTHY') }, container('b', 'true')], /TaskContainer dependency HEALTHY is not valid/],
    [
      [{ ...plain, ...on('b', 'SUCCESS') }, container('b', 'true')],
      /can not have condition SUCCESS if the target is essential/,
    ],
    [[{ ...plain, ...on('b', 'START') }, container('b', 'true', on('a', 'START'))], /in a circle: a, b/],
    [[plain], /ipcMode all is not valid/, { ipcMode: 'all' }],
  ];
  for (const [containers, words, task] of refused) await assertRefused(define(containers, task), words);
  const single = await define([plain]);
  const containerOverrides = { command: ['true'] };
  await assertRefused(submit(batch, single, { containerOverrides }), /Use ecsPropertiesOverride/);
  const unknown = { taskProperties: [{ containers: [{ name: 'z' }] }] };
  await assertRefused(submit(batch, single, { ecsPropertiesOverride: unknown }), /names container z/);
});
