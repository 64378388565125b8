import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openBench, scope, smallDefinition } from '../batch.fixture.ts';
import { jobQueueRecords } from '../records.ts';
import { noTrainingEngine } from '../service-jobs/waiting-reason.ts';
import {
  describeService,
  serviceJob as given,
  isQueueGone,
  openServiceBench,
  payload,
  policyArn,
  queueArn,
  serviceQueue,
  settled,
  submitService,
} from './service-jobs.fixture.ts';

const prefix = 'arn:aws:batch:us-east-1:123456789012:service-job';
const unknown = '00000000-0000-7000-8000-000000000000';

interface Listed {
  readonly jobSummaryList: readonly { readonly jobId: string; readonly jobName: string; readonly status: string }[];
  readonly nextToken?: string;
}

const whole = {
  ...given,
  schedulingPriority: 5,
  retryStrategy: {
    attempts: 3,
    evaluateOnExit: [{ action: 'RETRY', onStatusReason: 'Received status from SageMaker*' }],
  },
  timeoutConfig: { attemptDurationSeconds: 30 },
  preemptionConfiguration: { preemptionRetriesBeforeTermination: 2 },
  serviceRequestPayload: payload(2),
  tags: { team: 'a' },
};

test('a service job is described as it was submitted, and waits RUNNABLE because no training engine exists here', async () => {
  const bench = await openServiceBench();
  const answer = await bench.call<{ jobId: string }>('SubmitServiceJob', { ...whole, clientToken: 'once' });
  const { jobId } = answer;
  assert.deepEqual(answer, { jobArn: `${prefix}/${jobId}`, jobName: 'job', jobId });
  const { clientToken: _token, ...kept } = { ...whole, clientToken: '' };
  const shown = await describeService(bench, jobId);
  assert.deepEqual(JSON.parse(JSON.stringify(shown)), {
    ...kept,
    jobArn: `${prefix}/${jobId}`,
    jobId,
    jobQueue: queueArn('train'),
    status: 'RUNNABLE',
    statusReason: noTrainingEngine,
    isTerminated: false,
    attempts: [],
    capacityUsage: [{ capacityUnit: 'ml.c5.xlarge', quantity: 2 }],
    createdAt: bench.clock.now(),
  });
});

test('a service job is never told to the scheduler, and jobs do not go into its queue', async () => {
  const bench = await openServiceBench();
  await submitService(bench);
  assert.equal(bench.yard.jobs.size, 0);
  await bench.call('RegisterJobDefinition', smallDefinition);
  const job = { jobName: 'j', jobQueue: 'train', jobDefinition: 'x' };
  assert.match(await bench.refusal('SubmitJob', job), /of type SAGEMAKER_TRAINING takes service jobs only\.$/);
  assert.match(
    await bench.refusal('SubmitServiceJob', { ...given, jobQueue: 'default' }),
    /is not of type SAGEMAKER_TRAINING\.$/,
  );
});

const refusals: readonly (readonly [why: string, change: object, words: RegExp])[] = [
  ['has a name against the rules', { jobName: 'a b' }, /^Job name should match valid pattern$/],
  ['has a priority beyond 9999', { schedulingPriority: 10_000 }, /^Scheduling priority must be between 0 and 9999\.$/],
  ['is never to be tried', { retryStrategy: { attempts: 0 } }, /^RetryAttempts must be between 1 and 10\.$/],
  ['has six rules', { retryStrategy: { attempts: 1, evaluateOnExit: Array(6).fill({ action: 'EXIT' }) } }, /at most 5/],
  [
    'has a long pattern',
    { retryStrategy: { attempts: 1, evaluateOnExit: [{ action: 'EXIT', onStatusReason: 'x'.repeat(513) }] } },
    /cannot exceed 512 characters/,
  ],
  ['may run for no time', { timeoutConfig: { attemptDurationSeconds: 0 } }, /must be at least 1 second\.$/],
  [
    'may be preempted less than never',
    { preemptionConfiguration: { preemptionRetriesBeforeTermination: -1 } },
    /negative/,
  ],
  ['has a reserved tag', { tags: { 'aws:a': 'b' } }, /reserved/],
  ['names a queue that is not there', { jobQueue: 'no' }, /^JobQueue no not found\.$/],
  ['names a share where none counts', { shareIdentifier: 'a' }, /fair share scheduling policy\.$/],
  ['names a quota share where there is none', { quotaShareName: 'a' }, /quota share scheduling policy\.$/],
];
for (const [why, change, words] of refusals) {
  test(`a service job is refused that ${why}`, async () => {
    const bench = await openServiceBench();
    assert.match(await bench.refusal('SubmitServiceJob', { ...given, ...change }), words);
  });
}

