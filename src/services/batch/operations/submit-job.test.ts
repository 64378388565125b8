import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommitFailed } from '../../../core/errors.ts';
import type { AccountId, Arn, JobId } from '../../../core/ids.ts';
import { SystemRandom } from '../../../core/random.ts';
import { rolePrincipal } from '../../../iam/index.ts';
import { openMemoryStore, type Store, withLead } from '../../../store/index.ts';
import { type Bench, fargateContainer, fargateEnvironment, openBench, smallDefinition } from '../batch.fixture.ts';
import type { ExplainJobOutput } from '../index.ts';
import { arn, benchWithDefinition, describe, job, submit } from './jobs.fixture.ts';

test('queue and definition are found by name, by revision and by ARN', async () => {
  const bench = await benchWithDefinition();
  await bench.call('RegisterJobDefinition', smallDefinition);
  const used: (string | undefined)[] = [];
  for (const jobDefinition of ['x', 'x:1', `${arn}:job-definition/x:1`, `${arn}:job-definition/x`]) {
    const jobId = await submit(bench, { jobDefinition, jobQueue: `${arn}:job-queue/default` });
    used.push(bench.yard.jobs.get(jobId)?.jobDefinitionArn.slice(-1));
  }
  assert.deepEqual(used, ['2', '1', '1', '2']);
});

test('a job keeps which session of which role submitted it', async () => {
  const bench = await benchWithDefinition();
  const roleArn = 'arn:aws:iam::123456789012:role/service/runner' as Arn;
  const account = '123456789012' as AccountId;
  const principal = rolePrincipal({ account, roleArn, sessionName: 'execution-1', use: { kind: 'assumed' } });
  const { jobId } = await bench.call<{ jobId: JobId }>('SubmitJob', job, { principal });
  const { principal: session, role } = bench.yard.jobs.get(jobId)?.submittedBy ?? {};
  assert.deepEqual([session, role], ['arn:aws:sts::123456789012:assumed-role/runner/execution-1', roleArn]);
});

const day = 86_400;
for (const [asked, given] of [
  [undefined, 14 * day],
  [60, 60],
  [30 * day, 14 * day],
] as const) {
  test(`a job on Fargate that asks for ${asked ?? 'no'} seconds may run for ${given}, and shows what it asked for`, async () => {
    const bench = await openBench({ fargateRun: 14 * day * 1000 });
    await bench.call('RegisterJobDefinition', {
      ...smallDefinition,
      platformCapabilities: ['FARGATE'],
      containerProperties: fargateContainer,
      ...(asked && { timeout: { attemptDurationSeconds: asked } }),
    });
    await bench.call('CreateComputeEnvironment', fargateEnvironment);
    const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'f' }];
    await bench.call('CreateJobQueue', { jobQueueName: 'f', priority: 1, computeEnvironmentOrder });
    const jobId = await submit(bench, { jobQueue: 'f' });
    assert.equal(bench.yard.jobs.get(jobId)?.timeoutSeconds, given);
    const [detail] = await describe(bench, jobId);
    assert.equal(detail?.timeout?.attemptDurationSeconds, asked);
    bench.yard.move(jobId, () => ({
      status: 'FAILED',
      attempts: [],
      stoppedAt: 5,
      statusReason: 'too long',
      stop: { kind: 'timeout', reason: 'too long', at: 5 },
    }));
    const { notes } = await bench.call<ExplainJobOutput>('ExplainJob', { jobId });
    const words = 'it ran for as long as a job on Fargate may: option fargate.run';
    assert.deepEqual(notes, asked === given ? [] : [words]);
  });
}

test('references to what is not there, or only in part, are refused', async () => {
  const { refusal } = await benchWithDefinition();
  const words = (change: object) => refusal('SubmitJob', { ...job, ...change });
  assert.equal(await words({ jobQueue: 'nobody' }), 'JobQueue nobody not found.');
  assert.equal(await words({ jobQueue: 'job-queue/default' }), 'JobQueue job-queue/default not found.');
  const elsewhere = 'arn:aws:batch:eu-west-1:123456789012:job-queue/default';
  assert.equal(await words({ jobQueue: elsewhere }), `JobQueue ${elsewhere} not found.`);
  assert.equal(await words({ jobDefinition: 'y' }), 'JobDefinition name y does not exist or is not in ACTIVE status.');
});

