import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Json, parseResource } from '../../src/asl/index.ts';
import { formatArn } from '../../src/core/arn.ts';
import type { JobId } from '../../src/core/ids.ts';
import { SystemRandom } from '../../src/core/random.ts';
import type { MockBehaviour } from '../../src/engines/index.ts';
import type { TaskCall, TaskReport } from '../../src/services/states/contract.ts';
import { openMemoryStore, withLead } from '../../src/store/index.ts';
import { type BatchServer, type Ground, newGround, openServer, scope } from './batch-server.ts';

const executionArn = 'arn:aws:states:us-west-2:123456789012:execution:machine:one';
const submitJob = 'arn:aws:states:::batch:submitJob';

/** A ground, its first server with a job definition, and what tries on it report. */
class Story {
  readonly ground: Ground;
  server: BatchServer;
  readonly reports: TaskReport[] = [];

  private constructor(ground: Ground, server: BatchServer) {
    this.ground = ground;
    this.server = server;
  }

  static async begin(behaviour: MockBehaviour = { runFor: 'until-stopped' }): Promise<Story> {
    const ground = newGround(await withLead(openMemoryStore({ random: new SystemRandom() })), () => behaviour);
    const server = await openServer(ground);
    await server.invoke('RegisterJobDefinition', {
      jobDefinitionName: 'preprocessing',
      type: 'container',
      parameters: { Codec: 'mp4' },
      containerProperties: { image: 'busybox', vcpus: 1, memory: 4 },
    });
    return new Story(ground, server);
  }

  call(input: Json = {}, pattern = '.sync'): TaskCall {
    const resource = parseResource(`${submitJob}${pattern}`) ?? assert.fail();
    const names = { JobDefinition: 'preprocessing', JobName: 'PreprocessingBatchJob', JobQueue: 'default' };
    return {
      ...scope,
      executionArn,
      stateMachineArn: 'arn:aws:states:us-west-2:123456789012:stateMachine:machine',
      roleArn: 'arn:aws:iam::123456789012:role/r',
      stateName: 'BATCH_JOB',
      task: { frame: '0', entry: 0, attempt: 0 },
      key: 'key',
      resource,
      arguments: { ...names, ...(input as object) },
    };
  }

  start(call = this.call()): TaskCall {
    const { integrations } = this.server;
    integrations.start(call, (report) => void this.reports.push(report));
    return call;
  }

  async run(input: Json = {}, pattern = '.sync'): Promise<readonly TaskReport[]> {
    this.start(this.call(input, pattern));
    await this.server.settle();
    return this.reports;
  }

  /** As the host: noted with the step that ends the try, carried out after its commit. */
  cancel(call: TaskCall, cause: string): void {
    const { ledger, integrations } = this.server;
    ledger.transact((transaction) => {
      integrations.noteCancel(transaction, call, cause);
      transaction.onCommitted(() => integrations.cancel(call, cause));
    });
  }

  async restart(): Promise<void> {
    this.server.die();
    this.server = await openServer(this.ground);
    await this.server.settle();
  }

  async jobs() {
    return (
      await this.ground.store.reads.listJobs({ jobQueueArn: formatArn('batch', scope, 'job-queue/default'), limit: 10 })
    ).jobs;
  }

  /** The one job that there is. */
  async job() {
    const jobs = await this.jobs();
    assert.equal(jobs.length, 1, 'a job was submitted twice, or never');
    const [stored] = await this.ground.store.reads.jobs(scope, [jobs[0]?.jobId as JobId]);
    return stored ?? assert.fail();
  }

  async notes(): Promise<number> {
    return (await this.ground.store.reads.due({ of: 'states.task-cancellation', limit: 100 })).length;
  }
}

function members(value: unknown): Record<string, unknown> {
  return value as Record<string, unknown>;
}

