import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { RegisterJobDefinitionCommand } from '@aws-sdk/client-batch';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetLogEventsCommand,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  paginateDescribeLogStreams,
  paginateFilterLogEvents,
  paginateGetLogEvents,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { registerShell, submit } from '../support/jobs.ts';
import { clientsOf } from '../support/sdk.ts';
import { until, waitForEnd, waitForStatus } from '../support/wait.ts';
import { account, linesOf, linesOfJob, openYard, refusalOf, region, runToEnd } from './yard.ts';

const { batch, logs, server } = await openYard(['--host-vcpus', '16']);
const groupArn = (name: string) => `arn:aws:logs:${region}:${account}:log-group:${name}`;

const createGroup = (logGroupName: string) => logs.send(new CreateLogGroupCommand({ logGroupName }));

async function createStream(logGroupName: string, logStreamName: string, messages: readonly string[] = []) {
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  if (messages.length > 0) await put(logGroupName, logStreamName, messages);
}

/** Writes messages a second apart, the last one now. */
function put(logGroupName: string, logStreamName: string, messages: readonly string[], last = Date.now()) {
  const logEvents = messages.map((message, index) => ({
    message,
    timestamp: last - 1_000 * (messages.length - 1 - index),
  }));
  return logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
}

async function assertLogsError(call: Promise<unknown>, name: string, words?: RegExp): Promise<void> {
  const refusal = await refusalOf(call);
  assert.deepEqual([refusal.name, refusal.status, refusal.fault], [name, 400, 'client']);
  if (words) assert.match(refusal.message, words);
}

async function groupNamed(logGroupNamePrefix: string) {
  return (await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }))).logGroups?.[0];
}

test('lines of a job can be read while it runs, and its stream is described by its job', async () => {
  const gate = `${server.shared}/live`;
  const script = `echo one; echo two >&2; until [ -e ${gate} ]; do sleep 0.02; done; echo three`;
  const jobId = await submit(batch, await registerShell(batch, { name: 'live', script, directory: server.shared }));
  const { container } = await waitForStatus(batch, jobId, 'RUNNING');
  const stream = container?.logStreamName ?? '';
  await until('both lines', async () => (await linesOf(logs, stream)).length === 2);
  assert.deepEqual([...(await linesOf(logs, stream))].sort(), ['one', 'two']);
  writeFileSync(gate, '');
  const job = await waitForEnd(batch, jobId);
  assert.deepEqual((await linesOf(logs, stream)).at(-1), 'three');
  const { logStreams = [] } = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName: '/aws/batch/job', logStreamNamePrefix: 'live/default/' }),
  );
  const [described] = logStreams;
  assert.equal(described?.logStreamName, stream);
  assert.equal(described?.arn, `${groupArn('/aws/batch/job')}:log-stream:${stream}`);
  const { startedAt = 0, stoppedAt = 0 } = job;
  const { firstEventTimestamp = 0, lastEventTimestamp = 0 } = described ?? {};
  assert.ok(startedAt <= firstEventTimestamp + 1_000 && lastEventTimestamp <= stoppedAt + 1_000);
  assert.ok(firstEventTimestamp <= lastEventTimestamp);
});

test('output is kept whole: no newline at the end, bytes of several lines, UTF-8, and long lines', async () => {
  const script = [
    "printf 'a\\nb\\n\\nü€😀\\n'",
    "head -c 300000 /dev/zero | tr '\\0' x; echo",
    'seq 1 5000',
    "printf 'no newline'",
  ].join('; ');
  const job = await runToEnd(batch, await registerShell(batch, { name: 'output', script }));
  const lines = await linesOfJob(logs, job);
  const long = lines.filter((line) => line.startsWith('x'));
  const rest = lines.filter((line) => !line.startsWith('x'));
  assert.equal(long.join('').length, 300_000);
  assert.ok(long.every((line) => line.length <= 256 * 1024));
  assert.deepEqual(rest.slice(0, 2), ['a', 'b']);
  assert.ok(rest.includes('ü€😀'));
  const numbers = Array.from({ length: 5_000 }, (_, index) => String(index + 1));
  assert.deepEqual(rest.slice(-5_001), [...numbers, 'no newline']);
});

