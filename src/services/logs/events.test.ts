import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CommitFailed } from '../../core/errors.ts';
import { day } from './limits.ts';
import { awsError, LogsFixture, scope } from './logs-fixture.ts';
import { fileRemovalRecords, groupDeletionRecords, logGroupRecords } from './records.ts';

const messagesOf = (page: { readonly events?: readonly { readonly message?: string | undefined }[] | undefined }) =>
  (page.events ?? []).map(({ message }) => message);

test('what was put is read back with its times', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream();
  const now = logs.clock.now();
  await logs.call('PutLogEvents', {
    ...names,
    logEvents: [
      { timestamp: now - 1000, message: 'one' },
      { timestamp: now, message: 'zwei ü 🎉' },
    ],
  });
  const { events } = await logs.call('GetLogEvents', names);
  assert.deepEqual(events, [
    { timestamp: now - 1000, message: 'one', ingestionTime: now },
    { timestamp: now, message: 'zwei ü 🎉', ingestionTime: now },
  ]);
  const [stream] = (await logs.call('DescribeLogStreams', { logGroupName: 'group' })).logStreams ?? [];
  assert.equal(stream?.firstEventTimestamp, now - 1000);
  assert.equal(stream?.lastEventTimestamp, now);
  assert.equal(stream?.arn, 'arn:aws:logs:us-east-1:123456789012:log-group:group:log-stream:stream');
});

test('a missing group or stream is named as AWS names it', async () => {
  await using logs = await LogsFixture.open();
  const names = { logGroupName: 'g', logStreamName: 's' };
  const noGroup = awsError('ResourceNotFoundException', 'The specified log group does not exist.');
  const noStream = awsError('ResourceNotFoundException', 'The specified log stream does not exist.');
  await assert.rejects(logs.call('GetLogEvents', names), noGroup);
  await assert.rejects(logs.put(names, ['x']), noGroup);
  await assert.rejects(logs.call('CreateLogStream', names), noGroup);
  await logs.call('CreateLogGroup', { logGroupName: 'g' });
  await assert.rejects(logs.call('GetLogEvents', names), noStream);
  await assert.rejects(logs.put(names, ['x']), noStream);
  await assert.rejects(logs.call('DeleteLogStream', names), noStream);
  await assert.rejects(logs.call('FilterLogEvents', { logGroupName: 'g', logStreamNames: ['s'] }), noStream);
});

test('a group is found by name and by ARN, and by exactly one of them', async () => {
  await using logs = await LogsFixture.open();
  const { logStreamName } = await logs.stream();
  await logs.put({ logGroupName: 'group', logStreamName }, ['line']);
  const arn = 'arn:aws:logs:us-east-1:123456789012:log-group:group';
  for (const logGroupIdentifier of ['group', arn]) {
    assert.deepEqual(messagesOf(await logs.call('GetLogEvents', { logGroupIdentifier, logStreamName })), ['line']);
    assert.deepEqual(messagesOf(await logs.call('FilterLogEvents', { logGroupIdentifier })), ['line']);
    assert.equal((await logs.call('DescribeLogStreams', { logGroupIdentifier })).logStreams?.length, 1);
  }
  await assert.rejects(
    logs.call('GetLogEvents', { logGroupIdentifier: `${arn}:*`, logStreamName }),
    awsError('InvalidParameterException', /'logGroupIdentifier' .* regular expression pattern/),
  );
  await assert.rejects(
    logs.call('GetLogEvents', { logStreamName, logGroupName: 'group', logGroupIdentifier: arn }),
    awsError('InvalidParameterException', /Exactly one/),
  );
});

test('two calls that create one stream at once make one stream', async () => {
  await using logs = await LogsFixture.open();
  await logs.call('CreateLogGroup', { logGroupName: 'g' });
  const names = { logGroupName: 'g', logStreamName: 's' };
  const results = await Promise.allSettled([logs.call('CreateLogStream', names), logs.call('CreateLogStream', names)]);
  assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
});

