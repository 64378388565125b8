import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BatchClient, CreateJobQueueCommand, CreateSchedulingPolicyCommand } from '@aws-sdk/client-batch';
import { SystemClock } from '../../core/clock.ts';
import { MockWorld } from '../../engines/index.ts';
import { startTestServer } from '../server.fixture.ts';

const clock = new SystemClock();
const server = await startTestServer({}, new MockWorld({ clock, script: () => ({ output: [], runFor: 0 }) }));
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
const { arn: schedulingPolicyArn } = await batch.send(new CreateSchedulingPolicyCommand({ name: 'fair' }));
const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'default' }];
await batch.send(
  new CreateJobQueueCommand({ jobQueueName: 'shared', priority: 1, computeEnvironmentOrder, schedulingPolicyArn }),
);

/** Share and priority of a job that was submitted with these words, as the server has it. */
async function shareOf(...words: readonly string[]): Promise<readonly unknown[]> {
  const submitted = await server.command('submit', '--queue', 'shared', ...words, '--', 'true');
  assert.equal(submitted.exitCode, 0, submitted.stderr);
  const { stdout } = await server.command('explain', submitted.stdout.trim(), '--json');
  const { shareIdentifier, schedulingPriority } = JSON.parse(stdout).job;
  return [shareIdentifier, schedulingPriority];
}

test('submit --share and --priority say where a job stands in a queue with fair share; a command has priority 0', async () => {
  assert.deepEqual(await shareOf('--share', 'render', '--priority', '7'), ['render', 7]);
  assert.deepEqual(await shareOf('--share', 'render'), ['render', 0]);
});

test('a job without a share, and a priority that is no number, are refused with words', async () => {
  const none = await server.command('submit', '--queue', 'shared', '--', 'true');
  assert.deepEqual([none.exitCode, none.stdout], [1, '']);
  assert.match(none.stderr, /shareIdentifier must be specified/);
  const high = await server.command('submit', '--queue', 'shared', '--share', 'a', '--priority', 'high', '--', 'true');
  assert.deepEqual([high.exitCode, high.stderr], [2, 'batchyard: --priority needs a whole number of at least 0\n']);
});