test('a group made by hand is described, with retention once it has one, until it is deleted', async () => {
  await createGroup('/made/by-hand');
  const created = await groupNamed('/made/by-hand');
  assert.deepEqual(
    { ...created, creationTime: 0 },
    {
      logGroupName: '/made/by-hand',
      creationTime: 0,
      metricFilterCount: 0,
      arn: `${groupArn('/made/by-hand')}:*`,
      storedBytes: 0,
      logGroupClass: 'STANDARD',
      logGroupArn: groupArn('/made/by-hand'),
      deletionProtectionEnabled: false,
    },
  );
  const logGroupName = '/made/by-hand';
  await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 }));
  assert.equal((await groupNamed(logGroupName))?.retentionInDays, 7);
  await logs.send(new DeleteRetentionPolicyCommand({ logGroupName }));
  assert.equal((await groupNamed(logGroupName))?.retentionInDays, undefined);
  await assertLogsError(
    logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 2 })),
    'InvalidParameterException',
  );
  await assertLogsError(createGroup(logGroupName), 'ResourceAlreadyExistsException', /already exists/);
  await logs.send(new DeleteLogGroupCommand({ logGroupName }));
  assert.equal(await groupNamed(logGroupName), undefined);
});

test('groups are tagged by ARN', async () => {
  await createGroup('/tagged');
  const resourceArn = groupArn('/tagged');
  await logs.send(new TagResourceCommand({ resourceArn, tags: { a: '1', b: '2' } }));
  await logs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
  assert.deepEqual((await logs.send(new ListTagsForResourceCommand({ resourceArn }))).tags, { b: '2' });
});

test('events written by a client are read forwards and backwards, a page at a time, and the ends repeat their token', async () => {
  await createGroup('/paged');
  const messages = ['one', 'two', 'three', 'four', 'five'];
  await createStream('/paged', 's', messages);
  const place = { logGroupName: '/paged', logStreamName: 's', limit: 2 };
  const page = async (more: object) => {
    const { events = [], ...tokens } = await logs.send(new GetLogEventsCommand({ ...place, ...more }));
    return { messages: events.map(({ message }) => message), ...tokens };
  };
  const head = await page({ startFromHead: true });
  assert.deepEqual(head.messages, ['one', 'two']);
  const next = await page({ nextToken: head.nextForwardToken });
  assert.deepEqual(next.messages, ['three', 'four']);
  const back = await page({ nextToken: next.nextBackwardToken });
  assert.deepEqual(back.messages, ['one', 'two']);
  assert.deepEqual((await page({})).messages, ['four', 'five']);
  const last = await page({ nextToken: next.nextForwardToken });
  const end = await page({ nextToken: last.nextForwardToken });
  assert.deepEqual([last.messages, end.messages, end.nextForwardToken], [['five'], [], last.nextForwardToken]);
  await put('/paged', 's', ['six']);
  assert.deepEqual((await page({ nextToken: end.nextForwardToken })).messages, ['six']);
  const pages = await Array.fromAsync(
    paginateGetLogEvents({ client: logs, pageSize: 2, stopOnSameToken: true }, { ...place, startFromHead: true }),
  );
  assert.deepEqual(
    pages.flatMap(({ events = [] }) => events.map(({ message }) => message)),
    [...messages, 'six'],
  );
});

test('startTime is included in a read and endTime is not', async () => {
  await createGroup('/timed');
  const last = Date.now();
  await logs.send(new CreateLogStreamCommand({ logGroupName: '/timed', logStreamName: 's' }));
  await put('/timed', 's', ['a', 'b', 'c'], last);
  const range = { logGroupName: '/timed', logStreamName: 's', startTime: last - 1_000, endTime: last };
  const { events = [] } = await logs.send(new GetLogEventsCommand(range));
  assert.deepEqual(
    events.map(({ message, timestamp }) => [message, timestamp]),
    [['b', last - 1_000]],
  );
  assert.ok((events[0]?.ingestionTime ?? 0) >= last - 5_000);
});

