import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  BatchClient,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  DeleteComputeEnvironmentCommand,
  DeleteJobQueueCommand,
  DescribeJobQueuesCommand,
  UpdateComputeEnvironmentCommand,
  UpdateJobQueueCommand,
} from '@aws-sdk/client-batch';
import { startTestServer } from '../../../src/cli/server.fixture.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { MockWorld } from '../../../src/engines/index.ts';
import { until } from '../../support/wait.ts';

const clock = new SystemClock();
const script = () => ({ output: [], runFor: 'until-stopped' }) as const;
const server = await startTestServer(
  {},
  new MockWorld({ clock, script, capacity: { vcpus: 8, memoryMiB: 4_096, gpus: 1 } }),
);
const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = server.environment;
const batch = new BatchClient({
  endpoint: server.url,
  region: 'us-east-1',
  credentials: { accessKeyId, secretAccessKey },
});
after(async () => {
  batch.destroy();
  await server[Symbol.asyncDispose]();
  clock.close();
});

/** An UNMANAGED environment with a queue of the same name. */
async function create(name: string): Promise<void> {
  const type = { type: 'UNMANAGED', serviceRole: 'AWSBatchServiceRole' } as const;
  await batch.send(new CreateComputeEnvironmentCommand({ computeEnvironmentName: name, ...type }));
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: name }];
  const queue = { jobQueueName: name, priority: 1, computeEnvironmentOrder };
  await until('the queue to be made', () => succeeds(batch.send(new CreateJobQueueCommand(queue))));
}

/** What is being changed takes no other change. */
function succeeds(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => true,
    () => false,
  );
}

/** Deletes a queue as far as it can be now. */
async function isQueueGone(jobQueue: string): Promise<boolean> {
  await succeeds(batch.send(new UpdateJobQueueCommand({ jobQueue, state: 'DISABLED' })));
  await succeeds(batch.send(new DeleteJobQueueCommand({ jobQueue })));
  const { jobQueues = [] } = await batch.send(new DescribeJobQueuesCommand({ jobQueues: [jobQueue] }));
  return jobQueues.length === 0;
}

const told = async (...words: readonly string[]) => {
  const { exitCode, stdout, stderr } = await server.command(...words);
  assert.equal(exitCode, 0, stderr);
  return stdout.trim();
};
const explained = async (jobId: string) => JSON.parse(await told('explain', jobId, '--json')).job;
const idIn = (text: string) => /i-[0-9a-f]{17}/.exec(text)?.[0] ?? assert.fail(text);
const hosts = async () => JSON.parse(await told('instances', '--json'));

test('a job waits for an instance, is told the command that registers one, and runs on it', async () => {
  await create('yard');
  const jobId = await told('submit', '--queue', 'yard', '--vcpus', '2', '--', 'true');
  const waits = await explained(jobId);
  const command = 'batchyard instance register --environment yard';
  assert.match(JSON.stringify(waits), new RegExp(command));
  const [, ...words] = command.split(' ');
  const registered = await told(...words, '--vcpus', '2', '--memory', '2GiB', '--gpus', '0', '--name', 'left half');
  assert.match(registered, /^i-[0-9a-f]{17} is registered in yard: 2 vCPUs, 2 GiB of memory$/);
  const id = idIn(registered);
  await until('the job to run', async () => (await explained(jobId)).status === 'RUNNING');
  const [host, ...others] = await hosts();
  assert.deepEqual(others, []);
  assert.deepEqual(
    [host.instanceId, host.purchase, host.name, host.jobs, host.free.vcpus, host.launchReason],
    [id, 'registered', 'left half', 1, 0, 'Registered by arn:aws:iam::123456789012:root.'],
  );
  assert.match(await told('hosts'), /^INSTANCE.* NAME$/m);
  assert.match(await told('hosts', id), /^size +2 vCPUs, 2 GiB of memory\nregistered .*\ntag +Name=left half$/m);
  const refused = await server.command('instance', 'deregister', id);
  assert.deepEqual([refused.exitCode, /Found running tasks on the instance\./.test(refused.stderr)], [1, true]);
  assert.match(await told('instance', 'deregister', id, '--force'), /is not registered any more: what ran on it ends$/);
  const ended = await until('the job to end', async () => {
    const job = await explained(jobId);
    return job.status === 'FAILED' && job;
  });
  assert.match(JSON.stringify(ended), new RegExp(`Host EC2 \\(instance ${id}\\) terminated\\.`));
  await until('the instance to go', async () => (await hosts()).length === 0);
});

test('what is not said of an instance is what the machine has, and an idle one is drained or deregistered at once', async () => {
  await create('whole');
  const text = await told('instance', 'register', '--environment', 'whole');
  assert.match(text, /8 vCPUs, 4 GiB of memory, 1 GPU$/);
  assert.match(await told('drain', idIn(text)), /is gone|takes no more jobs/);
  const other = idIn(await told('instance', 'register', '--environment', 'whole', '--vcpus', '100'));
  assert.equal(await told('instance', 'deregister', other), `${other} is not registered any more`);
  await until('both to go', async () => (await hosts()).length === 0);
});

test('an environment that is deleted takes its instances along, and its name has none of them later', async () => {
  await create('short');
  await told('instance', 'register', '--environment', 'short');
  await told('instance', 'register', '--environment', 'short');
  await batch.send(new UpdateComputeEnvironmentCommand({ computeEnvironment: 'short', state: 'DISABLED' }));
  await until('the queue to go', () => isQueueGone('short'));
  const deletion = new DeleteComputeEnvironmentCommand({ computeEnvironment: 'short' });
  await until('the environment to be deleted', () => succeeds(batch.send(deletion)));
  await until('its instances to go', async () => (await hosts()).length === 0);
  await create('short');
  assert.deepEqual(await hosts(), []);
});

test('what cannot be is refused with words: another kind of environment, none, and a size that is no number', async () => {
  const words = async (...given: readonly string[]) => (await server.command('instance', ...given)).stderr;
  assert.match(await words('register', '--environment', 'default'), /is not UNMANAGED/);
  const none = await server.command('instance', 'register', '--environment', 'none');
  assert.deepEqual([none.exitCode, /there is no compute environment none/.test(none.stderr)], [1, true]);
  assert.match(await words('register', '--environment', 'yard', '--vcpus', 'two'), /--vcpus needs a whole number/);
  assert.match(
    await words('register', '--environment', 'yard', '--memory', '2G2'),
    /--memory needs whole MiB or a unit/,
  );
  assert.match(await words('register'), /--environment/);
  assert.match(await words('deregister', 'i-0'), /Instance i-0 does not exist/);
});