test('a disabled queue takes no jobs', async () => {
  const bench = await benchWithDefinition();
  await bench.call('UpdateJobQueue', { jobQueue: 'default', state: 'DISABLED' });
  assert.equal(await bench.refusal('SubmitJob', job), `Job Queue ${arn}:job-queue/default is disabled.`);
  await bench.call('UpdateJobQueue', { jobQueue: 'default', state: 'ENABLED' });
  await submit(bench);
});

test('a definition for Fargate runs only in a queue of Fargate environments, and one for EC2 only elsewhere', async () => {
  const bench = await benchWithDefinition();
  const definition = {
    ...smallDefinition,
    jobDefinitionName: 'f',
    platformCapabilities: ['FARGATE'],
    containerProperties: fargateContainer,
  };
  await bench.call('RegisterJobDefinition', definition);
  await bench.call('CreateComputeEnvironment', fargateEnvironment);
  await bench.call('CreateJobQueue', {
    jobQueueName: 'f',
    priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'f' }],
  });
  const words = (change: object) => bench.refusal('SubmitJob', { ...job, ...change });
  assert.match(
    await words({ jobDefinition: 'f' }),
    /^Job Queue is attached to Compute Environment that can not run Jobs with capability FARGATE$/,
  );
  assert.match(await words({ jobQueue: 'f' }), /can not run Jobs with capability EC2$/);
  const jobId = await submit(bench, { jobQueue: 'f', jobDefinition: 'f' });
  assert.deepEqual(bench.yard.jobs.get(jobId)?.resources, { vcpus: 0.25, memoryMiB: 512, gpus: 0 });
});

test('placeholders are replaced by submitted parameters, else by defaults, as whole elements; one without a value refuses the job', async () => {
  const bench = await openBench();
  await bench.call('RegisterJobDefinition', {
    ...smallDefinition,
    parameters: { codec: 'mp4' },
    containerProperties: {
      ...smallDefinition.containerProperties,
      command: ['ffmpeg', '-i', 'Ref::inputfile', '-c', 'Ref::codec', '-o', 'Ref::outputfile', 'a Ref::codec'],
    },
  });
  const commandOf = async (change: object) => {
    const jobId = await submit(bench, change);
    const [found] = await describe(bench, jobId);
    return [found?.container?.command, found?.parameters];
  };
  assert.deepEqual(await commandOf({ parameters: { inputfile: 'in.avi', outputfile: 'out.mp4', unused: 'x' } }), [
    ['ffmpeg', '-i', 'in.avi', '-c', 'mp4', '-o', 'out.mp4', 'a Ref::codec'],
    { codec: 'mp4', inputfile: 'in.avi', outputfile: 'out.mp4', unused: 'x' },
  ]);
  const both = { inputfile: 'in.avi', outputfile: 'out.mp4' };
  const [command] = await commandOf({ parameters: { ...both, codec: 'avi' } });
  assert.deepEqual(command, ['ffmpeg', '-i', 'in.avi', '-c', 'avi', '-o', 'out.mp4', 'a Ref::codec']);
  const missing = /^ServiceError: Unable to substitute value\. No parameter found for reference (inputfile|toString)$/;
  await assert.rejects(commandOf({}), missing);
  await assert.rejects(commandOf({ containerOverrides: { command: ['echo', 'Ref::toString'] } }), missing);
  const overridden = { containerOverrides: { command: ['echo', 'Ref::codec'] } };
  assert.deepEqual(await commandOf(overridden), [['echo', 'mp4'], { codec: 'mp4' }]);
});