test('what AWS hands on unread is kept unread: a request that is no JSON waits like any other', async () => {
  const bench = await openServiceBench();
  const jobId = await submitService(bench, { serviceRequestPayload: '{' });
  const shown = await describeService(bench, jobId);
  assert.deepEqual([shown.serviceRequestPayload, shown.capacityUsage, shown.status], ['{', [], 'RUNNABLE']);
});

test('a queue that is DISABLED takes no service job, and one with a fair share policy asks whose it is', async () => {
  const bench = await openServiceBench();
  await bench.call('CreateSchedulingPolicy', { name: 'fair', fairsharePolicy: {} });
  const policy = { schedulingPolicyArn: policyArn('fair') };
  await bench.call('CreateJobQueue', { ...serviceQueue, jobQueueName: 'fair', ...policy });
  const inFair = { ...given, jobQueue: 'fair' };
  assert.equal(await bench.refusal('SubmitServiceJob', inFair), 'shareIdentifier must be specified.');
  assert.match(await bench.refusal('SubmitServiceJob', { ...inFair, shareIdentifier: 'a b' }), /^ShareIdentifier name/);
  const jobId = await submitService(bench, { jobQueue: 'fair', shareIdentifier: 'a' });
  assert.equal((await describeService(bench, jobId)).shareIdentifier, 'a');
  await bench.call('UpdateJobQueue', { jobQueue: 'train', state: 'DISABLED' });
  assert.match(await bench.refusal('SubmitServiceJob', given), /is disabled\.$/);
});

test('the same request with the same token is refused the second time, at once too, and another is not', async () => {
  const bench = await openServiceBench();
  const request = { ...given, clientToken: 'token' };
  const outcomes = await Promise.allSettled([request, request].map((each) => bench.call('SubmitServiceJob', each)));
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
  assert.match(await bench.refusal('SubmitServiceJob', request), /^Service job .* was submitted with the same request/);
  await submitService(bench, { clientToken: 'token', jobName: 'other' });
  const { jobSummaryList } = await bench.call<Listed>('ListServiceJobs', { jobQueue: 'train', jobStatus: 'RUNNABLE' });
  assert.deepEqual(jobSummaryList.map(({ jobName }) => jobName).sort(), ['job', 'other']);
});

test('of more jobs than one call may end no tags are read: it is refused whatever they have', async () => {
  const bench = await openServiceBench();
  const tags = { team: 'a' };
  const own = await submitService(bench, { tags });
  const jobs = [own, ...Array.from({ length: 60 }, (_, at) => `${unknown.slice(0, -3)}${100 + at}`)];
  const asked: number[] = [];
  const { reads } = bench.store;
  const { serviceJobs } = reads;
  Object.assign(reads, {
    serviceJobs: (...input: Parameters<typeof serviceJobs>) => {
      // One alone is asked for by who looks at the front of its queue meanwhile.
      if (input[1].length > 1) asked.push(input[1].length);
      return serviceJobs(...input);
    },
  });
  const requests = await bench.access('TerminateServiceJobs', { jobs, reason: 'r' });
  assert.deepEqual([requests.length, requests[0]?.conditions, asked], [61, { 'aws:ResourceTag/team': 'a' }, [50]]);
  assert.match(await bench.refusal('TerminateServiceJobs', { jobs, reason: 'r' }), /^Maximum number of jobs supported/);
});

test('service jobs count with jobs towards how many may wait', async () => {
  const bench = await openServiceBench({ quotas: { waitingJobs: 2 } });
  const jobId = await submitService(bench);
  bench.yard.waiting = 1;
  const words = 'Maximum number of submitted jobs (2) reached.';
  assert.equal(await bench.refusal('SubmitServiceJob', given), words);
  await bench.call('RegisterJobDefinition', smallDefinition);
  const job = { jobName: 'j', jobQueue: 'default', jobDefinition: 'x' };
  await bench.call('SubmitJob', job);
  await bench.call('TerminateServiceJob', { jobId, reason: 'enough' });
  await submitService(bench);
});

