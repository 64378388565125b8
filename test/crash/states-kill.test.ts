import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import {
  type BatchClient,
  DescribeJobsCommand,
  type JobSummary,
  ListJobsCommand,
  paginateListJobs,
} from '@aws-sdk/client-batch';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { times } from '../support/effort.ts';
import { registerShell } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until, waitForEnd } from '../support/wait.ts';

const kills = times(12);
const executions = 8;
const jobsEach = 6;
const roleArn = 'arn:aws:iam::123456789012:role/workflows';

/** Each item is a job that must succeed twice in a row, with states without effects around it, and one wait. */
const definition = {
  StartAt: 'Jobs',
  QueryLanguage: 'JSONata',
  States: {
    Jobs: {
      Type: 'Map',
      Items: `{% [0..${jobsEach - 1}] %}`,
      ItemSelector: { name: '{% $states.input.name & "-" & $states.context.Map.Item.Index %}' },
      ItemProcessor: {
        StartAt: 'Before',
        States: {
          Before: { Type: 'Pass', Next: 'Job' },
          Job: {
            Type: 'Task',
            Resource: 'arn:aws:states:::batch:submitJob.sync',
            Arguments: {
              JobName: '{% $states.input.name %}',
              JobQueue: 'default',
              JobDefinition: 'marking',
              Parameters: { name: '{% $states.input.name %}' },
            },
            Output: '{% $states.result.JobName %}',
            Next: 'Wait',
          },
          Wait: { Type: 'Wait', Seconds: 1, Next: 'After' },
          After: { Type: 'Pass', End: true },
        },
      },
      End: true,
    },
  },
};

test('executions survive a server that is killed at any moment: each job is submitted once, and every state goes on', async (t) => {
  const server = await ServerProcess.start(t, ['--host-vcpus', '64']);
  const random = new SeededRandom();
  t.diagnostic(`TEST_SEED=${random.seed}`);
  const { batch, close } = clientsOf(server, { maxAttempts: 60 });
  const states = new SFNClient({
    endpoint: server.url,
    credentials: { ...server.credentials },
    region: 'us-east-1',
    maxAttempts: 60,
  });
  t.after(() => {
    close();
    states.destroy();
  });
  await registerShell(batch, {
    name: 'marking',
    directory: server.shared,
    script: `echo "$AWS_BATCH_JOB_ID" >> ${server.shared}/marks; sleep 0.3`,
  });
  const { stateMachineArn } = await states.send(
    new CreateStateMachineCommand({ name: 'marks', definition: JSON.stringify(definition), roleArn }),
  );
  const started: string[] = [];
  const start = async () => {
    const name = `e${started.length}`;
    const input = JSON.stringify({ name });
    const { executionArn = '' } = await states.send(new StartExecutionCommand({ stateMachineArn, name, input }));
    started.push(executionArn);
  };
  const describe = (executionArn: string) => states.send(new DescribeExecutionCommand({ executionArn }));

  for (let each = 0; each < executions; each += 1) await start();
  for (let kill = 0; kill < kills; kill += 1) {
    if (kill % 3 === 0) await start();
    // A random moment: after so many answers.
    for (let answers = random.below(40); answers > 0; answers -= 1) await describe(started[0] ?? '');
    await server.kill();
    await server.restart();
  }

  const jobNames: string[] = [];
  for (const executionArn of started) {
    const ended = await until(`the end of ${executionArn}`, async () => {
      const execution = await describe(executionArn);
      return execution.status !== 'RUNNING' && execution;
    });
    assert.equal(ended.status, 'SUCCEEDED', `${ended.error} ${ended.cause}`);
    const { name } = JSON.parse(ended.input ?? '{}') as { name: string };
    const expected = Array.from({ length: jobsEach }, (_, index) => `${name}-${index}`);
    assert.deepEqual(JSON.parse(ended.output ?? '[]'), expected);
    jobNames.push(...expected);
    await expectWholeHistory(states, executionArn);
  }
  const jobSummaryList = await jobsOf(batch, 'e*');
  assert.deepEqual(jobSummaryList.map(({ jobName }) => jobName).sort(), jobNames.sort());
  const marks = readFileSync(join(server.shared, 'marks'), 'utf8').trim().split('\n');
  assert.deepEqual(marks.sort(), jobSummaryList.map(({ jobId }) => jobId).sort());
});

/** Page by page: a long run has more than fit on one. */
async function jobsOf(batch: BatchClient, name: string): Promise<readonly JobSummary[]> {
  const found: JobSummary[] = [];
  const filters = [{ name: 'JOB_NAME', values: [name] }];
  for await (const page of paginateListJobs({ client: batch }, { jobQueue: 'default', filters }))
    found.push(...(page.jobSummaryList ?? []));
  return found;
}