test('a batch out of order, too long, too wide or too large is refused whole', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream();
  const now = logs.clock.now();
  const refused = (logEvents: { timestamp: number; message: string }[], message: string | RegExp) =>
    assert.rejects(logs.call('PutLogEvents', { ...names, logEvents }), awsError('InvalidParameterException', message));
  await refused(
    [
      { timestamp: now, message: 'b' },
      { timestamp: now - 1, message: 'a' },
    ],
    'Log events in a single PutLogEvents request must be in chronological order.',
  );
  await refused(
    [
      { timestamp: now - day - 1, message: 'a' },
      { timestamp: now, message: 'b' },
    ],
    /cannot span more than 24 hours/,
  );
  await refused([], /Value '\[\]' at 'logEvents' failed .* greater than or equal to 1$/);
  await refused(
    Array.from({ length: 10_001 }, () => ({ timestamp: now, message: 'a' })),
    /less than or equal to 10000$/,
  );
  const tooMuch = 1_048_576 - 25;
  await refused(
    [{ timestamp: now, message: 'a'.repeat(tooMuch) }],
    'Upload too large: 1048577 bytes exceeds limit of 1048576',
  );
  await refused([{ timestamp: now, message: '' }], /'logEvents.1.member.message'/);
  assert.deepEqual(messagesOf(await logs.call('GetLogEvents', names)), []);
  await logs.put(names, ['a'.repeat(tooMuch - 1)]);
  assert.equal(messagesOf(await logs.call('GetLogEvents', names))[0]?.length, tooMuch - 1);
});

test('events too old, expired or too far ahead are left out and reported, the others taken', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream();
  const now = logs.clock.now();
  const put = (times: readonly number[]) =>
    logs.call('PutLogEvents', {
      ...names,
      logEvents: times.map((timestamp) => ({ timestamp, message: String(timestamp - now) })),
    });
  const hour = 3_600_000;
  const first = await put([now - 15 * day, now - 14 * day - 1, now, now + 2 * hour, now + 2 * hour + 1]);
  assert.deepEqual(first.rejectedLogEventsInfo, { tooOldLogEventEndIndex: 2, tooNewLogEventStartIndex: 4 });
  assert.deepEqual(messagesOf(await logs.call('GetLogEvents', names)), ['0', String(2 * hour)]);
  await logs.call('PutRetentionPolicy', { logGroupName: 'group', retentionInDays: 1 });
  const second = await put([now - 15 * day, now - 2 * day, now]);
  assert.deepEqual(second.rejectedLogEventsInfo, { tooOldLogEventEndIndex: 1, expiredLogEventEndIndex: 2 });
});

test('events come newest page first by default, and each end answers its own token again', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream();
  await logs.put(names, ['a', 'b', 'c', 'd', 'e']);
  const last = await logs.call('GetLogEvents', { ...names, limit: 2 });
  assert.deepEqual(messagesOf(last), ['d', 'e']);
  const middle = await logs.call('GetLogEvents', { ...names, limit: 2, nextToken: last.nextBackwardToken });
  assert.deepEqual(messagesOf(middle), ['b', 'c']);
  const again = await logs.call('GetLogEvents', { ...names, limit: 2, nextToken: middle.nextForwardToken });
  assert.deepEqual(messagesOf(again), ['d', 'e']);
  const end = await logs.call('GetLogEvents', { ...names, nextToken: last.nextForwardToken });
  assert.deepEqual(messagesOf(end), []);
  assert.equal(end.nextForwardToken, last.nextForwardToken);
  const first = await logs.call('GetLogEvents', { ...names, startFromHead: true });
  const before = await logs.call('GetLogEvents', { ...names, nextToken: first.nextBackwardToken });
  assert.deepEqual(messagesOf(before), []);
  const still = await logs.call('GetLogEvents', { ...names, nextToken: before.nextBackwardToken });
  assert.equal(still.nextBackwardToken, before.nextBackwardToken);
  assert.match(last.nextForwardToken ?? '', /^f\/\d{56}\/s$/);
});

test('a window takes its start in and leaves its end out', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream();
  await logs.put(names, ['a', 'b', 'c', 'd']);
  const startTime = logs.clock.now() + 1;
  const page = await logs.call('GetLogEvents', { ...names, startTime, endTime: startTime + 2 });
  assert.deepEqual(messagesOf(page), ['b', 'c']);
  const filtered = await logs.call('FilterLogEvents', { logGroupName: 'group', startTime, endTime: startTime + 2 });
  assert.deepEqual(messagesOf(filtered), ['b', 'c', 'd']);
});

test('a token of another stream, or none at all, is refused', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream();
  const other = await logs.stream('group', 'other');
  const { nextForwardToken } = await logs.call('GetLogEvents', names);
  const invalid = awsError('InvalidParameterException', 'The specified nextToken is invalid.');
  for (const nextToken of [nextForwardToken, 'x', 'f/1/s', '']) {
    await assert.rejects(logs.call('GetLogEvents', { ...other, nextToken }), invalid);
  }
  for (const nextToken of ['x', '', 'bnVsbA']) {
    await assert.rejects(logs.call('FilterLogEvents', { logGroupName: 'group', nextToken }), invalid);
    await assert.rejects(logs.call('DescribeLogStreams', { logGroupName: 'group', nextToken }), invalid);
  }
});

