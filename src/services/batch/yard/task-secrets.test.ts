import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommitFailed } from '../../../core/errors.ts';
import type { TaskSpec } from '../../../engines/index.ts';
import { engineDeadlines } from './engine-deadlines.ts';
import type { ValueRequest, ValueSource } from './task-secrets.ts';
import { Rig, type RigOptions } from './yard.fixture.ts';

type Answer = Awaited<ReturnType<ReturnType<ValueSource['reader']>['value']>>;

const executionRole = 'arn:aws:iam::123456789012:role/execution';
const failure = 'ResourceInitializationError: unable to pull secrets or registry auth: no such secret';
const failing: Answer = { kind: 'failed', reason: failure };

/** A source of values that a test says, and a plan of a job that needs two of them. */
class Values implements ValueSource {
  readonly requests: ValueRequest[] = [];
  readonly asked: string[] = [];
  answer: (from: string) => Promise<Answer> = async (from) => ({ kind: 'value', value: `value of ${from}` });

  reader(request: ValueRequest) {
    this.requests.push(request);
    return {
      value: (from: string) => {
        this.asked.push(from);
        return this.answer(from);
      },
      login: async (name: string) => ({ kind: 'value' as const, value: { username: name, password: `p of ${name}` } }),
    };
  }

  /** Roles that trust nobody. */
  readonly closed = new Set<string>();

  roleRefusal(_request: object, roleArn: string) {
    return this.closed.has(roleArn) ? `ECS was unable to assume the role '${roleArn}'` : undefined;
  }
}

const plan = {
  node: { executionRole },
  container: {
    secrets: [
      { name: 'A', from: '/a' },
      { name: 'B', from: 'arn' },
    ],
  },
};

/** A rig that keeps what its engine was told to start. */
async function open(more: RigOptions = {}) {
  const values = new Values();
  const rig = await Rig.open({ values, ...more });
  const started: TaskSpec[] = [];
  rig.telling = (task) => started.push(task);
  return { rig, values, started };
}

const end = async (rig: Rig) => {
  await rig.settle();
  await rig.pass(0);
};

test('the values of secrets reach the engine as such, read for the execution role in a session of the task', async () => {
  const { rig, values, started } = await open();
  const jobId = rig.submit(plan);
  await end(rig);
  assert.equal(await rig.status(jobId), 'SUCCEEDED');
  const [container] = started[0]?.containers ?? [];
  assert.deepEqual(container?.secrets, { A: 'value of /a', B: 'value of arn' });
  assert.ok(!Object.values(container?.environment ?? {}).some((value) => value.includes('value of')));
  const [request] = values.requests;
  assert.deepEqual([request?.executionRole, request?.sessionName], [executionRole, started[0]?.taskId]);
  await rig.check();
});

test('secret options of a log driver are read with the secrets, and are no variables', async () => {
  const { rig, started } = await open({ capabilities: { logDrivers: ['splunk'] } });
  const log = { driver: 'splunk', secretOptions: [{ name: 'splunk-token', from: '/t' }] };
  rig.submit({ ...plan, container: { ...plan.container, log } });
  await end(rig);
  const [container] = started[0]?.containers ?? [];
  assert.deepEqual(container?.secrets, { A: 'value of /a', B: 'value of arn' });
  assert.deepEqual(container?.logDriver, { name: 'splunk', options: { 'splunk-token': 'value of /t' } });
  await rig.check();
});

test('each attempt reads anew', async () => {
  const { rig, values, started } = await open();
  let version = 0;
  values.answer = async () => ({ kind: 'value', value: `version ${version}` });
  const retryStrategy = { attempts: 2, evaluateOnExit: [] };
  const jobId = rig.submit({ ...plan, retryStrategy, behaviour: { exitCode: 1, runFor: 1_000 } });
  await rig.settle();
  version = 1;
  await rig.pass(1_000);
  await rig.pass(60_000);
  await rig.pass(60_000);
  assert.equal(await rig.status(jobId), 'FAILED');
  assert.deepEqual(
    started.map(({ containers }) => containers[0]?.secrets.A),
    ['version 0', 'version 1'],
  );
  await rig.check();
});

