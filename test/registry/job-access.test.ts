import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../../src/core/errors.ts';
import type { Arn } from '../../src/core/ids.ts';
import { rootContext } from '../../src/core/operation.fixture.ts';
import type { Principal } from '../../src/core/principal.ts';
import { OperationRegistry } from '../../src/gateway/index.ts';
import { rolePrincipal, rootPrincipal } from '../../src/iam/index.ts';
import {
  type Bench,
  openBench,
  scope,
  smallDefinition,
  smallEnvironment,
} from '../../src/services/batch/batch.fixture.ts';

const queues = {
  jobQueueName: 'q',
  priority: 1,
  computeEnvironmentOrder: [{ order: 1, computeEnvironment: smallEnvironment.computeEnvironmentName }],
};

/** A job of its own tags. */
async function submitted(bench: Bench, tags: Record<string, string>): Promise<string> {
  const job = { jobName: 'j', jobQueue: 'q', jobDefinition: 'x', tags };
  return (await bench.call<{ jobId: string }>('SubmitJob', job)).jobId;
}

async function open() {
  const bench = await openBench();
  await bench.call('CreateComputeEnvironment', smallEnvironment);
  await bench.call('CreateJobQueue', queues);
  await bench.call('RegisterJobDefinition', smallDefinition);
  const registry = new OperationRegistry([bench.service.definition]);
  const callAs = <Output>(principal: Principal, operation: string, input: object) =>
    registry.invoke<Output>('batch', operation, input, rootContext(scope, bench.clock.now(), { principal }));
  return { bench, callAs };
}

function sessionWith(...actions: readonly string[]): Principal {
  const roleArn = 'arn:aws:iam::123456789012:role/r' as Arn;
  return rolePrincipal({ account: scope.account, roleArn, sessionName: 's', use: { kind: 'state-machine', actions } });
}

const jobArn = (jobId: string) => `arn:aws:batch:us-east-1:123456789012:job/${jobId}`;
const unknown = '01890000-0000-7000-8000-000000000000';

for (const [operation, action] of [
  ['CancelJob', 'batch:CancelJob'],
  ['TerminateJob', 'batch:TerminateJob'],
] as const) {
  test(`a policy on ${operation} sees the tags of the job, a child's are its parent's`, async () => {
    const { bench } = await open();
    const jobId = await submitted(bench, { team: 'a' });
    const conditions = { 'aws:ResourceTag/team': 'a' };
    for (const named of [jobId, `${jobId}:3`]) {
      const asked = await bench.access(operation, { jobId: named, reason: 'r' });
      assert.deepEqual(asked, [{ action, resource: jobArn(named), conditions }]);
    }
    const nowhere = await bench.access(operation, { jobId: unknown, reason: 'r' });
    assert.deepEqual(nowhere, [{ action, resource: jobArn(unknown), conditions: {} }]);
  });

  test(`a policy on ${operation}s is asked about each job with its tags`, async () => {
    const { bench } = await open();
    const jobs = [await submitted(bench, { team: 'a' }), await submitted(bench, { team: 'b' }), 'none'];
    const asked = await bench.access(`${operation}s`, { jobs, reason: 'r' });
    assert.deepEqual(
      asked,
      [{ 'aws:ResourceTag/team': 'a' }, { 'aws:ResourceTag/team': 'b' }, {}].map((conditions, index) => {
        const entry = jobs[index] ?? '';
        return { action, resource: jobArn(entry), conditions, entry };
      }),
    );
  });

  test(`${operation}s answers for each job that it may not stop, and the call succeeds`, async () => {
    const { bench, callAs } = await open();
    const jobs = [await submitted(bench, {}), await submitted(bench, {})];
    const refused = await callAs<{ successful: string[]; errors: { job: string; code: string; message: string }[] }>(
      sessionWith('batch:DescribeJobs'),
      `${operation}s`,
      { jobs, reason: 'r' },
    );
    assert.deepEqual(refused.successful, []);
    assert.deepEqual(
      refused.errors.map(({ job, code }) => [job, code]),
      jobs.map((job) => [job, 'AccessDenied']),
    );
    assert.match(refused.errors[0]?.message ?? '', new RegExp(`is not authorized to perform: ${action} on resource: `));
    assert.deepEqual(bench.yard.stops, []);
    const allowed = await callAs<{ successful: string[] }>(sessionWith(action), `${operation}s`, { jobs, reason: 'r' });
    assert.deepEqual(allowed.successful, jobs);
    assert.equal(bench.yard.stops.length, 2);
  });
}

test('a policy on tags sees those that a job has, beside those that come', async () => {
  const { bench } = await open();
  const resource = jobArn(await submitted(bench, { team: 'a' }));
  const own = { 'aws:ResourceTag/team': 'a' };
  assert.deepEqual(await bench.access('TagResource', { resourceArn: resource, tags: { b: 'c' } }), [
    {
      action: 'batch:TagResource',
      resource,
      conditions: { ...own, 'aws:RequestTag/b': 'c', 'aws:TagKeys': ['b'] },
    },
  ]);
  assert.deepEqual(await bench.access('UntagResource', { resourceArn: resource, tagKeys: ['team'] }), [
    { action: 'batch:UntagResource', resource, conditions: { ...own, 'aws:TagKeys': ['team'] } },
  ]);
  assert.deepEqual(await bench.access('ListTagsForResource', { resourceArn: resource }), [
    { action: 'batch:ListTagsForResource', resource, conditions: own },
  ]);
});

test('the root user is asked nothing: no tag of a job is read for it', async () => {
  const { bench, callAs } = await open();
  const jobId = await submitted(bench, {});
  const { reads } = bench.store;
  const jobs = reads.jobs.bind(reads);
  let read = 0;
  Object.assign(reads, {
    jobs: (...given: Parameters<typeof jobs>) => {
      read += 1;
      return jobs(...given);
    },
  });
  const reason = { jobId, reason: 'r' };
  await callAs(rootPrincipal(scope.account), 'TerminateJob', reason);
  assert.equal(read, 0);
  const denied = callAs(sessionWith(), 'TerminateJob', reason);
  await assert.rejects(denied, (error) => error instanceof ServiceError && error.status === 403);
  assert.equal(read, 1);
});
