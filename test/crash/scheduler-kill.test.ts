import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DescribeJobsCommand, paginateListJobs } from '@aws-sdk/client-batch';
import { CreateScheduleCommand } from '@aws-sdk/client-scheduler';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { times } from '../support/effort.ts';
import { registerShell } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';

const kills = times(6);
const schedulesEach = 10;
const RoleArn = 'arn:aws:iam::123456789012:role/scheduler';
const Arn = 'arn:aws:scheduler:::aws-sdk:batch:submitJob';

test('each schedule fires once, for a job or a dead letter, though the server is killed', async (t) => {
  const server = await ServerProcess.start(t, ['--host-vcpus', '64']);
  const random = new SeededRandom();
  t.diagnostic(`TEST_SEED=${random.seed}`);
  const { batch, scheduler, sqs, close } = clientsOf(server, { maxAttempts: 60 });
  t.after(close);
  await registerShell(batch, { name: 'fired', script: 'true' });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }));
  const DeadLetterConfig = { Arn: 'arn:aws:sqs:us-east-1:123456789012:dead' };

  const [good, bad]: [string[], string[]] = [[], []];
  for (let kill = 0; kill < kills; kill += 1) {
    const underWay = Array.from({ length: schedulesEach }, async (_, each) => {
      const Name = `s${kill}-${each}`;
      const isGood = each % 2 === 0;
      (isGood ? good : bad).push(Name);
      const input = { JobName: Name, JobQueue: isGood ? 'default' : 'none', JobDefinition: 'fired' };
      const Target = { Arn, RoleArn, Input: JSON.stringify(input), DeadLetterConfig };
      // It fires at once, and not again in this test.
      const times = { ScheduleExpression: 'rate(1 day)', FlexibleTimeWindow: { Mode: 'OFF' } } as const;
      const command = new CreateScheduleCommand({ Name, ClientToken: Name, Target, ...times });
      // While the server is dead nobody answers: it is asked again.
      await until(`an answer about ${Name}`, () => scheduler.send(command).catch(() => undefined));
    });
    // A random moment: after so many answers.
    for (let answers = random.below(30); answers > 0; answers -= 1) {
      await batch.send(new DescribeJobsCommand({ jobs: ['00000000-0000-7000-8000-000000000000'] }));
    }
    await server.kill();
    await server.restart();
    await Promise.all(underWay);
  }

  const jobs = await until('every job has ended', async () => {
    const found = [];
    const filters = [{ name: 'JOB_NAME', values: ['s*'] }];
    for await (const page of paginateListJobs({ client: batch }, { jobQueue: 'default', filters })) {
      found.push(...(page.jobSummaryList ?? []));
    }
    return found.length >= good.length && found.every(({ status }) => status === 'SUCCEEDED') && found;
  });
  assert.deepEqual(jobs.map(({ jobName }) => jobName).sort(), good.toSorted());

  const dead: string[] = [];
  await until('every dead letter', async () => {
    const asked = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, VisibilityTimeout: 600 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(asked));
    for (const { Body = '', ReceiptHandle } of Messages) {
      dead.push(JSON.parse(Body).JobName);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    return dead.length >= bad.length;
  });
  assert.deepEqual(dead.toSorted(), bad.toSorted());
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });
  assert.equal((await sqs.send(asked)).Attributes?.ApproximateNumberOfMessages, '0');
});
