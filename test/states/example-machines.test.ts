import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SystemRandom } from '../../src/core/random.ts';
import type { MockBehaviour } from '../../src/engines/index.ts';
import type { EndedExecution } from '../../src/services/states/contract.ts';
import { openMemoryStore } from '../../src/store/index.ts';
import { type BatchServer, type Ground, newGround, openServer, scope } from './batch-server.ts';

const definitions = new URL('../conformance/definitions/', import.meta.url);
const exampleA = JSON.parse(readFileSync(new URL('submit-and-wait.asl.json', definitions), 'utf8'));
const exampleB = JSON.parse(readFileSync(new URL('notify.asl.json', definitions), 'utf8'));
const input = '{"batchjob":{"parameters":{"inputfile":"a","outputfile":"b"}}}';
const succeeded = 'Batch job submitted through Step Functions succeeded';
const failed = 'Batch job submitted through Step Functions failed';

/** One execution of one of the machines of spec 07 §2, with jobs that behave one after the other as listed. */
class Story {
  readonly ground: Ground;
  server: BatchServer;
  executionArn = '';

  private constructor(ground: Ground, server: BatchServer) {
    this.ground = ground;
    this.server = server;
  }

  static async begin(definition: object, behaviours: readonly MockBehaviour[]): Promise<Story> {
    const rest = [...behaviours];
    const store = await openMemoryStore({ random: new SystemRandom() });
    const ground = newGround(store, () => rest.shift() ?? assert.fail('more jobs than expected'));
    ground.machines.set('machine', definition);
    const server = await openServer(ground);
    const container = { type: 'container', containerProperties: { image: 'busybox', vcpus: 1, memory: 4 } };
    for (const jobDefinitionName of ['preprocessing', 'BatchJobDefinition-123456789abcdef']) {
      await server.invoke('RegisterJobDefinition', { jobDefinitionName, ...container });
    }
    for (const jobQueueName of ['SecondaryQueue', 'BatchJobQueue-123456789abcdef']) {
      const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'default' }];
      await server.invoke('CreateJobQueue', { jobQueueName, priority: 1, computeEnvironmentOrder });
    }
    await server.settle();
    return new Story(ground, server);
  }

  async start(given = '{}'): Promise<this> {
    const { executions } = this.server;
    const runnable = executions.options.catalog.resolve(scope, 'machine');
    this.executionArn = (await executions.start(scope, { runnable, input: given })).executionArn;
    await this.server.settle();
    return this;
  }

  async pass(seconds: number): Promise<this> {
    this.ground.clock.advance(seconds * 1000);
    await this.server.settle();
    return this;
  }

  async restart(): Promise<void> {
    this.server.die();
    this.server = await openServer(this.ground);
    await this.server.settle();
  }

  /** Undefined while it runs. */
  async ended(): Promise<EndedExecution | undefined> {
    let ended: EndedExecution | undefined;
    this.server.executions.onEnded(scope, this.executionArn, (end) => {
      ended = end;
    });
    await this.server.settle();
    return ended;
  }

  async jobs() {
    const jobs = await this.ground.store.reads.listJobs({ scope, limit: 10 });
    return jobs.map(({ state }) => state.status).reverse();
  }

  async history(): Promise<readonly string[]> {
    const { events } = await this.server.states<{ events: readonly { type: string }[] }>('GetExecutionHistory', {
      executionArn: this.executionArn,
    });
    return events.map(({ type }) => type);
  }
}

