import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  DescribeComputeEnvironmentsCommand,
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
  DescribeJobsCommand,
  ListConsumableResourcesCommand,
  ListJobsCommand,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  GetExecutionHistoryCommand,
  ListActivitiesCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  ListStateMachineAliasesCommand,
  ListStateMachinesCommand,
  ListStateMachineVersionsCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ListTopicsCommand } from '@aws-sdk/client-sns';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { SystemRandom } from '../../src/core/random.ts';
import { serverRecords } from '../../src/main/records.ts';
import { openSqliteStore } from '../../src/store/index.ts';
import { type Clients, clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until, waitForEnd, waitForStatus } from '../support/wait.ts';
import { expectEvents } from './events.ts';
import { expectFunctions, functionOptions } from './functions.ts';
import { expectIdentities } from './identities.ts';
import { expectLogFilters } from './log-filters.ts';
import { array, arrayBits, children, gang, nodes, usage } from './parts.ts';
import { expectPlaces } from './places.ts';
import { expectSchedules } from './schedules.ts';
import { expectOrderedTopic } from './topics.ts';
import { expectTrails } from './trails.ts';

/** Each release has a directory here, written by `make.ts` of that release. */
const releases = readdirSync(import.meta.dirname, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

/** Was written before there were shares, fleets, service jobs and what Terraform makes of networks. */
const early = '0.1-early';

/** However long ago a release was: what it kept is kept. */
const keptForEver = ['--retention-finished-jobs', '36500d', '--retention-finished-executions', '36500d'];

async function jobNamed({ batch }: Clients, name: string) {
  const filters = [{ name: 'JOB_NAME', values: [name] }];
  const { jobSummaryList = [] } = await batch.send(new ListJobsCommand({ jobQueue: 'default', filters }));
  const [jobId = ''] = jobSummaryList.map((job) => job.jobId ?? '');
  const { jobs: [job] = [] } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
  return job ?? assert.fail(`there is no job ${name}`);
}

async function linesOf({ logs }: Clients, logGroupName: string, logStreamName = ''): Promise<string[]> {
  const { events = [] } = await logs.send(
    new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }),
  );
  return events.map(({ message = '' }) => message);
}

for (const release of releases) {
  test(`a data directory of ${release} opens with all that was in it, and goes on`, async (t) => {
    const server = await ServerProcess.start(t, ['--moved', '--host-vcpus', '4', ...keptForEver, ...functionOptions], {
      prepare: (data) => {
        cpSync(join(import.meta.dirname, release, 'data'), data, { recursive: true });
        chmodSync(data, 0o700);
      },
    });
    const clients = clientsOf(server);
    t.after(clients.close);
    await expectResources(clients);
    await expectJobs(clients);
    await expectParts(clients);
    await expectKinds(clients);
    if (release !== early) await expectPlaces({ clients, server });
    if (release !== early) await expectIdentities(clients);
    if (release !== early) await expectEvents(clients);
    if (release !== early) await expectSchedules(clients);
    if (release !== early) await expectTrails(server);
    if (release !== early) await expectFunctions(server);
    if (release !== early) await expectOrderedTopic(clients);
    if (release !== early) await expectLogFilters(server);
    await expectExecutions(clients);
    await expectMapRuns(clients);
    assert.doesNotMatch(server.log, /"level":"(error|fatal)"/);
  });
}

for (const release of releases) {
  test(`the store of ${release} has its arrays, multi-node jobs and usage as they were written`, async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'golden-'));
    t.after(() => rmSync(directory, { recursive: true }));
    cpSync(join(import.meta.dirname, release, 'data'), directory, { recursive: true });
    const store = await openSqliteStore({ directory, random: new SystemRandom(), acceptLostCommits: true });
    t.after(() => store.close());
    const { reads } = store;
    const scope = { account: array.account, region: array.region };
    const found = (await reads.jobs(scope, [array.jobId, gang.jobId])).map(({ record }) => record);
    assert.deepEqual(
      new Map(found.map((record) => [record.jobId, record])),
      new Map([array, gang].map((record) => [record.jobId, record])),
    );
    assert.deepEqual(await reads.arrayBits([array.number]), [{ number: array.number, bits: arrayBits }]);
    const indexes = children.map(({ index }) => index);
    assert.deepEqual(await reads.arrayChildren([{ number: array.number, indexes }]), children);
    assert.deepEqual(await reads.nodes({ number: gang.number, limit: 10 }), nodes);
    const [oldest] = await reads.usage({ scope, from: 0, to: usage.hour + 1, limit: 1 });
    assert.deepEqual({ ...oldest, position: 0 }, { ...usage, position: 0 });
  });
}

/** Work that is done a moment later: no directory of a server that was stopped has any. */
const passing: ReadonlySet<string> = new Set([
  'logGroupDeletion',
  'logFileRemoval',
  'logFilterCursor',
  'logDefaultMinutes',
]);

/** Of this version: what is new since has no record in those before. */
const newest =
  releases
    .filter((release) => release !== early)
    .toSorted(byNumbers)
    .at(-1) ?? '';