describe('an end', () => {
  test('makes a waiting service job FAILED with the reason given, once, and says so', async () => {
    const bench = await openServiceBench();
    const jobId = await submitService(bench);
    bench.clock.advance(1_000);
    assert.deepEqual(await bench.call('TerminateServiceJob', { jobId, reason: 'enough' }), {});
    const stoppedAt = bench.clock.now();
    bench.clock.advance(1_000);
    await bench.call('TerminateServiceJob', { jobId, reason: 'again' });
    const shown = await describeService(bench, jobId);
    const end = { status: 'FAILED', statusReason: 'enough', stoppedAt, isTerminated: true };
    assert.partialDeepStrictEqual(shown, end);
    const { jobSummaryList } = await bench.call<Listed>('ListServiceJobs', { jobQueue: 'train', jobStatus: 'FAILED' });
    assert.partialDeepStrictEqual(jobSummaryList, [{ jobId, ...end }]);
  });

  test('of one that is not there is no matter; of what is no id, or without reason, it is refused', async () => {
    const bench = await openServiceBench();
    assert.deepEqual(await bench.call('TerminateServiceJob', { jobId: unknown, reason: 'x' }), {});
    assert.match(await bench.refusal('TerminateServiceJob', { jobId: 'no-id', reason: 'x' }), /^Job id is not valid/);
    assert.equal(await bench.refusal('TerminateServiceJob', { jobId: unknown, reason: ' ' }), 'reason is required.');
    assert.match(await bench.refusal('TerminateServiceJob', { jobId: unknown, reason: 'x'.repeat(1025) }), /1024/);
  });

  test('of many tells of each, and what is wrong with one spoils only that', async () => {
    const bench = await openServiceBench();
    const ids = [await submitService(bench), await submitService(bench)];
    const jobs = [...ids, ids[0], unknown, 'no-id'];
    assert.deepEqual(await bench.call('TerminateServiceJobs', { jobs, reason: 'enough' }), {
      successful: [...ids, unknown],
      errors: [{ job: 'no-id', code: 'ValidationException', message: 'Job id is not valid: no-id' }],
    });
    for (const jobId of ids) assert.equal((await describeService(bench, jobId)).status, 'FAILED');
    const many = { jobs: Array(51).fill(unknown), reason: 'x' };
    assert.match(await bench.refusal('TerminateServiceJobs', many), /^Maximum number of jobs/);
    assert.equal(await bench.refusal('TerminateServiceJobs', { jobs: [], reason: 'x' }), 'jobs must not be empty.');
  });

  test('comes to all that wait in a queue that is deleted, before it goes', async () => {
    const bench = await openServiceBench();
    const ids: string[] = [];
    for (let count = 0; count < 120; count += 1) ids.push(await submitService(bench));
    await bench.call('UpdateJobQueue', { jobQueue: 'train', state: 'DISABLED' });
    await bench.call('DeleteJobQueue', { jobQueue: 'train' });
    await settled(bench, () => isQueueGone(bench, 'train'));
    for (const jobId of ids) {
      const { status, statusReason } = await describeService(bench, jobId);
      assert.deepEqual([status, statusReason], ['FAILED', 'Job queue train was deleted.']);
    }
  });

  test('of a queue that a crash left under way goes on with the next start', async () => {
    const bench = await openServiceBench();
    const jobId = await submitService(bench);
    const queue = bench.ledger.get(jobQueueRecords, scope, 'train');
    assert.ok(queue);
    bench.ledger.transact((transaction) => transaction.put(jobQueueRecords, { ...queue, status: 'DELETING' }));
    await bench.store.settled();
    assert.equal((await describeService(bench, jobId)).status, 'RUNNABLE');
    const next = await openBench({ store: bench.store });
    await settled(next, () => isQueueGone(next, 'train'));
    assert.equal((await describeService(next, jobId)).status, 'FAILED');
  });
});