test('FilterLogEvents finds terms, phrases, alternatives and exclusions over all streams of a group, in order of time', async () => {
  await createGroup('/searched');
  const now = Date.now();
  await createStream('/searched', 'a');
  await createStream('/searched', 'b');
  await put('/searched', 'a', ['ERROR disk full', 'INFO started', 'error lower case'], now);
  await put('/searched', 'b', ['WARN ERROR code 7', 'exit code 1'], now - 500);
  const search = async (more: Partial<FilterLogEventsCommandInput>) => {
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: '/searched', ...more }));
    return events.map(({ message }) => message);
  };
  assert.deepEqual(
    await Promise.all([
      search({}),
      search({ filterPattern: 'ERROR' }),
      search({ filterPattern: 'ERROR code' }),
      search({ filterPattern: '"disk full"' }),
      search({ filterPattern: '?started ?exit' }),
      search({ filterPattern: 'ERROR -disk' }),
      search({ logStreamNames: ['b'] }),
      search({ logStreamNamePrefix: 'a', filterPattern: 'ERROR' }),
      search({ startTime: now }),
    ]),
    [
      ['ERROR disk full', 'WARN ERROR code 7', 'INFO started', 'exit code 1', 'error lower case'],
      ['ERROR disk full', 'WARN ERROR code 7'],
      ['WARN ERROR code 7'],
      ['ERROR disk full'],
      ['INFO started', 'exit code 1'],
      ['WARN ERROR code 7'],
      ['WARN ERROR code 7', 'exit code 1'],
      ['ERROR disk full'],
      ['error lower case'],
    ],
  );
  const pages = paginateFilterLogEvents({ client: logs, pageSize: 2 }, { logGroupName: '/searched' });
  const found = (await Array.fromAsync(pages)).flatMap(({ events = [] }) => events);
  assert.equal(found.length, 5);
  assert.equal(new Set(found.map(({ eventId }) => eventId)).size, 5);
  assert.deepEqual([...new Set(found.map(({ logStreamName }) => logStreamName))].sort(), ['a', 'b']);
});

test('streams are listed by name or by their last event, a page at a time, and can be deleted', async () => {
  await createGroup('/streams');
  const now = Date.now();
  for (const [name, age] of [
    ['alpha', 1_000],
    ['beta', 3_000],
    ['gamma', 2_000],
  ] as const) {
    await logs.send(new CreateLogStreamCommand({ logGroupName: '/streams', logStreamName: name }));
    await put('/streams', name, ['x'], now - age);
  }
  const names = async (more: object = {}) => {
    const pages = paginateDescribeLogStreams({ client: logs, pageSize: 2 }, { logGroupName: '/streams', ...more });
    return (await Array.fromAsync(pages))
      .flatMap(({ logStreams = [] }) => logStreams)
      .map((each) => each.logStreamName);
  };
  assert.deepEqual(await names(), ['alpha', 'beta', 'gamma']);
  assert.deepEqual(await names({ descending: true }), ['gamma', 'beta', 'alpha']);
  assert.deepEqual(await names({ orderBy: 'LastEventTime', descending: true }), ['alpha', 'gamma', 'beta']);
  await logs.send(new DeleteLogStreamCommand({ logGroupName: '/streams', logStreamName: 'beta' }));
  assert.deepEqual(await names(), ['alpha', 'gamma']);
  const gone = logs.send(new GetLogEventsCommand({ logGroupName: '/streams', logStreamName: 'beta' }));
  await assertLogsError(gone, 'ResourceNotFoundException', /log stream does not exist/);
});