test('a page holds at most a megabyte', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream();
  for (let index = 0; index < 5; index += 1) await logs.put(names, [String(index).repeat(400_000)]);
  const page = await logs.call('GetLogEvents', { ...names, startFromHead: true });
  assert.deepEqual(
    messagesOf(page).map((message) => message?.[0]),
    ['0', '1'],
  );
});

test('a line of a running task is read as soon as it is written, and the same tokens serve after its end', async () => {
  await using logs = await LogsFixture.open();
  const { writer } = await logs.task('/aws/batch/job', 'job/default/1', 500);
  const names = { logGroupName: '/aws/batch/job', logStreamName: 'job/default/1' };
  let time = logs.clock.now();
  const write = (lines: readonly string[]) => {
    for (const line of lines) writer.append(time++, Buffer.from(line));
    writer.flush();
  };
  const first = await logs.call('GetLogEvents', { ...names, startFromHead: true });
  assert.deepEqual(messagesOf(first), []);
  write(['one', 'two']);
  const second = await logs.call('GetLogEvents', { ...names, nextToken: first.nextForwardToken });
  assert.deepEqual(messagesOf(second), ['one', 'two']);
  const [stream] = (await logs.call('DescribeLogStreams', { logGroupName: names.logGroupName })).logStreams ?? [];
  assert.equal(stream?.lastEventTimestamp, time - 1);
  write(Array.from({ length: 50 }, (_, index) => `line ${index}`));
  await logs.put(names, ['from outside']);
  writer.close();
  await logs.service.streams.finish(scope, names.logGroupName, names.logStreamName);
  await logs.service.streams.finish(scope, names.logGroupName, names.logStreamName);
  const rest = await logs.call('GetLogEvents', { ...names, nextToken: second.nextForwardToken });
  assert.equal(rest.events?.length, 51);
  const all = await logs.call('GetLogEvents', { ...names, startFromHead: true });
  assert.equal(all.events?.length, 53);
  const record = await logs.store.reads.logStream(scope, names.logGroupName, names.logStreamName);
  assert.equal(record?.live, false);
  assert.equal(record?.storedBytes, await logs.store.reads.logBytes());
});

test('the stream of a task needs its group, unless it is to be created', async () => {
  await using logs = await LogsFixture.open();
  const open = (groupName: string, createGroup: boolean) =>
    logs.ledger.transact((transaction) =>
      logs.service.streams.open(transaction, scope, { groupName, streamName: 's', createGroup }),
    );
  assert.throws(
    () => open('mine', false),
    awsError('ResourceNotFoundException', 'The specified log group does not exist.'),
  );
  const { stream } = open('mine', true);
  await logs.store.settled();
  assert.equal(await logs.service.streams.keyOf(scope, 'mine', 's'), stream);
  assert.equal(await logs.service.streams.keyOf(scope, 'mine', 'other'), undefined);
  open('/aws/batch/job', false);
  assert.ok(logs.ledger.get(logGroupRecords, scope, '/aws/batch/job'));
});

test('the directory of a deleted stream goes only when its task is over', async () => {
  await using logs = await LogsFixture.open();
  const { directory, writer } = await logs.task('g', 's', 100);
  const line = () => writer.append(logs.clock.now(), Buffer.alloc(100, 'x'));
  line();
  writer.flush();
  await logs.call('DeleteLogStream', { logGroupName: 'g', logStreamName: 's' });
  line();
  line();
  writer.close();
  await logs.service.streams.finish(scope, 'g', 's');
  await logs.service.close();
  const { existsSync } = await import('node:fs');
  assert.equal(existsSync(directory), false);
  assert.deepEqual([...logs.ledger.all(groupDeletionRecords), ...logs.ledger.all(fileRemovalRecords)], []);
});