test('a job that succeeds: submitted, waited for without polling, its details in PascalCase', async () => {
  const story = await Story.begin({ runFor: 1_000 });
  const reports = await story.run({
    Parameters: { inputFile: 'a', Output: 'b' },
    ContainerOverrides: { ResourceRequirements: [{ Type: 'VCPU', Value: '2' }] },
  });
  const { record } = await story.job();
  const [submitted] = reports;
  assert.ok(submitted?.type === 'taskSubmitted' && reports.length === 1);
  const { JobId, JobName, JobArn, ...metadata } = members(submitted.output);
  assert.deepEqual([JobId, JobName], [record.jobId, 'PreprocessingBatchJob']);
  assert.match(String(JobArn), /:job\//);
  assert.deepEqual(Object.keys(metadata), ['SdkHttpMetadata', 'SdkResponseMetadata']);

  story.ground.clock.advance(1_000);
  await story.server.settle();
  const done = story.reports[1];
  assert.ok(done?.type === 'taskSucceeded', JSON.stringify(story.reports));
  const { Status, Parameters, Container, CreatedAt, Attempts } = members(done.output);
  assert.equal(Status, 'SUCCEEDED');
  assert.deepEqual(Parameters, { Codec: 'mp4', inputFile: 'a', Output: 'b' });
  assert.equal(typeof CreatedAt, 'number');
  assert.equal(members((Attempts as unknown[])[0]).StartedAt, story.ground.clock.now() - 1_000);
  const { Environment, ResourceRequirements, ExitCode } = members(Container);
  assert.equal(ExitCode, 0);
  assert.ok(JSON.stringify(ResourceRequirements).includes('{"Type":"VCPU","Value":"2"}'));
  assert.deepEqual(Environment, [{ Name: 'MANAGED_BY_AWS', Value: 'STARTED_BY_STEP_FUNCTIONS' }]);
  assert.deepEqual(story.server.calls, ['SubmitJob', 'DescribeJobs', 'DescribeJobs']);
});

test('a job that fails is States.TaskFailed, with its details as the cause', async () => {
  const story = await Story.begin({ exitCode: 3 });
  await story.run();
  const failed = story.reports[1];
  assert.ok(failed?.type === 'taskFailed', JSON.stringify(story.reports));
  assert.equal(failed.error, 'States.TaskFailed');
  const { Status, Container, JobName } = JSON.parse(failed.cause ?? '');
  assert.deepEqual([Status, Container.ExitCode, JobName], ['FAILED', 3, 'PreprocessingBatchJob']);
});

test('a submission that Batch refuses fails the task in its words', async () => {
  const story = await Story.begin();
  const [failed] = await story.run({ JobQueue: 'nowhere' });
  assert.ok(failed?.type === 'taskFailed');
  assert.equal(failed.error, 'Batch.ClientException');
  assert.equal(failed.stage, 'submit');
  const form =
    /^.+ \(Service: AWSBatch; Status Code: 400; Error Code: ClientException; Request ID: [-\w]+; Proxy: null\)$/s;
  assert.match(failed.cause ?? '', form);
  assert.equal((await story.jobs()).length, 0);
});

test('the integration takes every parameter of SubmitJob', async () => {
  const story = await Story.begin({ runFor: 1_000 });
  const [submitted] = await story.run({
    PropagateTags: true,
    Tags: { userKey: 'v' },
    Timeout: { AttemptDurationSeconds: 60 },
  });
  assert.equal(submitted?.type, 'taskSubmitted', JSON.stringify(submitted));
  const { request } = (await story.job()).specification;
  assert.deepEqual([request.propagateTags, request.timeout], [true, { attemptDurationSeconds: 60 }]);
});

test('request response goes on with the answer, and leaves no mark on the job', async () => {
  const story = await Story.begin();
  const [done] = await story.run({}, '');
  const { record, specification } = await story.job();
  assert.ok(done?.type === 'taskSucceeded');
  assert.equal(members(done.output).JobId, record.jobId);
  assert.equal(specification.request.containerOverrides, undefined);
});

test('cancelling terminates the job with a reason that names the execution', async () => {
  const story = await Story.begin();
  const call = story.start();
  await story.server.settle();
  story.cancel(call, 'States.Timeout');
  await story.server.settle();
  const { state } = (await story.job()).record;
  assert.equal(state.status, 'FAILED');
  assert.match(state.statusReason ?? '', new RegExp(`${executionArn}: States.Timeout$`));
  assert.equal(story.reports.length, 1, 'a cancelled try says no more');
  assert.equal(await story.notes(), 0);
});

test('a cancel while the submission is under way terminates the job once it is there', async () => {
  const story = await Story.begin();
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  story.server.beforeAnswer = (operation) => (operation === 'SubmitJob' ? arrived : Promise.resolve());
  const call = story.start();
  await story.server.settle();
  story.cancel(call, 'stopped');
  await story.server.settle();
  assert.equal((await story.job()).record.state.stop, undefined);
  arrive();
  await story.server.settle();
  assert.equal((await story.job()).record.state.status, 'FAILED');
  assert.deepEqual(story.reports, []);
  assert.equal(await story.notes(), 0);
});

test('a cancel right after the start leaves nothing running, and one of a try that never was does nothing', async () => {
  const story = await Story.begin();
  const call = story.start();
  story.cancel(call, 'stopped');
  await story.server.settle();
  // The submission was on its way before the cancellation was durable.
  assert.equal((await story.job()).record.state.status, 'FAILED');
  story.cancel({ ...call, key: 'never started' }, 'stopped');
  await story.server.settle();
  await story.job();
  assert.equal(await story.notes(), 0);
});

test('a server that dies between the stop and the termination leaves nothing running', async () => {
  const story = await Story.begin();
  const call = story.start();
  await story.server.settle();
  const { due, ledger, integrations } = story.server;
  due.pause();
  ledger.transact((transaction) => integrations.noteCancel(transaction, call, 'stopped'));
  await story.server.settle();
  assert.equal((await story.job()).record.state.stop, undefined);
  await story.restart();
  assert.equal((await story.job()).record.state.status, 'FAILED');
  assert.equal(await story.notes(), 0);
});

test('and so does one that dies before SubmitJob has answered: the try finds its job by its key', async () => {
  const story = await Story.begin();
  story.server.beforeAnswer = () => new Promise(() => {});
  const call = story.start();
  await story.server.settle();
  const { ledger, integrations } = story.server;
  ledger.transact((transaction) => integrations.noteCancel(transaction, call, 'stopped'));
  await story.restart();
  assert.equal(await story.notes(), 1, 'it is held as long as a call may take');
  story.ground.clock.advance(60_000);
  await story.server.settle();
  assert.equal((await story.job()).record.state.status, 'FAILED');
  assert.equal(await story.notes(), 0);
});

test('after a crash the same try submits nothing, and hears of the end that came meanwhile or comes later', async () => {
  for (const endsMeanwhile of [true, false]) {
    const story = await Story.begin({ runFor: 1_000 });
    await story.run();
    if (endsMeanwhile) {
      story.ground.clock.advance(1_000);
      await story.server.settle();
      story.reports.length = 0;
    }
    await story.restart();
    story.reports.length = 0;
    story.start();
    await story.server.settle();
    if (!endsMeanwhile) story.ground.clock.advance(1_000);
    await story.server.settle();
    assert.deepEqual(
      story.reports.map(({ type }) => type),
      ['taskSubmitted', 'taskSucceeded'],
    );
    await story.job();
  }
});

test('many jobs that end together are described together, and each try hears of its own', async () => {
  const story = await Story.begin({ runFor: 1_000 });
  const heard = new Map<string, TaskReport[]>();
  for (let number = 0; number < 120; number += 1) {
    const call = { ...story.call({ JobName: `job-${number}` }), key: `key-${number}` };
    story.server.integrations.start(call, (report) => {
      heard.set(call.key, [...(heard.get(call.key) ?? []), report]);
    });
  }
  await story.server.settle();
  const described = story.server.calls.filter((name) => name === 'DescribeJobs').length;
  assert.equal(described, 120, 'each is described when it was submitted');
  story.ground.clock.advance(1_000);
  await story.server.settle();
  const calls = story.server.calls.filter((name) => name === 'DescribeJobs').length - described;
  assert.ok(calls >= 3 && calls < 30, `${calls} calls for 120 jobs`);
  assert.equal(heard.size, 120);
  for (const [key, reports] of heard) {
    const [submitted, done, ...more] = reports;
    assert.ok(submitted?.type === 'taskSubmitted' && done?.type === 'taskSucceeded' && more.length === 0, key);
    assert.equal(members(done.output).JobName, key.replace('key', 'job'));
  }
});

test('a try whose submission is in the history asks Batch for nothing but its job', async () => {
  const story = await Story.begin({ runFor: 1_000 });
  const call = story.start();
  await story.server.settle();
  await story.restart();
  story.start({ ...call, stage: 'submitted' });
  await story.server.settle();
  story.ground.clock.advance(1_000);
  await story.server.settle();
  assert.deepEqual(new Set(story.server.calls), new Set(['DescribeJobs']));
  assert.equal(story.reports.at(-1)?.type, 'taskSucceeded');
});

test('a year later the same try still finds its job', async () => {
  const story = await Story.begin();
  await story.run();
  story.ground.clock.advance(365 * 24 * 60 * 60_000);
  await story.restart();
  story.start();
  await story.server.settle();
  await story.job();
});

test('a job that was deleted before its end was heard of fails the task in clear words', async () => {
  const story = await Story.begin();
  await story.run();
  const { jobId } = (await story.job()).record;
  await story.restart();
  await story.ground.store.commit([{ kind: 'job.delete', scope, jobId }]);
  story.start();
  await story.server.settle();
  const failed = story.reports.at(-1);
  assert.ok(failed?.type === 'taskFailed');
  assert.equal(failed.error, 'States.TaskFailed');
  assert.match(failed.cause ?? '', new RegExp(`The job ${jobId} is no longer known to AWS Batch`));
});

test('a rebuild of memory forgets what waits, and the try that is begun again is told once', async () => {
  const story = await Story.begin({ runFor: 1_000 });
  await story.run();
  story.server.integrations.reset();
  story.reports.length = 0;
  story.start();
  await story.server.settle();
  story.ground.clock.advance(1_000);
  await story.server.settle();
  assert.deepEqual(
    story.reports.map(({ type }) => type),
    ['taskSubmitted', 'taskSucceeded'],
  );
  await story.job();
});