test('a stop that the server did not live to carry out still ends the job', async (t) => {
  const server = await ServerProcess.start(t, ['--host-vcpus', '8']);
  const { batch, close } = clientsOf(server, { maxAttempts: 60 });
  const states = new SFNClient({
    endpoint: server.url,
    credentials: { ...server.credentials },
    region: 'us-east-1',
    maxAttempts: 60,
  });
  t.after(() => {
    close();
    states.destroy();
  });
  const jobDefinition = await registerShell(batch, { name: 'endless', script: 'exec sleep 600' });
  const Arguments = { JobName: 'endless', JobQueue: 'default', JobDefinition: jobDefinition };
  const Job = { Type: 'Task', Resource: 'arn:aws:states:::batch:submitJob.sync', Arguments, End: true };
  const text = JSON.stringify({ StartAt: 'Job', QueryLanguage: 'JSONata', States: { Job } });
  const { stateMachineArn } = await states.send(
    new CreateStateMachineCommand({ name: 'endless', definition: text, roleArn }),
  );
  for (let round = 0; round < 4; round += 1) {
    const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn }));
    const jobId = await until('the job', async () => {
      const filters = [{ name: 'JOB_NAME', values: ['endless'] }];
      const { jobSummaryList = [] } = await batch.send(new ListJobsCommand({ jobQueue: 'default', filters }));
      return jobSummaryList.length === round + 1 && jobSummaryList[0]?.jobId;
    });
    await states.send(new StopExecutionCommand({ executionArn }));
    await server.kill();
    await server.restart();
    assert.equal((await waitForEnd(batch, jobId)).status, 'FAILED');
    const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
    const words = `${JSON.stringify(jobs[0], undefined, 1)}\n${server.log.slice(-5_000)}\n${server.runnerLog.slice(-5_000)}`;
    assert.match(jobs[0]?.statusReason ?? '', /Step Functions/, words);
  }
});

test('an execution whose stored definition was damaged fails with words after a restart, and the server serves', async (t) => {
  const server = await ServerProcess.start(t);
  const states = new SFNClient({
    endpoint: server.url,
    credentials: { ...server.credentials },
    region: 'us-east-1',
    maxAttempts: 60,
  });
  t.after(() => states.destroy());
  const waiting = JSON.stringify({ StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 600, End: true } } });
  const create = async (name: string) => {
    const { stateMachineArn } = await states.send(
      new CreateStateMachineCommand({ name, definition: waiting, roleArn }),
    );
    const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn }));
    return { stateMachineArn, executionArn };
  };
  const damaged = await create('damaged');
  const whole = await create('whole');
  await server.kill();
  const database = new DatabaseSync(join(server.dataDirectory, 'store.sqlite'));
  const { changes } = database
    .prepare(
      "UPDATE record SET record = replace(record, 'Wait', 'Nap') WHERE type = 'stateMachineRevision' AND record LIKE ?",
    )
    .run(`%${damaged.stateMachineArn}"%`);
  database.close();
  assert.equal(changes, 1);
  await server.restart();

  const describe = (executionArn: string | undefined) => states.send(new DescribeExecutionCommand({ executionArn }));
  const failed = await until('the end', async () => {
    const execution = await describe(damaged.executionArn);
    return execution.status !== 'RUNNING' && execution;
  });
  assert.deepEqual([failed.status, failed.error], ['FAILED', 'States.Runtime']);
  assert.match(failed.cause ?? '', /^The stored definition of the state machine cannot be read: .*'Type'/);
  const { executionArn } = damaged;
  const { events = [] } = await states.send(new GetExecutionHistoryCommand({ executionArn, reverseOrder: true }));
  assert.deepEqual(events[0]?.executionFailedEventDetails, { error: failed.error, cause: failed.cause });
  const { stateMachineArn } = damaged;
  const machine = await states.send(new DescribeStateMachineCommand({ stateMachineArn }));
  assert.ok(machine.definition?.includes('Nap'));
  assert.equal((await describe(whole.executionArn)).status, 'RUNNING');
});

/** Ids count up by one, and each follows an earlier one. */
async function expectWholeHistory(states: SFNClient, executionArn: string): Promise<void> {
  const { events = [] } = await states.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
  assert.deepEqual(
    events.map(({ id }) => id),
    events.map((_, index) => index + 1),
  );
  for (const { id = 0, previousEventId = 0 } of events) assert.ok(previousEventId < id);
  for (const type of ['TaskScheduled', 'TaskSubmitted', 'TaskSucceeded', 'MapIterationSucceeded']) {
    assert.equal(events.filter((event) => event.type === type).length, jobsEach, type);
  }
}