test(`the store of ${newest} has a record of every kind that there is`, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'golden-'));
  t.after(() => rmSync(directory, { recursive: true }));
  cpSync(join(import.meta.dirname, newest, 'data'), directory, { recursive: true });
  const store = await openSqliteStore({ directory, random: new SystemRandom(), acceptLostCommits: true });
  t.after(() => store.close());
  const kept = new Set((await store.load()).records.map(({ type }) => type));
  const missing = serverRecords.map(({ type }) => type).filter((type) => !kept.has(type) && !passing.has(type));
  assert.deepEqual(missing, []);
});

/** 0.10 comes after 0.9. */
function byNumbers(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

async function expectParts({ batch }: Clients): Promise<void> {
  const ended = await until('the last node of the multi-node job to be known as lost', async () => {
    const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [array.jobId, gang.jobId] }));
    const statuses = jobs.map(({ jobName, status }) => [jobName, status]);
    return statuses.some(([name, status]) => name === 'gang' && status !== 'RUNNING') && statuses;
  });
  assert.deepEqual(ended.toSorted(), [
    ['array', 'PENDING'],
    ['gang', 'SUCCEEDED'],
  ]);
}

async function expectKinds(clients: Clients): Promise<void> {
  const { batch, secrets, ssm } = clients;
  const secretive = await jobNamed(clients, 'secretive');
  const lines = await linesOf(clients, '/aws/batch/job', secretive.container?.logStreamName);
  assert.deepEqual([secretive.status, lines], ['SUCCEEDED', ['golden secret, golden parameter']]);
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: 'golden' }));
  const before = await secrets.send(new GetSecretValueCommand({ SecretId: 'golden', VersionStage: 'AWSPREVIOUS' }));
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/golden/value', WithDecryption: true }));
  const values = [SecretString, before.SecretString, Parameter?.Value];
  assert.deepEqual(values, ['golden secret', 'first', 'golden parameter']);
  const task = await jobNamed(clients, 'task');
  const containers = task.attempts?.[0]?.taskProperties?.[0]?.containers ?? [];
  assert.deepEqual(
    [task.status, containers.map(({ name, exitCode }) => [name, exitCode])],
    [
      'SUCCEEDED',
      [
        ['side', 0],
        ['last', 0],
      ],
    ],
  );
  const job = await jobNamed(clients, 'nodes');
  const ids = [0, 1].map((index) => `${job.jobId}#${index}`);
  const { jobs: nodesOfJob = [] } = await batch.send(new DescribeJobsCommand({ jobs: ids }));
  assert.deepEqual([job.status, nodesOfJob[0]?.status], ['SUCCEEDED', 'SUCCEEDED']);
  const { arrayProperties, status } = await jobNamed(clients, 'array-of-three');
  assert.deepEqual([status, arrayProperties?.statusSummary?.FAILED], ['FAILED', 3]);
  const licensed = await jobNamed(clients, 'licensed');
  assert.deepEqual(
    [licensed.status, licensed.consumableResourceProperties?.consumableResourceList?.[0]?.quantity],
    ['RUNNABLE', 5],
  );
  const { consumableResources: [licence] = [] } = await batch.send(new ListConsumableResourcesCommand({}));
  assert.deepEqual([licence?.consumableResourceName, licence?.totalQuantity], ['licence', 2]);
}

async function expectResources({ batch, sns, logs }: Clients): Promise<void> {
  const { computeEnvironments: [environment] = [] } = await batch.send(
    new DescribeComputeEnvironmentsCommand({ computeEnvironments: ['golden'] }),
  );
  assert.deepEqual([environment?.state, environment?.tags], ['DISABLED', { team: 'golden' }]);
  const { jobQueues: [queue] = [] } = await batch.send(new DescribeJobQueuesCommand({ jobQueues: ['golden'] }));
  assert.deepEqual([queue?.priority, queue?.jobStateTimeLimitActions?.length], [7, 1]);
  const { jobDefinitions = [] } = await batch.send(new DescribeJobDefinitionsCommand({ jobDefinitionName: 'says' }));
  assert.deepEqual(
    jobDefinitions.map(({ revision, tags, status }) => [revision, tags, status]),
    [[1, { kind: 'golden' }, 'ACTIVE']],
  );
  assert.deepEqual(await linesOf({ logs } as Clients, 'golden', 'stream'), ['kept']);
  const { Topics = [] } = await sns.send(new ListTopicsCommand({}));
  assert.ok(Topics.some(({ TopicArn }) => TopicArn?.endsWith(':golden')));
}