test('service jobs are listed newest first, RUNNING ones unless said otherwise, and page by page', async () => {
  const bench = await openServiceBench();
  for (const jobName of ['a', 'b', 'c']) {
    await submitService(bench, { jobName });
    bench.clock.advance(1_000);
  }
  const list = (more: object) => bench.call<Listed>('ListServiceJobs', { jobQueue: 'train', ...more });
  const names = async (more: object) => (await list(more)).jobSummaryList.map(({ jobName }) => jobName);
  assert.deepEqual(await names({}), []);
  assert.deepEqual(await names({ jobStatus: 'SCHEDULED' }), []);
  assert.deepEqual(await names({ jobStatus: 'RUNNABLE' }), ['c', 'b', 'a']);
  const first = await list({ jobStatus: 'RUNNABLE', maxResults: 2 });
  assert.deepEqual(
    first.jobSummaryList.map(({ jobName }) => jobName),
    ['c', 'b'],
  );
  assert.deepEqual(await names({ jobStatus: 'RUNNABLE', nextToken: first.nextToken }), ['a']);
  assert.deepEqual(await names({ filters: [{ name: 'JOB_NAME', values: ['B*'] }] }), ['b']);
  const start = bench.clock.now() - 3_000;
  assert.deepEqual(await names({ filters: [{ name: 'AFTER_CREATED_AT', values: [String(start)] }] }), ['c', 'b']);
  assert.deepEqual(await names({ filters: [{ name: 'BEFORE_CREATED_AT', values: [String(start + 1)] }] }), ['a']);
  assert.equal(await bench.refusal('ListServiceJobs', {}), 'jobQueue must be specified.');
  assert.equal(await bench.refusal('ListServiceJobs', { jobQueue: 'no' }), 'JobQueue no not found.');
  assert.match(await bench.refusal('ListServiceJobs', { jobQueue: 'train', nextToken: 'x' }), /^Invalid nextToken$/);
  const filters = [{ name: 'JOB_DEFINITION', values: ['x'] }];
  assert.match(await bench.refusal('ListServiceJobs', { jobQueue: 'train', filters }), /^Filter name is not valid/);
});

test('an update changes how urgent a service job is, which counts where its queue has a policy', async () => {
  const bench = await openServiceBench();
  await bench.call('CreateSchedulingPolicy', { name: 'fair', fairsharePolicy: {} });
  const policy = { schedulingPolicyArn: policyArn('fair') };
  await bench.call('CreateJobQueue', { ...serviceQueue, jobQueueName: 'fair', ...policy });
  for (const jobQueue of ['train', 'fair']) {
    const more = jobQueue === 'fair' ? { shareIdentifier: 'a' } : {};
    const [old, young] = [
      await submitService(bench, { jobQueue, ...more }),
      await submitService(bench, { jobQueue, ...more }),
    ];
    const answer = await bench.call('UpdateServiceJob', { jobId: young, schedulingPriority: 9 });
    assert.deepEqual(answer, { jobArn: `${prefix}/${young}`, jobName: 'job', jobId: young });
    assert.equal((await describeService(bench, young)).schedulingPriority, 9);
    const { frontOfQueue } = await bench.call<{ frontOfQueue: object }>('GetJobQueueSnapshot', { jobQueue });
    const order = jobQueue === 'fair' ? [young, old] : [old, young];
    const earliestTimeAtPosition = bench.clock.now();
    assert.deepEqual(frontOfQueue, {
      jobs: order.map((jobId) => ({ jobArn: `${prefix}/${jobId}`, earliestTimeAtPosition })),
      lastUpdatedAt: bench.clock.now(),
    });
    await bench.call('TerminateServiceJob', { jobId: young, reason: 'x' });
    const ended = await bench.refusal('UpdateServiceJob', { jobId: young, schedulingPriority: 1 });
    assert.equal(ended, `Service job ${young} has ended.`);
  }
  for (const jobId of [unknown, 'no-id']) {
    assert.equal(
      await bench.refusal('UpdateServiceJob', { jobId, schedulingPriority: 1 }),
      `Service job ${jobId} not found.`,
    );
    assert.equal(await bench.refusal('DescribeServiceJob', { jobId }), `Service job ${jobId} not found.`);
  }
  assert.match(
    await bench.refusal('UpdateServiceJob', { jobId: unknown, schedulingPriority: -1 }),
    /^Scheduling priority/,
  );
});

test('changes of one service job follow each other: none undoes another', async () => {
  const bench = await openServiceBench();
  const jobId = await submitService(bench);
  const resourceArn = `${prefix}/${jobId}`;
  await Promise.all([
    bench.call('TagResource', { resourceArn, tags: { a: '1' } }),
    bench.call('UpdateServiceJob', { jobId, schedulingPriority: 4 }),
    bench.call('TagResource', { resourceArn, tags: { b: '2' } }),
    bench.call('TerminateServiceJob', { jobId, reason: 'x' }),
  ]);
  const shown = await describeService(bench, jobId);
  const end = { tags: { a: '1', b: '2' }, schedulingPriority: 4, status: 'FAILED' };
  assert.partialDeepStrictEqual(shown, end);
});