for (const platform of ['EC2', 'FARGATE'] as const) {
  test(`a value that cannot be had fails the attempt on ${platform} in those words, which rules of retry match`, async () => {
    const { rig, values, started } = await open();
    values.answer = async (from) =>
      from === 'arn' && values.requests.length === 1 ? failing : { kind: 'value', value: 'v' };
    const rule =
      platform === 'EC2'
        ? { action: 'RETRY' as const, onReason: 'ResourceInitializationError*' }
        : { action: 'RETRY' as const, onStatusReason: 'ResourceInitializationError*' };
    const evaluateOnExit = [rule, { action: 'EXIT' as const, onReason: '*' }];
    const jobId = rig.submit({ ...plan, platform, retryStrategy: { attempts: 3, evaluateOnExit } });
    await end(rig);
    const { status, attempts } = await rig.state(jobId);
    assert.equal(status, 'SUCCEEDED');
    assert.equal(attempts.length, 2);
    const statusReason = platform === 'EC2' ? 'Task failed to start' : failure;
    assert.deepEqual([attempts[0]?.statusReason, attempts[0]?.containers[0]?.reason], [statusReason, failure]);
    assert.equal(started.length, 1);
    assert.equal(rig.rebuilds, 0);
    await rig.check();
  });
}

test('jobs without secrets start while those of others are read, however many', async () => {
  const { rig, values } = await open({ host: { vcpus: 200 } });
  values.answer = () => new Promise(() => {});
  const waiting = Array.from({ length: 100 }, () => rig.submit(plan));
  await rig.settle();
  const other = rig.submit();
  await end(rig);
  assert.equal(await rig.status(other), 'SUCCEEDED');
  assert.equal(await rig.status(waiting[99] ?? assert.fail()), 'STARTING');
});

test('a job that is stopped while its values are read ends stopped, and runs nothing', async () => {
  for (const late of [failing, { kind: 'value', value: 'v' } as const]) {
    const { rig, values, started } = await open();
    const answer = Promise.withResolvers<Answer>();
    values.answer = () => answer.promise;
    const jobId = rig.submit(plan);
    await rig.settle();
    rig.yard.terminate(jobId, 'no more');
    await end(rig);
    assert.equal(await rig.status(jobId), 'FAILED');
    answer.resolve(late);
    await end(rig);
    assert.deepEqual(started, []);
    const { attempts, statusReason } = await rig.state(jobId);
    assert.deepEqual([statusReason, attempts.length], ['no more', 1]);
    await rig.check();
  }
});

test('a start that was accepted is not repeated after a crash, and its values are not read again', async () => {
  const { rig, values, started } = await open();
  const jobId = rig.submit({ ...plan, behaviour: { runFor: 60_000 } });
  await rig.settle();
  values.answer = async () => failing;
  await rig.restart();
  await rig.pass(60_000);
  await end(rig);
  assert.equal(await rig.status(jobId), 'SUCCEEDED');
  assert.deepEqual([started.length, values.requests.length], [1, 1]);
  await rig.check();
});

test('a start that a crash came before reads again', async () => {
  const { rig, values, started } = await open();
  values.answer = () => new Promise(() => {});
  const jobId = rig.submit(plan);
  await rig.settle();
  values.answer = async () => ({ kind: 'value', value: 'fresh' });
  await rig.restart();
  await end(rig);
  assert.equal(await rig.status(jobId), 'SUCCEEDED');
  assert.deepEqual(started[0]?.containers[0]?.secrets, { A: 'fresh', B: 'fresh' });
  await rig.check();
});