test('events that are too old or too new are rejected and told of, the others kept', async () => {
  await createGroup('/skewed');
  await createStream('/skewed', 's');
  const now = Date.now();
  const day = 86_400_000;
  const place = { logGroupName: '/skewed', logStreamName: 's' };
  const logEvents = [{ message: 'old', timestamp: now - 15 * day }];
  const { rejectedLogEventsInfo } = await logs.send(new PutLogEventsCommand({ ...place, logEvents }));
  assert.equal(rejectedLogEventsInfo?.tooOldLogEventEndIndex, 1);
  const later = [
    { message: 'now', timestamp: now },
    { message: 'new', timestamp: now + 3 * 3_600_000 },
  ];
  const answer = await logs.send(new PutLogEventsCommand({ ...place, logEvents: later }));
  assert.equal(answer.rejectedLogEventsInfo?.tooNewLogEventStartIndex, 1);
  assert.deepEqual(await linesOf(logs, 's', '/skewed'), ['now']);
  const unordered = [...later].reverse();
  await assertLogsError(
    logs.send(new PutLogEventsCommand({ ...place, logEvents: unordered })),
    'InvalidParameterException',
    /chronological order/,
  );
});

test("a missing group or stream, a wrong token and a wrong limit are AWS's errors", async () => {
  const read = (more: object) =>
    logs.send(new GetLogEventsCommand({ logGroupName: '/errors', logStreamName: 's', ...more }));
  await assertLogsError(read({}), 'ResourceNotFoundException', /^The specified log group does not exist\.$/);
  await createGroup('/errors');
  await assertLogsError(read({}), 'ResourceNotFoundException', /^The specified log stream does not exist\.$/);
  await createStream('/errors', 's');
  await assertLogsError(read({ nextToken: 'f/123' }), 'InvalidParameterException', /nextToken/);
  await assertLogsError(read({ limit: 0 }), 'InvalidParameterException', /limit/);
  await assertLogsError(createGroup('a b'), 'InvalidParameterException', /logGroupName/);
  await assertLogsError(createStream('/errors', 'a:b'), 'InvalidParameterException', /logStreamName/);
});

/** Runs a job that writes `hello` with these awslogs options. */
async function runWith(name: string, options: Record<string, string>) {
  await batch.send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName: name,
      type: 'container',
      containerProperties: {
        image: 'busybox',
        vcpus: 1,
        memory: 32,
        command: ['echo', 'hello'],
        logConfiguration: { logDriver: 'awslogs', options },
      },
    }),
  );
  return runToEnd(batch, name);
}

test('awslogs-group and awslogs-stream-prefix say where a job writes to', async () => {
  await createGroup('awslogs-wordpress');
  const options = { 'awslogs-group': 'awslogs-wordpress', 'awslogs-stream-prefix': 'awslogs-example' };
  const job = await runWith('wordpress', options);
  const taskId = job.container?.taskArn?.split('/').at(-1);
  assert.equal(job.container?.logStreamName, `awslogs-example/default/${taskId}`);
  assert.deepEqual(await linesOfJob(logs, job), ['hello']);
});

test('awslogs-create-group makes the group; without it a job whose group is missing fails at start, in words', async () => {
  const missing = await runWith('missing-group', { 'awslogs-group': '/not/there' });
  assert.deepEqual([missing.status, missing.statusReason], ['FAILED', 'Task failed to start']);
  assert.match(missing.container?.reason ?? '', /log group does not exist/);
  const made = await runWith('made-group', { 'awslogs-group': '/now/there', 'awslogs-create-group': 'true' });
  assert.equal(made.status, 'SUCCEEDED');
  assert.deepEqual(await linesOfJob(logs, made), ['hello']);
});

test("awslogs-region sends a job's lines to another region", async () => {
  const job = await runWith('elsewhere', { 'awslogs-region': 'eu-central-1' });
  assert.equal(job.status, 'SUCCEEDED');
  const there = clientsOf(server, { region: 'eu-central-1' });
  assert.deepEqual(await linesOf(there.logs, job.container?.logStreamName), ['hello']);
  there.close();
  const here = linesOf(logs, job.container?.logStreamName);
  await assertLogsError(here, 'ResourceNotFoundException');
});
