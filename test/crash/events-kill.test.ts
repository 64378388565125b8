import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DescribeJobsCommand, type JobSummary, paginateListJobs } from '@aws-sdk/client-batch';
import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { times } from '../support/effort.ts';
import { registerShell } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';

const kills = times(8);
const eventsEach = 12;
const RoleArn = 'arn:aws:iam::123456789012:role/target';
const Arn = 'arn:aws:batch:us-east-1:123456789012:job-queue/default';

test('events that were put, and what follows from the ends of jobs, reach their targets once each though the server is killed', async (t) => {
  const server = await ServerProcess.start(t, ['--host-vcpus', '64']);
  const random = new SeededRandom();
  t.diagnostic(`TEST_SEED=${random.seed}`);
  const { batch, events, close } = clientsOf(server, { maxAttempts: 60 });
  t.after(close);
  const marked = `echo "$AWS_BATCH_JOB_ID" >> ${server.shared}/marks`;
  const parameters = { name: 'none' };
  await registerShell(batch, { name: 'first', directory: server.shared, script: 'exit 0', parameters });
  await registerShell(batch, { name: 'second', directory: server.shared, script: marked, parameters });
  const rule = async (name: string, pattern: object, jobName: string, path: string) => {
    await events.send(new PutRuleCommand({ Name: name, EventPattern: JSON.stringify(pattern) }));
    const InputTransformer = { InputPathsMap: { name: path }, InputTemplate: '{"Parameters":{"name":<name>}}' };
    const BatchParameters = { JobDefinition: jobName, JobName: jobName };
    const Targets = [{ Id: 'job', Arn, RoleArn, BatchParameters, InputTransformer }];
    await events.send(new PutTargetsCommand({ Rule: name, Targets }));
  };
  // An event makes a first job, the end of which makes a second one.
  await rule('put', { source: ['crash'] }, 'first', '$.detail.name');
  const ends = { source: ['aws.batch'], detail: { jobName: ['first'], status: ['SUCCEEDED'] } };
  await rule('ended', ends, 'second', '$.detail.parameters.name');

  const acknowledged: string[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const underWay = Array.from({ length: eventsEach }, async (_, each) => {
      const name = `e${kill}-${each}`;
      const Entries = [{ Source: 'crash', DetailType: 'd', Detail: JSON.stringify({ name }) }];
      // While the server is dead nobody answers: it is put again.
      const put = () => events.send(new PutEventsCommand({ Entries })).catch(() => undefined);
      const { FailedEntryCount } = await until(`an answer about ${name}`, put);
      assert.equal(FailedEntryCount, 0);
      acknowledged.push(name);
    });
    // A random moment: after so many answers.
    for (let answers = random.below(30); answers > 0; answers -= 1) {
      await batch.send(new DescribeJobsCommand({ jobs: ['00000000-0000-7000-8000-000000000000'] }));
    }
    await server.kill();
    await server.restart();
    await Promise.all(underWay);
  }
  assert.equal(acknowledged.length, kills * eventsEach);

  const jobsNamed = async (name: string): Promise<readonly JobSummary[]> => {
    const found: JobSummary[] = [];
    const filters = [{ name: 'JOB_NAME', values: [name] }];
    for await (const page of paginateListJobs({ client: batch }, { jobQueue: 'default', filters })) {
      found.push(...(page.jobSummaryList ?? []));
    }
    return found;
  };
  const parametersOf = async (jobs: readonly JobSummary[]) => {
    const names: string[] = [];
    for (let at = 0; at < jobs.length; at += 100) {
      const ids = jobs.slice(at, at + 100).map(({ jobId = '' }) => jobId);
      const described = await batch.send(new DescribeJobsCommand({ jobs: ids }));
      names.push(...(described.jobs ?? []).map((job) => job.parameters?.name ?? ''));
    }
    return names;
  };
  const ended = await until('each event has its two jobs, and they have ended', async () => {
    const [first, second] = [await jobsNamed('first'), await jobsNamed('second')];
    const isOver = [...first, ...second].every(({ status }) => status === 'SUCCEEDED' || status === 'FAILED');
    return isOver && second.length >= acknowledged.length && second.length === first.length && { first, second };
  });
  const [first, second] = [await parametersOf(ended.first), await parametersOf(ended.second)];
  // A PutEvents whose answer the kill took was sent again, and so may be two events: of each at least one job.
  assert.deepEqual([...new Set(first)].sort(), acknowledged.toSorted());
  // What ended was told once each: as many second jobs as first ones.
  assert.deepEqual(second.toSorted(), first.toSorted());
  const marks = readFileSync(join(server.shared, 'marks'), 'utf8').trim().split('\n');
  assert.deepEqual(marks.toSorted(), ended.second.map(({ jobId }) => jobId).sort());
});