test('overriding variables replace those of the definition in their place, and new ones follow', async () => {
  const bench = await openBench();
  await bench.call('RegisterJobDefinition', {
    ...smallDefinition,
    containerProperties: {
      ...smallDefinition.containerProperties,
      environment: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    },
  });
  const environment = [
    { name: 'C', value: '3' },
    { name: 'A', value: '9' },
  ];
  const [found] = await describe(bench, await submit(bench, { containerOverrides: { environment } }));
  assert.deepEqual(found?.container?.environment, [
    { name: 'A', value: '9' },
    { name: 'B', value: '2' },
    { name: 'C', value: '3' },
  ]);
  const [plain] = await describe(bench, await submit(bench));
  assert.equal(plain?.container?.environment?.length, 2);
});

const listForm = {
  resourceRequirements: [
    { type: 'VCPU', value: '2' },
    { type: 'MEMORY', value: '512' },
  ],
};
const deprecated =
  "This value was submitted in a deprecated key and may conflict with the value provided by the job definition's resource requirements.";
const overrides: readonly (readonly [title: string, own: object, over: object, shown: object, resources: object])[] = [
  [
    'integers over integers',
    { vcpus: 1, memory: 4 },
    { vcpus: 2, memory: 64 },
    { vcpus: 2, memory: 64, resourceRequirements: [] },
    { vcpus: 2, memoryMiB: 64, gpus: 0 },
  ],
  [
    'a list over integers',
    { vcpus: 1, memory: 4 },
    { resourceRequirements: [{ type: 'MEMORY', value: '64' }] },
    { vcpus: 1, resourceRequirements: [{ type: 'MEMORY', value: '64' }] },
    { vcpus: 1, memoryMiB: 64, gpus: 0 },
  ],
  [
    'a list over a list',
    listForm,
    {
      resourceRequirements: [
        { type: 'VCPU', value: '8' },
        { type: 'GPU', value: '1' },
      ],
    },
    {
      resourceRequirements: [
        { type: 'MEMORY', value: '512' },
        { type: 'VCPU', value: '8' },
        { type: 'GPU', value: '1' },
      ],
    },
    { vcpus: 8, memoryMiB: 512, gpus: 1 },
  ],
];
for (const [title, own, over, shown, resources] of overrides) {
  test(`resources are overridden by ${title}, each shown in the form it was given`, async () => {
    const bench = await openBench();
    await bench.call('RegisterJobDefinition', {
      ...smallDefinition,
      containerProperties: { image: 'busybox', ...own },
    });
    const jobId = await submit(bench, { containerOverrides: over });
    const [found] = await describe(bench, jobId);
    const { vcpus, memory, resourceRequirements } = found?.container ?? {};
    assert.deepEqual(JSON.parse(JSON.stringify({ vcpus, memory, resourceRequirements })), shown);
    assert.deepEqual(bench.yard.jobs.get(jobId)?.resources, resources);
  });
}

test('integers over a list of requirements are taken, without effect, and the job says so', async () => {
  const bench = await openBench();
  await bench.call('RegisterJobDefinition', {
    ...smallDefinition,
    containerProperties: { image: 'busybox', ...listForm },
  });
  const notesOf = async (containerOverrides: object, notes: readonly string[]) => {
    const jobId = await submit(bench, { containerOverrides });
    assert.deepEqual(bench.yard.jobs.get(jobId)?.resources, { vcpus: 2, memoryMiB: 512, gpus: 0 });
    const [found] = await describe(bench, jobId);
    assert.deepEqual(found?.container?.resourceRequirements, listForm.resourceRequirements);
    assert.deepEqual([found?.container?.vcpus, found?.container?.memory], [undefined, undefined]);
    const explained = await bench.call<ExplainJobOutput>('ExplainJob', { jobId });
    assert.deepEqual(explained.notes, ['a fact', ...notes]);
    assert.deepEqual(explained.engineNotes, ['a note']);
  };
  await notesOf({ vcpus: 4 }, [`containerOverrides.vcpus: ${deprecated}`]);
  await notesOf({ vcpus: 4, memory: 4096 }, [
    `containerOverrides.vcpus: ${deprecated}`,
    `containerOverrides.memory: ${deprecated}`,
  ]);
  await notesOf({ command: ['true'] }, []);
  const words = (containerOverrides: object) => bench.refusal('SubmitJob', { ...job, containerOverrides });
  assert.equal(await words({ memory: 3 }), 'Memory must be at least 4 Mib, got 3 Mib.');
  assert.match(
    await words({ resourceRequirements: [{ type: 'VCPU', value: '0' }] }),
    /^vCPU must be at least 1, got 0\.$/,
  );
});