async function expectJobs(clients: Clients): Promise<void> {
  const { batch } = clients;
  const succeeded = await jobNamed(clients, 'succeeded');
  assert.deepEqual([succeeded.status, succeeded.tags], ['SUCCEEDED', { kind: 'golden' }]);
  const lines = ['line 1', 'line 2', 'line 3'];
  assert.deepEqual(await linesOf(clients, '/aws/batch/job', succeeded.container?.logStreamName), lines);
  const failed = await jobNamed(clients, 'failed');
  assert.deepEqual([failed.status, failed.attempts?.map(({ container }) => container?.exitCode)], ['FAILED', [3, 3]]);
  const { jobId: running = '' } = await jobNamed(clients, 'running');
  const again = await until('the lost attempt to be tried again', async () => {
    const job = await waitForStatus(batch, running, ['RUNNABLE', 'STARTING', 'RUNNING']);
    return job.attempts?.length === 1 && job;
  });
  assert.match(again.attempts?.[0]?.statusReason ?? '', /^Host EC2 .* terminated/);
  const { jobId: runnable = '' } = await jobNamed(clients, 'runnable');
  assert.equal((await waitForEnd(batch, runnable)).status, 'SUCCEEDED');
  const pending = await jobNamed(clients, 'pending');
  assert.deepEqual([pending.status, pending.dependsOn], ['PENDING', [{ jobId: running }]]);
  await batch.send(new TerminateJobCommand({ jobId: running, reason: 'enough' }));
  assert.equal((await waitForEnd(batch, running)).statusReason, 'enough');
  assert.equal((await waitForEnd(batch, pending.jobId ?? '')).statusReason, 'Dependent Job failed');
}

async function expectExecutions({ states }: Clients): Promise<void> {
  const { stateMachines = [] } = await states.send(new ListStateMachinesCommand({}));
  const stateMachineArn = stateMachines.find(({ name }) => name === 'golden')?.stateMachineArn;
  const { stateMachineVersions = [] } = await states.send(new ListStateMachineVersionsCommand({ stateMachineArn }));
  const { stateMachineAliases = [] } = await states.send(new ListStateMachineAliasesCommand({ stateMachineArn }));
  assert.deepEqual([stateMachineVersions.length, stateMachineAliases.length], [1, 1]);
  const { activities = [] } = await states.send(new ListActivitiesCommand({}));
  assert.deepEqual(
    activities.map(({ name }) => name),
    ['golden'],
  );
  const { executions = [] } = await states.send(new ListExecutionsCommand({ stateMachineArn }));
  const named = new Map(executions.map((execution) => [execution.name, execution]));
  assert.deepEqual([...named.keys()].toSorted(), ['ended', 'waiting']);
  const { executionArn: ended } = named.get('ended') ?? {};
  const { events = [] } = await states.send(new GetExecutionHistoryCommand({ executionArn: ended }));
  assert.equal(events.at(-1)?.type, 'ExecutionSucceeded');
  const { executionArn: waiting, status } = named.get('waiting') ?? {};
  // An execution lasts a year at the most.
  if (status === 'TIMED_OUT') return;
  assert.equal(status, 'RUNNING');
  await states.send(new StopExecutionCommand({ executionArn: waiting }));
  const stopped = await states.send(new DescribeExecutionCommand({ executionArn: waiting }));
  assert.equal(stopped.status, 'ABORTED');
}

async function expectMapRuns({ states }: Clients): Promise<void> {
  const { stateMachines = [] } = await states.send(new ListStateMachinesCommand({}));
  const only = async (name: string) => {
    const stateMachineArn = stateMachines.find((machine) => machine.name === name)?.stateMachineArn;
    const { executions: [execution] = [] } = await states.send(new ListExecutionsCommand({ stateMachineArn }));
    const { executionArn } = execution ?? {};
    const { mapRuns: [run] = [] } = await states.send(new ListMapRunsCommand({ executionArn }));
    return { executionArn, mapRunArn: run?.mapRunArn };
  };
  const seen = async (mapRunArn: string | undefined) => {
    const {
      status,
      redriveCount,
      executionCounts: counts,
    } = await states.send(new DescribeMapRunCommand({ mapRunArn }));
    const { executions = [] } = await states.send(new ListExecutionsCommand({ mapRunArn }));
    const children = executions.map((child) => child.status).toSorted();
    const ends = [counts?.succeeded, counts?.failed, counts?.aborted, counts?.pendingRedrive];
    return { status, redriveCount, ends, children };
  };
  assert.deepEqual(await seen((await only('map-express')).mapRunArn), {
    ...{ status: 'SUCCEEDED', redriveCount: 0, ends: [2, 0, 0, 0], children: ['SUCCEEDED', 'SUCCEEDED'] },
  });
  assert.deepEqual(await seen((await only('map-redriven')).mapRunArn), {
    ...{ status: 'FAILED', redriveCount: 1, ends: [1, 1, 0, 0], children: ['FAILED', 'SUCCEEDED'] },
  });
  const { executionArn, mapRunArn } = await only('map-running');
  const running = await seen(mapRunArn);
  // As above: a year later it has ended.
  if (running.status !== 'RUNNING') return;
  assert.deepEqual(running, {
    ...{ status: 'RUNNING', redriveCount: 0, ends: [1, 0, 0, 0], children: ['RUNNING', 'SUCCEEDED'] },
  });
  await states.send(new StopExecutionCommand({ executionArn }));
  const stopped = await until('the map run to end', async () => {
    const run = await seen(mapRunArn);
    return !run.children.includes('RUNNING') && run;
  });
  assert.deepEqual(stopped, {
    ...{ status: 'ABORTED', redriveCount: 0, ends: [1, 0, 1, 0], children: ['ABORTED', 'SUCCEEDED'] },
  });
}