test('example A: the job runs with the parameters of the input, and its details are the output', async () => {
  const story = await (await Story.begin(exampleA, [{ runFor: 5_000 }])).start(input);
  assert.equal(await story.ended(), undefined);
  await story.pass(5);
  const end = await story.ended();
  assert.equal(end?.status, 'SUCCEEDED', end?.cause ?? '');
  const { Status, JobName, Parameters, Container } = JSON.parse(end?.output ?? '');
  assert.deepEqual(
    { Status, JobName, Parameters },
    { Status: 'SUCCEEDED', JobName: 'PreprocessingBatchJob', Parameters: { inputfile: 'a', outputfile: 'b' } },
  );
  assert.ok(JSON.stringify(Container.ResourceRequirements).includes('{"Type":"VCPU","Value":"4"}'));
  assert.deepEqual(await story.history(), [
    'ExecutionStarted',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskSubmitted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
});

test('example A: a job that fails, a path that leads nowhere and an unknown queue fail the execution', async () => {
  const failing = await (await Story.begin(exampleA, [{ exitCode: 1 }])).start(input);
  assert.equal((await failing.ended())?.error, 'States.TaskFailed');

  const pathless = await (await Story.begin(exampleA, [])).start('{}');
  assert.equal((await pathless.ended())?.status, 'FAILED');
  assert.deepEqual(await pathless.jobs(), []);

  const elsewhere = JSON.parse(JSON.stringify(exampleA).replace('SecondaryQueue', 'nowhere'));
  const lost = await (await Story.begin(elsewhere, [])).start(input);
  assert.equal((await lost.ended())?.error, 'Batch.ClientException');
  assert.ok((await lost.history()).includes('TaskSubmitFailed'));
});

test('example B: first time, after one failure, after two, and never', async () => {
  const bad = { exitCode: 1 };
  const rows = [
    { behaviours: [{}], waits: [], message: succeeded },
    { behaviours: [bad, {}], waits: [30], message: succeeded },
    { behaviours: [bad, bad, {}], waits: [30, 45], message: succeeded },
    { behaviours: [bad, bad, bad], waits: [30, 45], message: failed },
  ];
  for (const { behaviours, waits, message } of rows) {
    const story = await (await Story.begin(exampleB, behaviours)).start();
    for (const [index, seconds] of waits.entries()) {
      await story.pass(seconds - 1);
      assert.equal((await story.jobs()).length, index + 1, 'the retry came early');
      await story.pass(1);
      assert.equal((await story.jobs()).length, index + 2, 'the retry did not come');
    }
    assert.equal((await story.ended())?.status, 'SUCCEEDED');
    assert.deepEqual(story.ground.messages, [message]);
  }
});

test('example B: a submission that is refused is retried, then caught', async () => {
  const elsewhere = JSON.parse(JSON.stringify(exampleB).replace('job-queue/BatchJobQueue', 'job-queue/Nowhere'));
  const story = await (await Story.begin(elsewhere, [])).start();
  await story.pass(30);
  await story.pass(45);
  assert.equal((await story.ended())?.status, 'SUCCEEDED');
  assert.deepEqual(story.ground.messages, [failed]);
});

test('example B: after an hour the execution times out, its job is terminated, and nothing is published', async () => {
  const story = await (await Story.begin(exampleB, [{ runFor: 'until-stopped' }])).start();
  await story.pass(3600);
  assert.equal((await story.ended())?.status, 'TIMED_OUT');
  assert.deepEqual(await story.jobs(), ['FAILED']);
  assert.deepEqual(story.ground.messages, []);
});

test('stopping an execution terminates its job', async () => {
  const story = await (await Story.begin(exampleB, [{ runFor: 'until-stopped' }])).start();
  await story.server.executions.stop(scope, story.executionArn, { cause: 'enough' });
  await story.server.settle();
  assert.equal((await story.ended())?.status, 'ABORTED');
  assert.deepEqual(await story.jobs(), ['FAILED']);
});

test('an execution goes on after a crash, with the job that it had', async () => {
  const story = await (await Story.begin(exampleB, [{ runFor: 60_000 }])).start();
  await story.restart();
  await story.pass(60);
  assert.equal((await story.ended())?.status, 'SUCCEEDED');
  assert.deepEqual(await story.jobs(), ['SUCCEEDED']);
  assert.deepEqual(story.ground.messages, [succeeded]);
});

test('a task that timed out, and a branch whose sibling failed, have their jobs terminated', async () => {
  const { Parameters, Resource } = exampleB.States['Submit Batch Job'];
  const task = { Type: 'Task', Resource, Parameters, End: true };
  const limited = { StartAt: 'T', States: { T: { ...task, TimeoutSeconds: 10 } } };
  const story = await (await Story.begin(limited, [{ runFor: 'until-stopped' }])).start();
  await story.pass(10);
  assert.equal((await story.ended())?.error, 'States.Timeout');
  assert.deepEqual(await story.jobs(), ['FAILED']);

  const branches = [
    { StartAt: 'T', States: { T: task } },
    { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 10, Next: 'F' }, F: { Type: 'Fail', Error: 'E' } } },
  ];
  const parallel = { StartAt: 'P', States: { P: { Type: 'Parallel', Branches: branches, End: true } } };
  const sibling = await (await Story.begin(parallel, [{ runFor: 'until-stopped' }])).start();
  await sibling.pass(10);
  assert.equal((await sibling.ended())?.error, 'E');
  assert.deepEqual(await sibling.jobs(), ['FAILED']);
});

test('a child execution is waited for, and is stopped with its parent down to its job', async () => {
  for (const isStopped of [false, true]) {
    const child = { StateMachineArn: `arn:aws:states:us-west-2:${scope.account}:stateMachine:child`, Input: { a: 1 } };
    const resource = 'arn:aws:states:::states:startExecution.sync:2';
    const parent = { Type: 'Task', Resource: resource, Parameters: child, OutputPath: '$.Output.JobName', End: true };
    const story = await Story.begin({ StartAt: 'C', States: { C: parent } }, [{ runFor: 60_000 }]);
    const { Parameters, Resource } = exampleB.States['Submit Batch Job'];
    const task = { Type: 'Task', Resource, Parameters, End: true };
    story.ground.machines.set('child', { StartAt: 'T', States: { T: task } });
    await story.start();
    await story.restart();
    if (isStopped) await story.server.executions.stop(scope, story.executionArn, {});
    else await story.pass(60);
    await story.server.settle();
    const end = await story.ended();
    assert.equal(end?.status, isStopped ? 'ABORTED' : 'SUCCEEDED', end?.cause ?? '');
    if (!isStopped) assert.equal(end?.output, '"BatchJobNotification"');
    assert.deepEqual(await story.jobs(), [isStopped ? 'FAILED' : 'SUCCEEDED']);
  }
});

test('a callback task publishes once, however often the server restarts, and ends with its token', async () => {
  const Resource = 'arn:aws:states:::sns:publish.waitForTaskToken';
  const Parameters = { TopicArn: 't', 'Message.$': '$$.Task.Token' };
  const machine = { StartAt: 'T', States: { T: { Type: 'Task', Resource, Parameters, End: true } } };
  const story = await (await Story.begin(machine, [])).start();
  await story.restart();
  await story.restart();
  const [taskToken, ...more] = story.ground.messages;
  assert.deepEqual(more, []);
  await story.server.states('SendTaskSuccess', { taskToken, output: '"done"' });
  assert.equal((await story.ended())?.output, '"done"');
});