test('service environments, service jobs and quota shares are tagged by their ARNs', async () => {
  const bench = await openServiceBench();
  const jobId = await submitService(bench, { tags: { kept: 'a' } });
  const environment = 'arn:aws:batch:us-east-1:123456789012:service-environment/se';
  for (const resourceArn of [`${prefix}/${jobId}`, environment]) {
    await bench.call('TagResource', { resourceArn, tags: { team: 'a', more: 'b' } });
    await bench.call('UntagResource', { resourceArn, tagKeys: ['more'] });
    const { tags } = await bench.call<{ tags: Record<string, string> }>('ListTagsForResource', { resourceArn });
    assert.equal(tags.team, 'a');
    assert.equal(tags.more, undefined);
  }
  for (const resourceArn of [`${prefix}/${unknown}`, environment.replace(/se$/, 'no')]) {
    assert.equal(await bench.refusal('ListTagsForResource', { resourceArn }), `Resource not found: ${resourceArn}`);
    assert.equal(await bench.refusal('TagResource', { resourceArn, tags: {} }), `Resource not found: ${resourceArn}`);
  }
});

test('who submits or ends service jobs is asked about queue and job, with tags, share and urgency', async () => {
  const bench = await openServiceBench();
  const tags = { team: 'a' };
  const jobId = await submitService(bench, { tags });
  const submit = await bench.access('SubmitServiceJob', {
    ...given,
    tags,
    shareIdentifier: 's',
    schedulingPriority: 3,
    quotaShareName: 'x',
  });
  assert.deepEqual(
    submit.map(({ action, resource }) => [action, resource]),
    [
      ['batch:SubmitServiceJob', queueArn('train')],
      ['batch:SubmitServiceJob', `${queueArn('train')}/quota-share/x`],
      ['batch:SubmitServiceJob', `${prefix}/*`],
      ['batch:TagResource', `${prefix}/*`],
    ],
  );
  assert.partialDeepStrictEqual(submit[0]?.conditions, {
    'aws:RequestTag/team': 'a',
    'batch:ShareIdentifier': 's',
    'batch:SchedulingPriority': '3',
  });
  const conditions = { 'aws:ResourceTag/team': 'a' };
  const own = { action: 'batch:TerminateServiceJob', resource: `${prefix}/${jobId}`, conditions };
  assert.deepEqual(await bench.access('TerminateServiceJob', { jobId }), [own]);
  assert.deepEqual(await bench.access('TerminateServiceJobs', { jobs: [jobId] }), [{ ...own, entry: jobId }]);
  const update = {
    ...own,
    action: 'batch:UpdateServiceJob',
    conditions: { ...conditions, 'batch:SchedulingPriority': '3' },
  };
  assert.deepEqual(await bench.access('UpdateServiceJob', { jobId, schedulingPriority: 3 }), [update]);
});

test('what explains a service job says that no training engine exists here, and how to end it', async () => {
  const bench = await openServiceBench();
  const jobId = await submitService(bench, { serviceRequestPayload: payload(2) });
  const explained = await bench.call('ExplainJob', { jobId });
  assert.deepEqual([explained.text, explained.asked, explained.notes], [noTrainingEngine, '2 ml.c5.xlarge', []]);
  assert.match(String(explained.remedy), new RegExp(`terminate-service-job --job-id ${jobId}`));
  const large = await submitService(bench, { serviceRequestPayload: payload(5) });
  const beyond = await bench.call('ExplainJob', { jobId: large });
  assert.match(String(beyond.text), /^MISCONFIGURATION:SERVICE_ENVIRONMENT_MAX_RESOURCE - Service environment\(s\)/);
  assert.deepEqual(beyond.notes, [noTrainingEngine]);
  await bench.call('TerminateServiceJob', { jobId, reason: 'enough' });
  const ended = await bench.call('ExplainJob', { jobId });
  assert.deepEqual([ended.text, ended.remedy], ['enough', undefined]);
  assert.equal(await bench.refusal('ExplainJob', { jobId: unknown }), `Job ${unknown} not found.`);
});