test('streams are listed by name or by last event, both ways, in pages', async () => {
  await using logs = await LogsFixture.open();
  for (const [name, delay] of [
    ['c', 1],
    ['a', 2],
    ['b', 3],
  ] as const) {
    const names = await logs.stream('g', name);
    logs.clock.advance(delay);
    await logs.put(names, [name]);
  }
  await logs.stream('g', 'empty');
  const list = async (input: object) => {
    const names: (string | undefined)[] = [];
    for (let nextToken: string | undefined; ; ) {
      const page = await logs.call('DescribeLogStreams', { logGroupName: 'g', limit: 2, nextToken, ...input });
      names.push(...(page.logStreams ?? []).map(({ logStreamName }) => logStreamName));
      nextToken = page.nextToken;
      if (nextToken === undefined) return names;
    }
  };
  assert.deepEqual(await list({}), ['a', 'b', 'c', 'empty']);
  assert.deepEqual(await list({ descending: true }), ['empty', 'c', 'b', 'a']);
  assert.deepEqual(await list({ orderBy: 'LastEventTime' }), ['c', 'a', 'b', 'empty']);
  assert.deepEqual(await list({ orderBy: 'LastEventTime', descending: true }), ['b', 'a', 'c', 'empty']);
  assert.deepEqual(await list({ logStreamNamePrefix: 'em' }), ['empty']);
  await assert.rejects(
    list({ orderBy: 'LastEventTime', logStreamNamePrefix: 'a' }),
    awsError('InvalidParameterException', 'Cannot order by LastEventTime with a logStreamNamePrefix.'),
  );
});

test('a search merges streams by time, filters, and names each event for ever', async () => {
  await using logs = await LogsFixture.open();
  const a = await logs.stream('g', 'a');
  const b = await logs.stream('g', 'b');
  for (const [names, message] of [
    [a, 'ERROR 1'],
    [b, 'ERROR 2'],
    [a, 'info'],
    [b, 'ERROR 3'],
    [a, 'ERROR 4'],
  ] as const) {
    logs.clock.advance(1);
    await logs.put(names, [message]);
  }
  const query = { logGroupName: 'g', filterPattern: 'ERROR' };
  const whole = await logs.call('FilterLogEvents', query);
  assert.deepEqual(messagesOf(whole), ['ERROR 1', 'ERROR 2', 'ERROR 3', 'ERROR 4']);
  assert.equal(whole.nextToken, undefined);
  assert.deepEqual(messagesOf(await logs.call('FilterLogEvents', { ...query, logStreamNames: ['b'] })), [
    'ERROR 2',
    'ERROR 3',
  ]);
  assert.deepEqual(messagesOf(await logs.call('FilterLogEvents', { ...query, logStreamNamePrefix: 'a' })), [
    'ERROR 1',
    'ERROR 4',
  ]);
  const ids: (string | undefined)[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs.call('FilterLogEvents', { ...query, limit: 1, nextToken });
    ids.push(...(page.events ?? []).map(({ eventId }) => eventId));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  assert.deepEqual(
    ids,
    whole.events?.map(({ eventId }) => eventId),
  );
  assert.equal(new Set(ids).size, 4);
  for (const id of ids) assert.match(id ?? '', /^\d{56}$/);
});

test('a search token with another query is refused', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream('g', 'a');
  await logs.put(names, ['x', 'x']);
  const { nextToken } = await logs.call('FilterLogEvents', { logGroupName: 'g', filterPattern: 'x', limit: 1 });
  assert.ok(nextToken);
  await assert.rejects(
    logs.call('FilterLogEvents', { logGroupName: 'g', filterPattern: 'y', nextToken }),
    awsError('InvalidParameterException', 'The specified nextToken is invalid.'),
  );
});

test('a search over more streams than it merges at once finds every event once, though streams come while it pages', async () => {
  await using logs = await LogsFixture.open();
  await logs.call('CreateLogGroup', { logGroupName: 'g' });
  const name = (index: number) => `s${String(index).padStart(4, '0')}`;
  for (let index = 0; index < 300; index += 2) await logs.put(await logs.stream('g', name(index)), [name(index)]);
  const found: (string | undefined)[] = [];
  let nextToken: string | undefined;
  let added = 1;
  do {
    const page = await logs.call('FilterLogEvents', { logGroupName: 'g', limit: 7, nextToken });
    found.push(...messagesOf(page));
    nextToken = page.nextToken;
    await logs.put(await logs.stream('g', name(added)), [name(added)]);
    added += 2;
  } while (nextToken !== undefined);
  assert.equal(new Set(found).size, found.length);
  for (let index = 0; index < 300; index += 2) assert.ok(found.includes(name(index)), name(index));
});

/** One thing that happens to a stream while a client pages through it. */
const happening = fc.oneof(
  fc.record({ by: fc.constant('task' as const), count: fc.integer({ min: 1, max: 8 }), back: fc.nat(5) }),
  fc.record({ by: fc.constant('server' as const), count: fc.integer({ min: 1, max: 8 }), back: fc.nat(5) }),
  fc.record({ by: fc.constant('reader' as const), count: fc.integer({ min: 1, max: 5 }), back: fc.nat(5) }),
);