test('a late start of an attempt that failed for its secrets meanwhile runs nothing', async () => {
  const { rig, values } = await open();
  const late = Promise.withResolvers<void>();
  // An engine that hangs does what it was asked for in that order when it goes on.
  rig.answering = async (call, answer) => {
    if (call === 'start' || call === 'stop') await late.promise;
    return answer();
  };
  const jobId = rig.submit({ ...plan, behaviour: { runFor: 'until-stopped' } });
  await rig.settle();
  values.answer = async () => failing;
  await rig.pass(engineDeadlines.start);
  await rig.pass(2_000);
  await rig.settle();
  assert.equal(await rig.status(jobId), 'FAILED');
  late.resolve();
  await end(rig);
  assert.equal(rig.world.starts.length, 1);
  assert.deepEqual([rig.ran, rig.world.list()], [[], []]);
  await rig.check();
});

test('an attempt that turns out to run while its values are read again goes on, whatever comes of that', async () => {
  const { rig, values } = await open();
  const [late, again] = [Promise.withResolvers<void>(), Promise.withResolvers<Answer>()];
  rig.answering = async (call, answer) => {
    if (call === 'start') await late.promise;
    return answer();
  };
  const jobId = rig.submit({ ...plan, behaviour: { runFor: 60_000 } });
  await rig.settle();
  values.answer = () => again.promise;
  await rig.pass(engineDeadlines.start);
  await rig.pass(2_000);
  late.resolve();
  await end(rig);
  assert.equal(await rig.status(jobId), 'RUNNING');
  again.resolve(failing);
  await rig.settle();
  await rig.pass(60_000);
  assert.equal(await rig.status(jobId), 'SUCCEEDED');
  await rig.check();
});

test('two tellings at once read once', async () => {
  const { rig, values } = await open();
  const answer = Promise.withResolvers<Answer>();
  values.answer = () => answer.promise;
  const jobId = rig.submit({ ...plan, behaviour: { runFor: 'until-stopped' } });
  await rig.settle();
  rig.rebuild();
  await rig.settle();
  answer.resolve({ kind: 'value', value: 'v' });
  await end(rig);
  assert.equal(await rig.status(jobId), 'RUNNING');
  assert.equal(values.requests.length, 1);
  await rig.check();
});

test('where memory is rebuilt while values are read, the attempt starts all the same', async () => {
  const { rig, values } = await open();
  values.answer = async () => {
    throw new CommitFailed('failed', 'memory is rebuilt');
  };
  const jobId = rig.submit(plan);
  await rig.settle();
  assert.equal(await rig.status(jobId), 'STARTING');
  values.answer = async () => ({ kind: 'value', value: 'v' });
  rig.rebuild();
  await end(rig);
  assert.equal(await rig.status(jobId), 'SUCCEEDED');
  assert.deepEqual(rig.errors, []);
  await rig.check();
});

test('a registry login is read for engines that pull alone', async () => {
  const container = { registryCredentials: 'registry' };
  for (const registryCredentials of [true, false]) {
    const { rig, started } = await open({ capabilities: { registryCredentials } });
    rig.submit({ node: { executionRole }, container });
    await end(rig);
    const login = registryCredentials ? { username: 'registry', password: 'p of registry' } : undefined;
    assert.deepEqual(started[0]?.containers[0]?.registryCredentials, login);
  }
});

for (const member of ['executionRole', 'jobRole'] as const) {
  test(`a ${member} that does not trust ECS fails the attempt before anything is read or started`, async () => {
    const { rig, values, started } = await open();
    const role = 'arn:aws:iam::123456789012:role/closed';
    values.closed.add(role);
    const jobId = rig.submit({ ...plan, node: { executionRole, [member]: role } });
    await end(rig);
    const { status, attempts } = await rig.state(jobId);
    const words = `ECS was unable to assume the role '${role}'`;
    assert.deepEqual([status, attempts.map(({ statusReason }) => statusReason)], ['FAILED', [words]]);
    assert.deepEqual([values.requests, started], [[], []]);
    await rig.check();
  });
}