test("a submission's retry strategy, timeout and tag propagation win over the definition's", async () => {
  const bench = await openBench();
  await bench.call('RegisterJobDefinition', {
    ...smallDefinition,
    retryStrategy: { attempts: 3 },
    timeout: { attemptDurationSeconds: 100 },
    propagateTags: true,
    schedulingPriority: 5,
  });
  const [own] = await describe(bench, await submit(bench));
  assert.deepEqual(own?.retryStrategy, { attempts: 3, evaluateOnExit: [] });
  assert.deepEqual(own?.timeout, { attemptDurationSeconds: 100 });
  assert.equal(own?.propagateTags, true);
  assert.equal(own?.schedulingPriority, 5);
  const evaluateOnExit = [{ onExitCode: '1', action: 'exit' }];
  const change = {
    retryStrategy: { attempts: 2, evaluateOnExit },
    timeout: { attemptDurationSeconds: 60 },
    propagateTags: false,
  };
  const [over] = await describe(bench, await submit(bench, change));
  assert.deepEqual(over?.retryStrategy, { attempts: 2, evaluateOnExit: [{ onExitCode: '1', action: 'EXIT' }] });
  assert.deepEqual(over?.timeout, { attemptDurationSeconds: 60 });
  assert.equal(over?.propagateTags, false);
});

