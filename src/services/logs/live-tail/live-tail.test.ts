import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StartLiveTailResponseStream } from '@aws-sdk/client-cloudwatch-logs';
import { awsError, LogsFixture } from '../logs-fixture.ts';

const group = 'arn:aws:logs:us-east-1:123456789012:log-group:group';

type Tail = AsyncIterator<StartLiveTailResponseStream, undefined>;

async function tail(logs: LogsFixture, more: object = {}): Promise<Tail> {
  const { responseStream } = await logs.call('StartLiveTail', { logGroupIdentifiers: [group], ...more });
  assert.ok(responseStream);
  const told = responseStream[Symbol.asyncIterator]() as Tail;
  assert.ok((await told.next()).value?.sessionStart?.sessionId);
  return told;
}

/** Lets a second go by, and answers what is told then. */
async function second(logs: LogsFixture, told: Tail) {
  const next = told.next();
  logs.clock.advance(1_000);
  const { sessionUpdate } = (await next).value ?? {};
  assert.ok(sessionUpdate);
  const { sessionResults = [], sessionMetadata } = sessionUpdate;
  return { messages: sessionResults.map(({ message }) => message), sampled: sessionMetadata?.sampled, sessionResults };
}

test('a session tells what is put and what tasks write, each second, from when it began', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream();
  const before = await logs.task('group', 'task');
  const write = (text: string, { writer }: typeof before) => {
    writer.append(logs.clock.now(), Buffer.from(text));
    writer.flush();
  };
  write('old line', before);
  await logs.put(names, ['old event']);
  const told = await tail(logs);
  assert.deepEqual((await second(logs, told)).messages, []);
  write('new line', before);
  await logs.put(names, ['new event']);
  const { messages, sampled, sessionResults } = await second(logs, told);
  assert.deepEqual([messages.toSorted(), sampled], [['new event', 'new line'], false]);
  const event = sessionResults.find(({ message }) => message === 'new event');
  assert.deepEqual(
    [event?.logStreamName, event?.logGroupIdentifier, event?.ingestionTime],
    ['stream', '123456789012:group', event?.timestamp],
  );
  const later = await logs.task('group', 'later');
  write('of a new task', later);
  later.writer.close();
  await logs.service.streams.finish({ account: '123456789012', region: 'us-east-1' } as never, 'group', 'later');
  assert.deepEqual((await second(logs, told)).messages, ['of a new task']);
  assert.deepEqual((await second(logs, told)).messages, []);
  await told.return?.();
});

test('a session tells only of the streams that it names, and what its pattern matches', async () => {
  await using logs = await LogsFixture.open();
  const [a, b] = [await logs.stream('group', 'a'), await logs.stream('group', 'b')];
  const other = await logs.stream('other', 'a');
  const told = await tail(logs, { logStreamNames: ['a'], logEventFilterPattern: '{ $.n > 1 }' });
  const prefixed = await tail(logs, { logStreamNamePrefixes: ['b'] });
  for (const names of [a, b, other]) await logs.put(names, ['{"n":1}', '{"n":2}']);
  const next = prefixed.next();
  assert.deepEqual((await second(logs, told)).messages, ['{"n":2}']);
  assert.equal((await next).value?.sessionUpdate?.sessionResults?.length, 2);
  await told.return?.();
  await prefixed.return?.();
});

test('of more than 500 events in a second 500 are told, from all over it', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream();
  const told = await tail(logs);
  await logs.put(
    names,
    Array.from({ length: 1_000 }, (_, index) => `${index}`),
  );
  const { messages, sampled } = await second(logs, told);
  assert.deepEqual([messages.length, sampled, messages[1], messages[499]], [500, true, '2', '998']);
  await told.return?.();
});

test('a client that takes nothing loses the oldest updates, and is told the rest', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream();
  const [told, quick] = [await tail(logs), await tail(logs)];
  for (let index = 0; index < 15; index += 1) {
    await logs.put(names, [`${index}`]);
    await second(logs, quick);
  }
  const first = (await told.next()).value?.sessionUpdate?.sessionResults;
  assert.deepEqual(
    first?.map(({ message }) => message),
    ['5'],
  );
  await told.return?.();
  await quick.return?.();
});

test('after three hours a session ends and says so, and its place is free', async () => {
  await using logs = await LogsFixture.open();
  await logs.stream();
  const tails = [];
  for (let index = 0; index < 15; index += 1) tails.push(await tail(logs));
  const full = awsError('LimitExceededException', /maximum number of Live Tail sessions/);
  await assert.rejects(tail(logs), full);
  const [told] = tails;
  assert.ok(told);
  const ends = (async () => {
    for (;;) {
      const { value } = await told.next();
      if (!value?.sessionUpdate) return value;
    }
  })();
  logs.clock.advance(3 * 60 * 60_000);
  assert.ok((await ends)?.SessionTimeoutException);
  assert.ok((await told.next()).done);
  for (const each of tails) await each.return?.();
  await (await tail(logs)).return?.();
  assert.equal(logs.clock.pending, 0, 'nobody tails: no timer runs');
});

test('an event that would take too long to match ends the session with words', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream();
  const told = await tail(logs, { logEventFilterPattern: '%[a-z]{1,1000}$%' });
  await logs.put(names, ['ab'.repeat(100_000)]);
  assert.match((await told.next()).value?.SessionStreamingException?.message ?? '', /takes too long/);
  assert.ok((await told.next()).done);
});

test('what a session cannot be about is refused', async () => {
  await using logs = await LogsFixture.open();
  await logs.stream();
  const refused = async (input: object, code: string, words: RegExp) =>
    assert.rejects(tail(logs, input), awsError(code, words));
  const wrong = 'InvalidParameterException';
  await refused({ logGroupIdentifiers: [] }, wrong, /greater than or equal to 1/);
  await refused({ logGroupIdentifiers: Array.from({ length: 11 }, () => group) }, wrong, /less than or equal to 10/);
  await refused({ logGroupIdentifiers: ['none'] }, 'ResourceNotFoundException', /log group does not exist/);
  await refused({ logStreamNames: ['a'], logStreamNamePrefixes: ['a'] }, wrong, /mutually exclusive/);
  await refused({ logGroupIdentifiers: [group, group], logStreamNames: ['a'] }, wrong, /exactly one log group/);
  await refused({ logEventFilterPattern: '{' }, wrong, /Invalid filter pattern/);
});
