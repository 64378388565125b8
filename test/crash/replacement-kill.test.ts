import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  DescribeComputeEnvironmentsCommand,
  UpdateComputeEnvironmentCommand,
} from '@aws-sdk/client-batch';
import { sendRaw } from '../conformance/raw-request.ts';
import { times } from '../support/effort.ts';
import { registerShell, submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { ServerProcess } from '../support/server-process.ts';
import { describeJob, until, waitForEnd, waitForStatus } from '../support/wait.ts';
import { checkMarks, isLost, readMarks } from './verify.ts';

/** Of each kind of update one at least: such that end jobs, and such that wait for them. */
const kills = Math.max(2, times(2));
const types = ['c5.large', 'm5.large'] as const;

/** A server with an environment of instances for two jobs each, its queue, and jobs that run until they are let go. */
async function openFleet(t: TestContext) {
  const random = new SeededRandom();
  t.diagnostic(`TEST_SEED=${random.seed}`);
  const server = await ServerProcess.start(t, ['--host-vcpus', '32', '--log-level', 'warn']);
  const { batch, close } = clientsOf(server);
  t.after(close);
  t.after(() => {
    if (!t.passed) t.diagnostic(`the end of the server's log:\n${server.log.slice(-5_000)}`);
  });
  const { shared } = server;
  writeFileSync(join(shared, 'marks'), '');
  chmodSync(join(shared, 'marks'), 0o666);
  const computeResources = {
    ...{ type: 'EC2' as const, allocationStrategy: 'BEST_FIT_PROGRESSIVE' as const, minvCpus: 0, maxvCpus: 16 },
    ...{ instanceTypes: [types[0]], instanceRole: 'r', subnets: ['subnet-1'], securityGroupIds: ['sg-1'] },
  };
  await batch.send(
    new CreateComputeEnvironmentCommand({ computeEnvironmentName: 'fleet', type: 'MANAGED', computeResources }),
  );
  const environment = async () => {
    const input = { computeEnvironments: ['fleet'] };
    const { computeEnvironments: [found] = [] } = await batch.send(new DescribeComputeEnvironmentsCommand(input));
    return found ?? assert.fail('the environment is lost');
  };
  const valid = () => until('the environment to be VALID', async () => (await environment()).status === 'VALID');
  await valid();
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'fleet' }];
  await batch.send(new CreateJobQueueCommand({ jobQueueName: 'fleet', priority: 1, computeEnvironmentOrder }));
  const script = [
    'read mark </proc/sys/kernel/random/uuid',
    `echo "$AWS_BATCH_JOB_ID $AWS_BATCH_JOB_ATTEMPT $mark" >>${shared}/marks`,
    `until [ -e ${shared}/$GROUP ]; do sleep 0.2; done`,
  ].join('\n');
  // An attempt that ends with its instance is tried again, however often.
  await registerShell(batch, { name: 'held', script, directory: shared, retryStrategy: { attempts: 10 } });
  const start = (group: string) => {
    const containerOverrides = { environment: [{ name: 'GROUP', value: group }] };
    return submit(batch, 'held', { jobQueue: 'fleet', containerOverrides });
  };
  const letGo = (group: string) => writeFileSync(join(shared, group), '');
  return { t, random, server, batch, environment, valid, start, letGo };
}

type Fleet = Awaited<ReturnType<typeof openFleet>>;

/** An update that replaces all instances, in the midst of which the server dies. */
async function killWhileReplacing({ random, server, batch }: Fleet, terminateJobsOnUpdate: boolean, type: string) {
  const updated = batch
    .send(
      new UpdateComputeEnvironmentCommand({
        computeEnvironment: 'fleet',
        updatePolicy: { terminateJobsOnUpdate, jobExecutionTimeoutMinutes: 30 },
        computeResources: { instanceTypes: [type] },
      }),
    )
    .then(
      () => true,
      // It was killed before it answered: whether it has begun, the environment says.
      () => false,
    );
  for (let turns = random.below(12); turns > 0; turns -= 1) await describeAny(batch);
  await server.kill();
  const isAnswered = await updated;
  await server.restart();
  return isAnswered;
}

/** A call more or less: the moment of the kill is between two of them. */
async function describeAny(batch: Fleet['batch']): Promise<void> {
  await batch.send(new DescribeComputeEnvironmentsCommand({}));
}

test('a server that dies while instances are replaced replaces them all the same, runs no attempt twice, and ends VALID', async (t) => {
  const fleet = await openFleet(t);
  const { server, batch, random, environment, valid, start, letGo } = fleet;
  const jobs: string[] = [];
  const firstKind = random.below(2);
  for (let kill = 1; kill <= kills; kill += 1) {
    const group = `group-${kill}`;
    const own = await Promise.all([start(group), start(group), start(group)]);
    jobs.push(...own);
    for (const jobId of own) await waitForStatus(batch, jobId, 'RUNNING');
    const type = types[kill % 2] ?? types[0];
    const terminates = (kill + firstKind) % 2 === 0;
    const isAnswered = await killWhileReplacing(fleet, terminates, type);
    const given = (await environment()).computeResources?.instanceTypes;
    if (isAnswered) assert.deepEqual(given, [type], 'an update that was answered is lost');
    // New jobs find room beside those that are to go.
    const next = await start(group);
    jobs.push(next);
    await waitForStatus(batch, next, 'RUNNING');
    if (!terminates) letGo(group);
    await valid();
    await expectTypes(server, given ?? []);
    letGo(group);
    for (const jobId of [...own, next]) assert.equal((await waitForEnd(batch, jobId)).status, 'SUCCEEDED');
  }
  await verify(fleet, jobs);
});

/** No instance of before is left. */
async function expectTypes(server: ServerProcess, allowed: readonly string[]): Promise<void> {
  const asked = { path: '/batchyard/v1/listinstances', service: 'batchyard', body: '{}' };
  const { status, body } = await sendRaw(server, asked);
  assert.equal(status, 200, body);
  const { instances } = JSON.parse(body) as { readonly instances: readonly { readonly type: string }[] };
  for (const { type } of instances) assert.ok(allowed.includes(type), `${type} is left: ${body}`);
}

/** Each attempt ran once, or, where its instance was taken away, at most once, and such alone were tried again. */
async function verify({ t, server, batch }: Fleet, jobs: readonly string[]): Promise<void> {
  const marks = readMarks(server.shared);
  let lost = 0;
  for (const jobId of jobs) {
    const job = await describeJob(batch, jobId);
    checkMarks(job, marks);
    const before = (job.attempts ?? []).slice(0, -1);
    assert.deepEqual(
      before.filter((attempt) => !isLost(attempt)),
      [],
      `${jobId} was tried again for nothing`,
    );
    lost += before.length;
  }
  t.diagnostic(`${jobs.length} jobs, ${lost} attempts ended with their instances`);
  assert.doesNotMatch(server.log, /"level":"error"/);
}