test('a job whose tags and those of its definition are too many to propagate is taken in and fails', async () => {
  const tags = (from: number, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${from + index}`, 'v']));
  const bench = await openBench();
  await bench.call('RegisterJobDefinition', { ...smallDefinition, tags: tags(0, 30) });
  const failing = await submit(bench, { propagateTags: true, tags: tags(20, 31) });
  assert.match(bench.yard.jobs.get(failing)?.failsAtOnce ?? '', /51 tags together/);
  const fine = await submit(bench, { propagateTags: true, tags: tags(20, 30) });
  assert.equal(bench.yard.jobs.get(fine)?.failsAtOnce, undefined);
  const unpropagated = await submit(bench, { tags: tags(20, 31) });
  assert.equal(bench.yard.jobs.get(unpropagated)?.failsAtOnce, undefined);
});

test('a dependency that has succeeded is settled, one under way is waited for, and each is described', async () => {
  const bench = await benchWithDefinition();
  const [done, running] = [await submit(bench), await submit(bench)];
  bench.yard.end(done, 'SUCCEEDED');
  const jobId = await submit(bench, { dependsOn: [{ jobId: done }, { jobId: running }, { jobId: running }] });
  assert.deepEqual(
    [...(bench.yard.jobs.get(jobId)?.ended.values() ?? [])],
    [{ jobId: done, kind: 'single', status: 'SUCCEEDED' }],
  );
  const [found] = await describe(bench, jobId);
  assert.deepEqual(found?.dependsOn, [{ jobId: done }, { jobId: running }, { jobId: running }]);
  assert.equal(found?.status, 'PENDING');
});

test('a job whose dependency has failed already is handed over with that', async () => {
  const bench = await benchWithDefinition();
  const failed = await submit(bench);
  bench.yard.end(failed, 'FAILED');
  const jobId = await submit(bench, { dependsOn: [{ jobId: failed }] });
  const taken = bench.yard.jobs.get(jobId);
  assert.deepEqual(taken?.dependsOn, [{ on: failed }]);
  assert.equal(taken?.ended.get(failed)?.status, 'FAILED');
});

test('a dependency that ends while another is being read is settled too', async () => {
  const bench = await benchWithDefinition();
  const [done, ending] = [await submit(bench), await submit(bench)];
  bench.yard.end(done, 'SUCCEEDED');
  const submission = submit(bench, { dependsOn: [{ jobId: done }, { jobId: ending }] });
  bench.yard.end(ending, 'SUCCEEDED');
  const ended = bench.yard.jobs.get(await submission)?.ended;
  assert.deepEqual([ended?.get(done)?.status, ended?.get(ending)?.status], ['SUCCEEDED', 'SUCCEEDED']);
});

test('a submission whose dependency memory does not have yet is refused while memory is filled, and reads no more', async () => {
  const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
  let reads = 0;
  const jobs: Store['reads']['jobs'] = (inScope, jobIds) => {
    reads += 1;
    assert.ok(reads <= 2, 'it reads again and again');
    return store.reads.jobs(inScope, jobIds);
  };
  const bench = await benchWithDefinition({ store: { ...store, reads: { ...store.reads, jobs } } });
  const first = await submit(bench);
  bench.yard.knows = () => false;
  const refusal = new CommitFailed('failed', 'memory is being filled');
  bench.ledger.refuseChanges(refusal);
  await assert.rejects(submit(bench, { dependsOn: [{ jobId: first }] }), refusal);
});

test('dependencies that mean nothing here are refused', async () => {
  const bench = await benchWithDefinition();
  const words = (...dependsOn: object[]) => bench.refusal('SubmitJob', { ...job, dependsOn });
  const unknown = '01234567-89ab-7def-8123-456789abcdef';
  assert.equal(await words({ jobId: unknown }), `Job ${unknown} of dependsOn not found.`);
  assert.match(await words({ jobId: 'nonsense' }), /not valid: nonsense/);
  assert.match(await words({}), /jobId of a dependency is required/);
  assert.match(await words({ type: 'SEQUENTIAL' }), /^Dependency type SEQUENTIAL is only applicable for array jobs\.$/);
  assert.match(await words({ jobId: unknown, type: 'N_TO_N' }), /^Dependency type N_TO_N is only applicable/);
});

test('share identifiers and priorities are refused by a queue without scheduling policy', async () => {
  const { refusal } = await benchWithDefinition();
  for (const change of [{ shareIdentifier: 's' }, { schedulingPriorityOverride: 1 }]) {
    const words = await refusal('SubmitJob', { ...job, ...change });
    assert.match(words, /can only be submitted to job queue with fair share scheduling policy\.$/);
  }
});

test('a region takes no more waiting jobs than its quota', async () => {
  const bench = await benchWithDefinition({ quotas: { waitingJobs: 5 } });
  bench.yard.waiting = 5;
  assert.equal(await bench.refusal('SubmitJob', job), 'Maximum number of submitted jobs (5) reached.');
  bench.yard.waiting = 4;
  await submit(bench);
});

test('with the rates of AWS, submissions beyond them are told to come again', async () => {
  const bench = await benchWithDefinition({ quotas: { submitJobPerSecond: 2 } });
  await bench.call('SubmitJob', job);
  await bench.call('SubmitJob', job);
  await assert.rejects(bench.call('SubmitJob', job), { code: 'TooManyRequestsException', status: 429 });
  bench.clock.advance(500);
  await bench.call('SubmitJob', job);
});

test('a repeat with the same idempotency key answers the same job, at once and after a restart', async () => {
  const bench = await benchWithDefinition();
  const keyed = (with_: Bench, change: object = {}) =>
    with_.call<{ jobId: string }>('SubmitJob', { ...job, ...change }, { idempotencyKey: 'k' });
  const [first, twin] = await Promise.all([keyed(bench), keyed(bench)]);
  const repeat = await keyed(bench);
  const next = await openBench({ store: bench.store });
  const later = await keyed(next);
  assert.deepEqual([twin.jobId, repeat.jobId, later.jobId], [first.jobId, first.jobId, first.jobId]);
  assert.equal(bench.yard.jobs.size + next.yard.jobs.size, 1);
  await assert.rejects(keyed(bench, { jobName: 'other' }), /used before with other parameters/);
});

test('an idempotency key of a refused submission can be used again', async () => {
  const bench = await openBench();
  const context = { idempotencyKey: 'k' };
  await assert.rejects(bench.call('SubmitJob', job, context), /does not exist or is not in ACTIVE status/);
  await bench.call('RegisterJobDefinition', smallDefinition);
  await bench.call('SubmitJob', job, context);
  assert.equal(bench.yard.jobs.size, 1);
});