test('whatever is appended while a client pages, it gets every event once; and going back, the same events again', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(happening, { maxLength: 25 }),
      fc.integer({ min: 1, max: 7 }),
      async (happenings, limit) => {
        await using logs = await LogsFixture.open();
        const { writer } = await logs.task('g', 's', 300);
        const names = { logGroupName: 'g', logStreamName: 's' };
        const written: string[] = [];
        const seen: (string | undefined)[] = [];
        let token: string | undefined;
        const page = async (count: number) => {
          const answer = await logs.call('GetLogEvents', {
            ...names,
            limit: count,
            nextToken: token,
            startFromHead: true,
          });
          seen.push(...messagesOf(answer));
          const atEnd = answer.nextForwardToken === token;
          token = answer.nextForwardToken;
          return atEnd;
        };
        for (const { by, count, back } of happenings) {
          logs.clock.advance(2);
          if (by === 'reader') {
            await page(count);
            continue;
          }
          const lines = Array.from({ length: count }, (_, index) => `${by} ${written.length + index}`);
          written.push(...lines);
          if (by === 'server') await logs.put(names, lines);
          // The wall clock of a host may go back: its task's times do too.
          for (const line of by === 'task' ? lines : []) writer.append(logs.clock.now() - back, Buffer.from(line));
          writer.flush();
        }
        while (!(await page(limit)));
        writer.close();
        assert.deepEqual(seen.toSorted(), written.toSorted());
        await logs.service.streams.finish(scope, 'g', 's');
        const backward: (string | undefined)[] = [];
        let backwardToken = (await logs.call('GetLogEvents', { ...names, nextToken: token })).nextBackwardToken;
        for (;;) {
          const answer = await logs.call('GetLogEvents', { ...names, limit, nextToken: backwardToken });
          backward.unshift(...messagesOf(answer));
          if (answer.nextBackwardToken === backwardToken) break;
          backwardToken = answer.nextBackwardToken;
        }
        assert.deepEqual(backward.toSorted(), written.toSorted());
      },
    ),
    { numRuns: 40 },
  ));

test('concurrent puts to one stream lose nothing', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream();
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
  await Promise.all(lines.map((line) => logs.put(names, [line])));
  const { events } = await logs.call('GetLogEvents', names);
  assert.deepEqual((events ?? []).map(({ message }) => message).sort(), lines.toSorted());
});

test('puts to more streams than stay open lose nothing, and a restart begins new segments', async () => {
  await using logs = await LogsFixture.open();
  const streams: { logGroupName: string; logStreamName: string }[] = [];
  for (let index = 0; index < 80; index += 1) streams.push(await logs.stream('g', `s${index}`));
  for (const names of streams) await logs.put(names, ['one']);
  await Promise.all(streams.map((names) => logs.put(names, ['two'])));
  await logs.service.close();
  await logs.restart();
  for (const names of streams) await logs.put(names, ['three']);
  for (const names of streams) {
    const { events } = await logs.call('GetLogEvents', names);
    assert.deepEqual(
      (events ?? []).map(({ message }) => message),
      ['one', 'two', 'three'],
    );
  }
});

test('events of a put whose commit was refused are never read, and the next put is not disturbed', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream();
  await logs.put(names, ['before']);
  logs.ledger.refuseChanges(new CommitFailed('disk-full', 'the disk is full'));
  await assert.rejects(logs.put(names, ['refused']), { name: 'CommitFailed', reason: 'disk-full' });
  assert.deepEqual(messagesOf(await logs.call('GetLogEvents', names)), ['before']);
  logs.ledger.refuseChanges(undefined);
  await logs.put(names, ['after']);
  assert.deepEqual(messagesOf(await logs.call('GetLogEvents', names)), ['before', 'after']);
});

test('every operation asks for its own action, on the group or the stream', async () => {
  await using logs = await LogsFixture.open();
  const asked = (name: 'PutLogEvents' | 'GetLogEvents' | 'DescribeLogStreams', input: object) =>
    logs.service.definition.operations[name].access(input as never, logs.context());
  const group = 'arn:aws:logs:us-east-1:123456789012:log-group:g';
  assert.deepEqual(asked('PutLogEvents', { logGroupName: 'g', logStreamName: 's' }), [
    { action: 'logs:PutLogEvents', resource: `${group}:log-stream:s` },
  ]);
  assert.deepEqual(asked('GetLogEvents', { logGroupIdentifier: group, logStreamName: 's' }), [
    { action: 'logs:GetLogEvents', resource: `${group}:log-stream:s` },
  ]);
  assert.deepEqual(asked('DescribeLogStreams', { logGroupName: 'g' }), [
    { action: 'logs:DescribeLogStreams', resource: `${group}:log-stream:` },
  ]);
});
