import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  CancelJobCommand,
  type ContainerProperties,
  CreateConsumableResourceCommand,
  DescribeConsumableResourceCommand,
  DescribeJobDefinitionsCommand,
  DescribeJobsCommand,
  type JobDetail,
  ListJobsCommand,
  type NodeProperties,
  type NodeRangeProperty,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
  type SubmitJobCommandInput,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { CreateStateMachineCommand, DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { MockBehaviour, TaskSpec } from '../../src/engines/index.ts';
import { submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { startInProcess } from '../support/server-in-process.ts';
import { describeJob, until } from '../support/wait.ts';
import { assertRefused, linesOf, wholeFile } from './yard.ts';

// Shapes of answers: what AWS answered of a multi-node job of two nodes, as the tests of aws-parallelcluster's awsbatch-cli have it.

const forEver = { runFor: 'until-stopped' } as const;
/** What each node does, by the job's name and its index. */
const plans = new Map<string, MockBehaviour>();
const given: TaskSpec[] = [];
const server = await startInProcess(wholeFile, {
  script: (task) => {
    given.push(task);
    const [name = ''] = task.label.split(' ');
    return plans.get(`${name}#${task.gang?.index}`) ?? plans.get(name) ?? {};
  },
});
const clients = clientsOf(server);
after(clients.close);
const { batch, logs } = clients;
let definitions = 0;

const container: ContainerProperties = {
  image: 'busybox',
  command: ['true'],
  resourceRequirements: [
    { type: 'VCPU', value: '1' },
    { type: 'MEMORY', value: '64' },
  ],
};
const two: NodeProperties = { numNodes: 2, mainNode: 0, nodeRangeProperties: [{ targetNodes: '0:', container }] };

async function define(
  nodeProperties: NodeProperties = two,
  more: Partial<RegisterJobDefinitionCommandInput> = {},
): Promise<string> {
  definitions += 1;
  const jobDefinitionName = `nodes-${definitions}`;
  const input = { jobDefinitionName, type: 'multinode' as const, nodeProperties, ...more };
  const { jobDefinitionArn = '' } = await batch.send(new RegisterJobDefinitionCommand(input));
  return jobDefinitionArn;
}

/** Lets the clock go on until all that is due has happened and `seen` answers something. */
function seen<Answer>(what: string, ask: () => Promise<Answer | undefined | false>): Promise<Answer> {
  return until(what, async () => {
    server.clock.advance(1);
    return ask();
  });
}

function inStatus(jobId: string, status: string): Promise<JobDetail> {
  return seen(`${jobId} to be ${status}`, async () => {
    const job = await describeJob(batch, jobId).catch(() => undefined);
    return job?.status === status && job;
  });
}

/** A job of two nodes, both of which run. */
async function running(jobName: string, more: object = {}): Promise<string> {
  const jobId = await submit(batch, await define(), { jobName, ...more });
  for (const id of [jobId, `${jobId}#0`, `${jobId}#1`]) await inStatus(id, 'RUNNING');
  return jobId;
}

const listed = async (multiNodeJobId: string, jobStatus: 'RUNNING' | 'FAILED' | 'SUCCEEDED') =>
  (await batch.send(new ListJobsCommand({ multiNodeJobId, jobStatus }))).jobSummaryList ?? [];

test('a job of two nodes is described as AWS describes it: as a whole, and node by node', async () => {
  plans.set('two', { output: ['hello'], ...forEver });
  const jobId = await running('two');
  server.clock.advance(1_000);
  const job = await describeJob(batch, jobId);
  assert.deepEqual(
    [job.container, job.attempts, job.nodeDetails, job.arrayProperties],
    [undefined, [], undefined, undefined],
  );
  assert.deepEqual([job.nodeProperties?.numNodes, job.nodeProperties?.mainNode], [2, 0]);
  const [range, ...rest] = job.nodeProperties?.nodeRangeProperties ?? [];
  assert.deepEqual(
    [range?.targetNodes, range?.container?.image, range?.container?.volumes, rest],
    ['0:', 'busybox', [], []],
  );

  const { jobs: nodes = [] } = await batch.send(new DescribeJobsCommand({ jobs: [`${jobId}#1`, `${jobId}#0`] }));
  assert.deepEqual(
    nodes.map((node) => [node.jobId, node.jobName, node.nodeDetails, node.nodeProperties, node.retryStrategy]),
    [1, 0].map((nodeIndex) => [
      ...[`${jobId}#${nodeIndex}`, 'two'],
      ...[{ nodeIndex, isMainNode: nodeIndex === 0 }, undefined, undefined],
    ]),
  );
  const [other, main] = nodes;
  assert.equal(job.startedAt, main?.startedAt);
  assert.ok(
    (other?.createdAt ?? 0) >= (job.startedAt ?? Number.NaN),
    'another node comes to be once the main node runs',
  );
  assert.equal(other?.container?.image, 'busybox');
  assert.match(other?.container?.taskArn ?? '', /:task\//);
  assert.match(other?.container?.containerInstanceArn ?? '', /:container-instance\//);
  const [wire, ...more] = other?.container?.networkInterfaces ?? [];
  assert.deepEqual([wire?.privateIpv4Address, more], ['10.231.0.3', []]);
  assert.match(wire?.attachmentId ?? '', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.deepEqual(await linesOf(logs, other?.container?.logStreamName), ['hello']);

  await batch.send(new TerminateJobCommand({ jobId, reason: 'seen' }));
  const ended = await inStatus(jobId, 'FAILED');
  const [attempt] = ended.attempts ?? [];
  assert.deepEqual([ended.statusReason, attempt?.statusReason, ended.isTerminated], ['seen', 'seen', true]);
  const { exitCode, logStreamName, ...others } = attempt?.container ?? {};
  assert.equal(exitCode, 143);
  assert.equal(logStreamName, main?.container?.logStreamName);
  assert.deepEqual(others, { networkInterfaces: [] }, 'neither task nor instance');
  const endedNode = await describeJob(batch, `${jobId}#1`);
  assert.deepEqual([endedNode.status, endedNode.container?.exitCode], ['FAILED', 143]);
  assert.deepEqual(endedNode.container?.networkInterfaces, [wire]);
  assert.equal(endedNode.attempts?.[0]?.container?.taskArn, other?.container?.taskArn);
});

test('nodes are listed by their job and status, their job with its size; before they start there are none', async () => {
  plans.set('listed', forEver);
  plans.set('listed#0', { ...forEver, startDelay: 5_000 });
  const jobId = await submit(batch, await define(), { jobName: 'listed' });
  await inStatus(jobId, 'STARTING');
  const { jobs } = await batch.send(new DescribeJobsCommand({ jobs: [`${jobId}#1`, `${jobId}#7`] }));
  assert.deepEqual([jobs, await listed(jobId, 'RUNNING')], [[], []]);
  server.clock.advance(5_000);
  await inStatus(`${jobId}#1`, 'RUNNING');
  const summaries = await listed(jobId, 'RUNNING');
  assert.deepEqual(
    summaries.map(({ jobId: id, nodeProperties, container: shown }) => [id, nodeProperties, shown]),
    [0, 1].map((nodeIndex) => [`${jobId}#${nodeIndex}`, { nodeIndex, isMainNode: nodeIndex === 0 }, {}]),
  );
  const page = await batch.send(new ListJobsCommand({ multiNodeJobId: jobId, maxResults: 1 }));
  const { nextToken } = page;
  const next = await batch.send(new ListJobsCommand({ multiNodeJobId: jobId, maxResults: 1, nextToken }));
  assert.deepEqual(
    [page, next].flatMap(({ jobSummaryList = [] }) => jobSummaryList.map((node) => node.jobId)),
    [`${jobId}#0`, `${jobId}#1`],
  );
  const inQueue = async (jobStatus: 'RUNNING' | 'FAILED') =>
    ((await batch.send(new ListJobsCommand({ jobQueue: 'default', jobStatus }))).jobSummaryList ?? []).filter((job) =>
      job.jobId?.startsWith(jobId),
    );
  const [parent, ...more] = await inQueue('RUNNING');
  assert.deepEqual([parent?.nodeProperties, parent?.container, more], [{ numNodes: 2 }, undefined, []]);
  await batch.send(new TerminateJobCommand({ jobId, reason: 'seen' }));
  await inStatus(jobId, 'FAILED');
  assert.deepEqual([(await inQueue('FAILED'))[0]?.container?.exitCode, await listed(jobId, 'RUNNING')], [143, []]);
  assert.deepEqual(
    (await listed(jobId, 'FAILED')).map(({ container: shown }) => shown?.exitCode),
    [143, 143],
  );
});

test('TerminateJob of one node ends that alone, of the main node the whole job; CancelJob ends one that waits', async () => {
  plans.set('stopped', forEver);
  const jobId = await running('stopped');
  await batch.send(new TerminateJobCommand({ jobId: `${jobId}#1`, reason: 'this one' }));
  const node = await inStatus(`${jobId}#1`, 'FAILED');
  assert.deepEqual([node.statusReason, (await describeJob(batch, jobId)).status], ['this one', 'RUNNING']);
  await batch.send(new CancelJobCommand({ jobId, reason: 'too late' }));
  assert.equal((await describeJob(batch, jobId)).status, 'RUNNING');
  const waiting = await submit(batch, await define({ ...two, numNodes: 4 }), { jobName: 'waits' });
  await inStatus(waiting, 'RUNNABLE');
  await batch.send(new CancelJobCommand({ jobId: waiting, reason: 'not now' }));
  assert.equal((await inStatus(waiting, 'FAILED')).statusReason, 'not now');
  await batch.send(new TerminateJobCommand({ jobId: `${jobId}#0`, reason: 'all' }));
  assert.equal((await inStatus(jobId, 'FAILED')).statusReason, 'all');
});

test('while the nodes of a main node that has ended are stopped the job is RUNNING without a reason, then has that node’s', async () => {
  plans.set('ending#0', { runFor: 100 });
  plans.set('ending#1', { ...forEver, onTerminate: 'ignore' });
  const jobId = await submit(batch, await define(), { jobName: 'ending' });
  await inStatus(`${jobId}#0`, 'SUCCEEDED');
  const { status, statusReason, attempts } = await describeJob(batch, jobId);
  assert.deepEqual([status, statusReason, attempts?.length], ['RUNNING', undefined, 1]);
  const ended = await seen('the end of the job', async () => {
    server.clock.advance(1_000);
    const job = await describeJob(batch, jobId);
    return job.status === 'SUCCEEDED' && job;
  });
  assert.equal(ended.statusReason, 'Essential container in task exited');
});

test('a failed main node is tried again with all nodes, and each keeps its attempts', async () => {
  plans.set('tried#0', { runFor: 100, exitCode: 3 });
  plans.set('tried#1', forEver);
  const jobId = await submit(batch, await define(), { jobName: 'tried', retryStrategy: { attempts: 2 } });
  const job = await inStatus(jobId, 'FAILED');
  assert.deepEqual(
    job.attempts?.map((attempt) => attempt.container?.exitCode),
    [3, 3],
  );
  const [first, second] = job.attempts ?? [];
  assert.notEqual(first?.container?.logStreamName, second?.container?.logStreamName);
  assert.equal(job.startedAt, second?.startedAt);
  const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [`${jobId}#0`, `${jobId}#1`] }));
  assert.deepEqual(
    jobs.map(({ attempts }) => attempts?.length),
    [2, 2],
  );
});

const small = (targetNodes: string, change: ContainerProperties = {}): NodeRangeProperty => ({
  targetNodes,
  container: { ...container, ...change },
});

test('inner ranges override outer ones member by member, and an open range goes to the last node', async () => {
  plans.set('nested', forEver);
  const nodeRangeProperties: NodeRangeProperty[] = [
    small(':', { environment: [{ name: 'ROLE', value: 'worker' }] }),
    { targetNodes: '1', container: { command: ['false'], resourceRequirements: [{ type: 'MEMORY', value: '128' }] } },
  ];
  const jobId = await submit(batch, await define({ numNodes: 3, mainNode: 1, nodeRangeProperties }), {
    jobName: 'nested',
  });
  await inStatus(`${jobId}#2`, 'RUNNING');
  const tasks = given.filter(({ label }) => label.startsWith('nested '));
  const byIndex = tasks.toSorted((one, other) => (one.gang?.index ?? 0) - (other.gang?.index ?? 0));
  assert.deepEqual(
    byIndex.map(({ containers: [one] }) => [
      one?.image,
      one?.command,
      one?.vcpus,
      one?.memoryMiB,
      one?.environment.ROLE,
    ]),
    [
      ['busybox', ['true'], 1, 64, 'worker'],
      ['busybox', ['false'], 1, 128, 'worker'],
      ['busybox', ['true'], 1, 64, 'worker'],
    ],
  );
  const { nodeProperties } = await describeJob(batch, jobId);
  assert.deepEqual(
    nodeProperties?.nodeRangeProperties?.map(({ targetNodes, container: shown }) => [targetNodes, shown?.command]),
    [
      [':', ['true']],
      ['1', ['false']],
    ],
  );
  await batch.send(new TerminateJobCommand({ jobId, reason: 'seen' }));
  await inStatus(jobId, 'FAILED');
});

test('a submission overrides the number of nodes, and ranges of the definition by their target nodes', async () => {
  plans.set('overridden', forEver);
  const definition = await define(two, { parameters: { word: 'defined' } });
  const command = ['echo', 'Ref::word'];
  const environment = [{ name: 'X', value: '1' }];
  const jobId = await submit(batch, definition, {
    jobName: 'overridden',
    parameters: { word: 'given' },
    nodeOverrides: {
      numNodes: 3,
      nodePropertyOverrides: [{ targetNodes: '0:', containerOverrides: { command, environment } }],
    },
  });
  const job = await inStatus(jobId, 'RUNNING');
  const [range] = job.nodeProperties?.nodeRangeProperties ?? [];
  assert.deepEqual(
    [job.nodeProperties?.numNodes, range?.targetNodes, range?.container?.command, range?.container?.environment],
    [3, '0:', ['echo', 'given'], environment],
  );
  const last = await inStatus(`${jobId}#2`, 'RUNNING');
  assert.deepEqual(last.container?.command, ['echo', 'given']);
  assert.equal(given.at(-1)?.containers[0]?.environment.AWS_BATCH_JOB_NUM_NODES, '3');
  await batch.send(new TerminateJobCommand({ jobId, reason: 'seen' }));
  await inStatus(jobId, 'FAILED');
});

test('nodes of several containers have their logs by container, and their instance type where it was given', async () => {
  plans.set('tasks', { runFor: 100 });
  const named = (name: string) => ({ ...container, name, image: 'busybox' });
  const range = (targetNodes: string) => ({
    targetNodes,
    instanceTypes: ['c5.large'],
    ecsProperties: { taskProperties: [{ containers: [named('main'), { ...named('side'), essential: false }] }] },
  });
  const definition = await define({ numNodes: 2, mainNode: 1, nodeRangeProperties: [range('0'), range('1')] });
  const containers = [{ name: 'side', command: ['false'] }];
  const jobId = await submit(batch, definition, {
    jobName: 'tasks',
    nodeOverrides: {
      nodePropertyOverrides: [{ targetNodes: '1', ecsPropertiesOverride: { taskProperties: [{ containers }] } }],
    },
  });
  const job = await inStatus(jobId, 'SUCCEEDED');
  assert.deepEqual([job.container, job.ecsProperties], [undefined, undefined]);
  const [attempt] = job.attempts ?? [];
  assert.equal(attempt?.container?.logStreamName, undefined);
  assert.deepEqual(
    attempt?.taskProperties?.[0]?.containers?.map(({ name, exitCode }) => [name, exitCode]),
    [
      ['main', 0],
      ['side', 0],
    ],
  );
  const main = await describeJob(batch, `${jobId}#1`);
  assert.deepEqual(
    main.ecsProperties?.taskProperties?.[0]?.containers?.map(({ name, command }) => [name, command]),
    [
      ['main', ['true']],
      ['side', ['false']],
    ],
  );
  const [first] = job.nodeProperties?.nodeRangeProperties ?? [];
  assert.deepEqual(
    [first?.instanceTypes, first?.ecsProperties?.taskProperties?.[0]?.containers?.length],
    [['c5.large'], 2],
  );
});

test('a definition of nodes comes back as it was given, with the defaults of AWS', async () => {
  const jobDefinitions = [await define({ ...two, nodeRangeProperties: [small('0'), small('1:')] })];
  const { jobDefinitions: [shown] = [] } = await batch.send(new DescribeJobDefinitionsCommand({ jobDefinitions }));
  assert.deepEqual(
    [shown?.type, shown?.containerOrchestrationType, shown?.containerProperties],
    ['multinode', 'ECS', undefined],
  );
  const empty = { environment: [], mountPoints: [], secrets: [], ulimits: [], volumes: [] };
  assert.deepEqual(shown?.nodeProperties, {
    ...two,
    nodeRangeProperties: ['0', '1:'].map((targetNodes) => ({ targetNodes, container: { ...empty, ...container } })),
  });
});

test('a gang holds what its ranges need of consumable resources for all its nodes, and another waits for it', async () => {
  plans.set('licensed', { runFor: 1_000 });
  const seats = { consumableResourceName: 'seats', totalQuantity: 5 };
  const { consumableResourceArn: consumableResource } = await batch.send(new CreateConsumableResourceCommand(seats));
  const needs = (quantity: number) => ({ consumableResourceList: [{ consumableResource, quantity }] });
  const nodeRangeProperties = [
    { ...small('0'), consumableResourceProperties: needs(1) },
    { ...small('1:'), consumableResourceProperties: needs(2) },
  ];
  const definition = await define({ ...two, nodeRangeProperties });
  const jobId = await submit(batch, definition, { jobName: 'licensed' });
  const other = await submit(batch, definition, { jobName: 'licensed' });
  const inUse = async () =>
    (await batch.send(new DescribeConsumableResourceCommand({ consumableResource }))).inUseQuantity;
  await inStatus(`${jobId}#1`, 'RUNNING');
  const waiting = await inStatus(other, 'RUNNABLE');
  assert.match(waiting.statusReason ?? '', /seats/);
  assert.deepEqual([await inUse(), waiting.consumableResourceProperties], [3, needs(3)]);
  const node = await describeJob(batch, `${jobId}#1`);
  assert.deepEqual(node.consumableResourceProperties, needs(2), 'a node shows what it needs itself');
  server.clock.advance(1_000);
  await inStatus(jobId, 'SUCCEEDED');
  const consumableResourcePropertiesOverride = needs(1);
  const nodePropertyOverrides = [{ targetNodes: '1:', consumableResourcePropertiesOverride }];
  const less = await submit(batch, definition, { jobName: 'licensed', nodeOverrides: { nodePropertyOverrides } });
  await inStatus(`${less}#1`, 'RUNNING');
  assert.equal(await inUse(), 3 + 2);
  server.clock.advance(1_000);
  for (const id of [other, less]) await inStatus(id, 'SUCCEEDED');
  assert.equal(await inUse(), 0);
});

test('what cannot be of nodes is refused when they are submitted', async () => {
  const definition = await define();
  const closed = await define({ ...two, nodeRangeProperties: [small('0:1')] });
  const refused: readonly (readonly [Partial<SubmitJobCommandInput>, RegExp])[] = [
    [{ arrayProperties: { size: 2 } }, /^arrayProperties should not be set for multi-node parallel jobs\.$/],
    [{ containerOverrides: { command: ['a'] } }, /^containerOverrides should not be set for multi-node parallel jobs/],
    [
      { nodeOverrides: { nodePropertyOverrides: [{ targetNodes: '0:0' }] } },
      /^NodeOverride targets should match job definition\. Non matching targets - 0:0$/,
    ],
    [{ nodeOverrides: { numNodes: 1001 } }, /Number of nodes must be between 1 and 1000\./],
  ];
  for (const [more, words] of refused) await assertRefused(submit(batch, definition, more), words);
  await assertRefused(
    submit(batch, closed, { nodeOverrides: { numNodes: 2 } }),
    /^NumNodes override can only be applied if the job definition has at least 1 target node without a range_end i\.e \(:\) or \(range_start:\)\.$/,
  );
});

test('an execution that waits for a multi-node job goes on at its end, not at that of a node', async () => {
  plans.set('awaited', forEver);
  plans.set('awaited#1', { runFor: 10, exitCode: 1 });
  const definition = JSON.stringify({
    StartAt: 'Run',
    States: {
      Run: {
        Type: 'Task',
        Resource: 'arn:aws:states:::batch:submitJob.sync',
        Parameters: { JobName: 'awaited', JobQueue: 'default', JobDefinition: await define() },
        ResultSelector: { 'jobId.$': '$.JobId' },
        End: true,
      },
    },
  });
  const roleArn = 'arn:aws:iam::123456789012:role/workflows';
  const { states } = clients;
  const { stateMachineArn } = await states.send(new CreateStateMachineCommand({ name: 'nodes', definition, roleArn }));
  const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn }));
  const jobId = await seen('the job', async () => {
    const { jobSummaryList = [] } = await batch.send(
      new ListJobsCommand({ jobQueue: 'default', jobStatus: 'RUNNING' }),
    );
    return jobSummaryList.find(({ jobName }) => jobName === 'awaited')?.jobId;
  });
  await inStatus(`${jobId}#1`, 'FAILED');
  const statusNow = async () => (await states.send(new DescribeExecutionCommand({ executionArn }))).status;
  assert.equal(await statusNow(), 'RUNNING');
  await batch.send(new TerminateJobCommand({ jobId, reason: 'enough' }));
  await seen('the end of the execution', async () => (await statusNow()) === 'FAILED');
});
