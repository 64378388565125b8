import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  BatchClient,
  CreateJobQueueCommand,
  CreateServiceEnvironmentCommand,
  SubmitServiceJobCommand,
} from '@aws-sdk/client-batch';
import { SystemClock } from '../../core/clock.ts';
import { MockWorld } from '../../engines/index.ts';
import { startTestServer } from '../server.fixture.ts';

const clock = new SystemClock();
const world = new MockWorld({ clock, script: () => ({ output: [], runFor: 'until-stopped' }) });
const server = await startTestServer({}, world);
after(async () => {
  await server[Symbol.asyncDispose]();
  clock.close();
});

async function submit(...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await server.command('submit', ...words, '--', 'true');
  assert.equal(exitCode, 0, stderr);
  return stdout.trim();
}

test('a job that is not there keeps cancel from none of the others', async () => {
  const id = await submit('--name', 'real');
  const cancelled = await server.command('cancel', '--terminate', 'nobody', `${id}:3`, 'real');
  assert.equal(cancelled.stdout, `${id} is being terminated\n`);
  const [nobody, child] = cancelled.stderr.split('\n');
  assert.equal(nobody, 'batchyard: there is no job with the id or name nobody in region us-east-1');
  assert.equal(child, `batchyard: job ${id} is no array`);
  assert.equal(cancelled.exitCode, 1);
});

test('each command says of a child that an array has not how many it has', async () => {
  const id = await submit('--array', '3');
  for (const command of ['explain', 'logs', 'failures', 'rerun', 'cancel']) {
    const { exitCode, stdout, stderr } = await server.command(command, `${id}:3`);
    const words = `batchyard: job ${id} has children 0 to 2: there is no child 3\n`;
    assert.deepEqual([exitCode, stdout, stderr], [1, '', words], command);
  }
  const other = await server.command('logs', `${id}:01`);
  assert.equal(other.stderr, `batchyard: there is no job ${id}:01\n`);
  const node = await server.command('logs', `${id}#0`);
  assert.equal(node.stderr, `batchyard: job ${id} has no nodes: its children are ${id}:0 to :2\n`);
});

test('service jobs are listed with the others, and cancelled by id or name, there being no other end for them', async () => {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = server.environment;
  const credentials = { accessKeyId, secretAccessKey };
  const batch = new BatchClient({ endpoint: server.url, region: 'us-east-1', credentials });
  after(() => batch.destroy());
  await batch.send(
    new CreateServiceEnvironmentCommand({
      ...{ serviceEnvironmentName: 'training', serviceEnvironmentType: 'SAGEMAKER_TRAINING' },
      capacityLimits: [{ capacityUnit: 'NUM_INSTANCES', maxCapacity: 8 }],
    }),
  );
  await batch.send(
    new CreateJobQueueCommand({
      ...{ jobQueueName: 'train', jobQueueType: 'SAGEMAKER_TRAINING', priority: 1 },
      serviceEnvironmentOrder: [{ order: 1, serviceEnvironment: 'training' }],
    }),
  );
  const request = {
    ...{ jobQueue: 'train', serviceJobType: 'SAGEMAKER_TRAINING' as const },
    serviceRequestPayload: JSON.stringify({ TrainingJobName: 'x' }),
  };
  const first = await batch.send(new SubmitServiceJobCommand({ ...request, jobName: 'first' }));
  const second = await batch.send(new SubmitServiceJobCommand({ ...request, jobName: 'second' }));
  const listed = await server.command('jobs', '--status', 'RUNNABLE', '--json');
  const rows: { jobId: string; jobQueue: string }[] = JSON.parse(listed.stdout);
  const ids = rows.filter(({ jobQueue }) => jobQueue === 'train').map(({ jobId }) => jobId);
  assert.deepEqual(new Set(ids), new Set([first.jobId, second.jobId]));
  const own = await server.command('jobs', '--queue', 'train', '--name', 'sec*');
  assert.match(own.stdout, new RegExp(`^JOB ID.*\n${second.jobId}  second  train  RUNNABLE`));
  const cancelled = await server.command('cancel', 'first', `${second.jobId}`, '--reason', 'enough');
  const words = [first, second].map(({ jobId }) => `${jobId} is being terminated\n`).join('');
  assert.deepEqual([cancelled.exitCode, cancelled.stdout, cancelled.stderr], [0, words, '']);
  const again = await server.command('cancel', 'first');
  assert.equal(again.stdout, `${first.jobId} had ended already: FAILED\n`);
});
