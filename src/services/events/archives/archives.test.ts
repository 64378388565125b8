import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Region } from '../../../core/ids.ts';
import { rejectionOf } from '../../../core/operation.fixture.ts';
import { EventsBench, prefix, scope } from '../events.fixture.ts';
import type { EventsOperationName } from '../service.ts';
import { archiveSegmentRecords, eventArchiveRecords } from './records.ts';

const bus = `${prefix}:event-bus/default`;
const archive = `${prefix}:archive/all`;
const topic = `arn:aws:sns:us-east-1:${scope.account}:t`;
const day = 86_400_000;

type Described = Readonly<Record<string, unknown>>;

async function refusal(bench: EventsBench, name: EventsOperationName, input: object) {
  const error = (await rejectionOf(bench.call(name, input))) as { code: string; message: string };
  return `${error.code}: ${error.message}`;
}

function entry(number: number, more: object = {}) {
  return { Source: 'shop', DetailType: 'Order', Detail: JSON.stringify({ number }), ...more };
}

async function archived(bench: EventsBench, count: number, name = 'all'): Promise<Described> {
  return bench.until(`${count} events are in the archive`, async () => {
    const found = await bench.call('DescribeArchive', { ArchiveName: name });
    return found.EventCount === count && found;
  });
}

async function replayed(bench: EventsBench, name: string, state = 'COMPLETED'): Promise<Described> {
  return bench.until(`the replay is ${state}`, async () => {
    const found = await bench.call('DescribeReplay', { ReplayName: name });
    return found.State === state && found;
  });
}

function start(bench: EventsBench, name: string, more: object = {}) {
  const [EventStartTime, EventEndTime] = [0, bench.clock.now() / 1000 + 3600];
  const Destination = { Arn: bus };
  return bench.call('StartReplay', {
    ...{ ReplayName: name, EventSourceArn: archive, EventStartTime, EventEndTime, Destination },
    ...more,
  });
}

/** The events that a topic was sent. */
function sent(bench: EventsBench): readonly Described[] {
  return bench.calls.map(({ input }) => JSON.parse(String(input.Message)) as Described);
}

function numbers(bench: EventsBench): readonly number[] {
  return sent(bench)
    .map(({ detail }) => (detail as { number: number }).number)
    .sort((a, b) => a - b);
}

test('an archive keeps what matches its pattern, tells how much, and a replay brings it to the rules that there are then', async () => {
  await using bench = await EventsBench.open();
  const EventPattern = '{"source":["shop"]}';
  const made = await bench.call('CreateArchive', { ArchiveName: 'all', EventSourceArn: bus, EventPattern });
  assert.deepEqual([made.ArchiveArn, made.State], [archive, 'ENABLED']);
  const { Entries } = await bench.put(entry(1), entry(2), entry(3, { Source: 'other' }));
  const described = await archived(bench, 2);
  assert.ok(Number(described.SizeBytes) > 0);
  assert.deepEqual([described.EventSourceArn, described.EventPattern, described.RetentionDays], [bus, EventPattern, 0]);
  const { Archives } = await bench.call<{ Archives: object[] }>('ListArchives', { NamePrefix: 'al' });
  const { ArchiveArn: _arn, EventPattern: _pattern, ...listed } = described;
  assert.deepEqual(Archives, [listed]);

  await bench.rule('late', { EventPattern }, { Id: 'x', Arn: topic });
  const started = await start(bench, 'again');
  assert.deepEqual([started.ReplayArn, started.State], [`${prefix}:replay/again`, 'STARTING']);
  const done = await replayed(bench, 'again');
  assert.deepEqual([done.EventSourceArn, done.Destination], [archive, { Arn: bus }]);
  assert.ok(done.EventLastReplayedTime && done.ReplayEndTime);
  const events = sent(bench);
  assert.deepEqual(numbers(bench), [1, 2]);
  assert.deepEqual(
    events.map((event) => event['replay-name']),
    ['again', 'again'],
  );
  assert.deepEqual(
    events.map(({ id }) => id).sort(),
    Entries.slice(0, 2)
      .map(({ EventId }) => EventId)
      .sort(),
  );
  // Replays are not archived, so that it has what it had.
  await archived(bench, 2);
});

test('a replay of an event that its rule had already is brought to the target once more, and each replay is', async () => {
  await using bench = await EventsBench.open();
  await bench.rule('r', { EventPattern: '{"source":["shop"]}' }, { Id: 'x', Arn: topic });
  await bench.call('CreateArchive', { ArchiveName: 'all', EventSourceArn: bus });
  await bench.put(entry(1));
  await archived(bench, 1);
  for (const name of ['a', 'b']) {
    await start(bench, name);
    await replayed(bench, name);
  }
  assert.deepEqual(
    sent(bench).map((event) => event['replay-name']),
    [undefined, 'a', 'b'],
  );
  assert.equal(new Set(bench.calls.map(({ context }) => context.idempotencyKey)).size, 3);
});

test('a replay takes the events of its time range, and brings them to the rules that it names', async () => {
  await using bench = await EventsBench.open();
  await bench.call('CreateArchive', { ArchiveName: 'all', EventSourceArn: bus });
  const entries = [10, 20, 30, 40].map((Time) => entry(Time, { Time }));
  await bench.put(...entries);
  await archived(bench, 4);
  for (const name of ['yes', 'no']) {
    await bench.rule(name, { EventPattern: '{"source":["shop"]}' }, { Id: 'x', Arn: `${topic}-${name}` });
  }
  const Destination = { Arn: bus, FilterArns: [`${prefix}:rule/yes`] };
  await start(bench, 'part', { EventStartTime: 20, EventEndTime: 30, Destination });
  const done = await replayed(bench, 'part');
  assert.deepEqual(done.EventLastReplayedTime, new Date(30_000));
  assert.deepEqual(done.Destination, Destination);
  assert.deepEqual(numbers(bench), [20, 30]);
  assert.ok(bench.calls.every(({ input }) => input.TopicArn === `${topic}-yes`));
});

test('a restart between goes on with the replay: nothing is left out, and nothing is put on the bus again', async () => {
  await using bench = await EventsBench.open();
  await bench.call('CreateArchive', { ArchiveName: 'all', EventSourceArn: bus });
  for (let at = 0; at < 350; at += 10) {
    await bench.put(...Array.from({ length: 10 }, (_, index) => entry(at + index)));
  }
  await archived(bench, 350);
  await bench.rule('r', { EventPattern: '{"source":["shop"]}' }, { Id: 'x', Arn: topic });
  await start(bench, 'again');
  await bench.until('some were replayed', async () => {
    return (await bench.call('DescribeReplay', { ReplayName: 'again' })).EventLastReplayedTime !== undefined;
  });
  await bench.restart();
  await replayed(bench, 'again');
  await bench.until('all were sent', async () => {
    await bench.advance(1000);
    return new Set(numbers(bench)).size === 350;
  });
  const keys = new Map(bench.calls.map(({ input, context }) => [context.idempotencyKey, input.Message]));
  assert.equal(keys.size, 350);
});

test('what was written and not committed does not count: a slice that failed is archived once when it is told again', async () => {
  await using bench = await EventsBench.open();
  await bench.call('CreateArchive', { ArchiveName: 'all', EventSourceArn: bus });
  await bench.put(entry(1));
  await archived(bench, 1);
  const { archives } = bench.service;
  const [record] = bench.ledger.list(eventArchiveRecords, scope);
  assert.ok(record);
  const lost = archives.batch();
  const event = { ...scope, bus: 'default', source: 'shop', detailType: 'Order', time: 5, resources: [], depth: 0 };
  await lost.add([record], { ...event, id: 'lost', detail: '{"number":2}' });
  await lost.flush();
  await lost.abandon();
  await bench.put(entry(3));
  await archived(bench, 2);
  await bench.rule('r', { EventPattern: '{"source":["shop"]}' }, { Id: 'x', Arn: topic });
  await start(bench, 'again');
  await replayed(bench, 'again');
  assert.deepEqual(numbers(bench), [1, 3]);
});

test('an event that is in an archive twice is replayed once', async () => {
  await using bench = await EventsBench.open();
  await bench.call('CreateArchive', { ArchiveName: 'all', EventSourceArn: bus });
  await bench.rule('r', { EventPattern: '{"source":["shop"]}' }, { Id: 'x', Arn: topic });
  const [record] = bench.ledger.list(eventArchiveRecords, scope);
  assert.ok(record);
  const event = { ...scope, bus: 'default', source: 'shop', detailType: 'Order', time: 5, resources: [], depth: 0 };
  const batch = bench.service.archives.batch();
  for (const _ of [1, 2]) await batch.add([record], { ...event, id: 'twice', detail: '{"number":1}' });
  await batch.flush();
  bench.ledger.transact((transaction) => batch.commit(transaction));
  await archived(bench, 2);
  await start(bench, 'again');
  await replayed(bench, 'again');
  assert.deepEqual(numbers(bench), [1]);
});

test('what is older than the days that an archive keeps goes, and is not replayed before that either', async () => {
  await using bench = await EventsBench.open();
  await bench.call('CreateArchive', { ArchiveName: 'all', EventSourceArn: bus, RetentionDays: 2 });
  await bench.put(entry(1));
  await archived(bench, 1);
  await bench.advance(1.5 * day);
  await bench.put(entry(2));
  await archived(bench, 2);
  await bench.advance(day);
  await archived(bench, 1);
  await bench.rule('r', { EventPattern: '{"source":["shop"]}' }, { Id: 'x', Arn: topic });
  await start(bench, 'again');
  await replayed(bench, 'again');
  assert.deepEqual(numbers(bench), [2]);
  const [record] = bench.ledger.list(eventArchiveRecords, scope);
  await bench.until('its file is gone', async () => readdirSync(join(bench.directory, record?.id ?? '')).length === 1);
});

test('an archive that is deleted takes its files with it, and ends its replays', async () => {
  await using bench = await EventsBench.open();
  await bench.call('CreateArchive', { ArchiveName: 'all', EventSourceArn: bus });
  await bench.put(entry(1));
  await archived(bench, 1);
  await bench.call('CreateEventBus', { Name: 'own' });
  await bench.call('DeleteArchive', { ArchiveName: 'all' });
  await bench.settle();
  await bench.until('its directory is gone', async () => readdirSync(bench.directory).length === 0);
  assert.equal(bench.ledger.list(archiveSegmentRecords, scope).length, 0);
  assert.equal(
    await refusal(bench, 'DescribeArchive', { ArchiveName: 'all' }),
    'ResourceNotFoundException: Archive all does not exist.',
  );
});

test('files that no transaction knows of are removed before anything is written', async () => {
  await using bench = await EventsBench.open();
  mkdirSync(join(bench.directory, 'lost'), { recursive: true });
  writeFileSync(join(bench.directory, 'lost', '00000001.seg'), 'x');
  await bench.call('CreateArchive', { ArchiveName: 'all', EventSourceArn: bus });
  await bench.put(entry(1));
  await archived(bench, 1);
  assert.equal(existsSync(join(bench.directory, 'lost')), false);
});

test('a damaged file costs the events in it that cannot be read, and the replay says so', async () => {
  await using bench = await EventsBench.open();
  await bench.call('CreateArchive', { ArchiveName: 'all', EventSourceArn: bus });
  await bench.put(entry(1));
  await archived(bench, 1);
  await bench.restart();
  await bench.put(entry(2));
  await archived(bench, 2);
  const [record] = bench.ledger.list(eventArchiveRecords, scope);
  const directory = join(bench.directory, record?.id ?? '');
  const [first = ''] = readdirSync(directory).sort();
  const bytes = readFileSync(join(directory, first));
  bytes.writeUInt8(bytes.readUInt8(40) ^ 0xff, 40);
  writeFileSync(join(directory, first), bytes);
  await bench.rule('r', { EventPattern: '{"source":["shop"]}' }, { Id: 'x', Arn: topic });
  await start(bench, 'again');
  const { StateReason } = await replayed(bench, 'again');
  assert.equal(StateReason, 'Some events of the archive are damaged and were left out.');
  assert.deepEqual(numbers(bench), [2]);
});

test('an event that another version has archived is left out, and the replay says so and ends', async () => {
  await using bench = await EventsBench.open();
  await bench.call('CreateArchive', { ArchiveName: 'all', EventSourceArn: bus });
  const { files } = bench.service.archives;
  const append = files.append.bind(files);
  const byAnother = (payload: Uint8Array) => Buffer.from(Buffer.from(payload).toString().replace('{"v":1', '{"v":9'));
  files.append = (id, records, now) =>
    append(
      id,
      records.map((record) => ({ ...record, payload: byAnother(record.payload) })),
      now,
    );
  await bench.put(entry(1));
  await archived(bench, 1);
  files.append = append;
  await bench.put(entry(2));
  await archived(bench, 2);
  await bench.rule('r', { EventPattern: '{"source":["shop"]}' }, { Id: 'x', Arn: topic });
  await start(bench, 'again');
  const { StateReason } = await replayed(bench, 'again');
  assert.equal(
    StateReason,
    'Some events of the archive were written by another version of Batchyard and were left out.',
  );
  assert.deepEqual(numbers(bench), [2]);
});

test('an archive whose directory cannot be written misses events and says why, while rules go on having them', async () => {
  await using bench = await EventsBench.open();
  writeFileSync(bench.directory, 'no directory');
  await bench.rule('r', { EventPattern: '{"source":["shop"]}' }, { Id: 'x', Arn: topic });
  await bench.call('CreateArchive', { ArchiveName: 'all', EventSourceArn: bus });
  await bench.put(entry(1));
  await bench.until('the rule has it', async () => {
    return bench.calls.length === 1;
  });
  const { StateReason } = await bench.call('DescribeArchive', { ArchiveName: 'all' });
  assert.match(String(StateReason), /^Events are missing: /);
  rmSync(bench.directory);
  await bench.put(entry(2));
  assert.equal((await archived(bench, 1)).StateReason, undefined);
});

test('a replay that is cancelled ends, and what is over cannot be cancelled', async () => {
  await using bench = await EventsBench.open();
  await bench.call('CreateArchive', { ArchiveName: 'all', EventSourceArn: bus });
  await bench.put(entry(1));
  await archived(bench, 1);
  bench.due.pause();
  await start(bench, 'again');
  assert.equal((await bench.call('CancelReplay', { ReplayName: 'again' })).State, 'CANCELLING');
  assert.match(await refusal(bench, 'CancelReplay', { ReplayName: 'again' }), /^IllegalStatusException/);
  bench.due.open();
  await replayed(bench, 'again', 'CANCELLED');
  assert.equal(
    await refusal(bench, 'CancelReplay', { ReplayName: 'again' }),
    'IllegalStatusException: Replay again is not in a valid state for this operation.',
  );
  await bench.advance(91 * day);
  assert.equal(
    await refusal(bench, 'DescribeReplay', { ReplayName: 'again' }),
    'ResourceNotFoundException: Replay again does not exist.',
  );
});

test("ten replays go on at once in a region, and what cannot be is refused in AWS's words", async () => {
  await using bench = await EventsBench.open();
  await bench.call('CreateArchive', { ArchiveName: 'all', EventSourceArn: bus });
  await bench.call('CreateEventBus', { Name: 'own' });
  const wrong = async (words: string, more: object) => {
    const [EventStartTime, EventEndTime, Destination] = [1, 2, { Arn: bus }];
    const given = { ReplayName: 'x', EventSourceArn: archive, EventStartTime, EventEndTime, Destination, ...more };
    assert.equal(await refusal(bench, 'StartReplay', given), words);
  };
  await wrong('ResourceNotFoundException: Archive none does not exist.', { EventSourceArn: `${prefix}:archive/none` });
  await wrong(
    'ValidationException: Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.',
    { EventEndTime: 1 },
  );
  const notValid = 'ValidationException: Parameter Destination.Arn is not valid. Reason:';
  await wrong(`${notValid} Must contain an event bus ARN.`, { Destination: { Arn: archive } });
  await wrong(`${notValid} Cross event bus replay is not permitted.`, {
    Destination: { Arn: `${prefix}:event-bus/own` },
  });
  bench.due.pause();
  for (let number = 0; number < 10; number += 1) await start(bench, `r${number}`);
  await wrong('LimitExceededException: The requested resource exceeds the maximum number allowed.', {});
  const { Replays } = await bench.call<{ Replays: object[] }>('ListReplays', { State: 'STARTING' });
  assert.equal(Replays.length, 10);
  await wrong('ResourceAlreadyExistsException: Replay r1 already exists.', { ReplayName: 'r1' });
});

test('the rule that AWS keeps for an archive shows on its bus, which cannot go before the archive', async () => {
  await using bench = await EventsBench.open();
  await bench.call('CreateEventBus', { Name: 'own' });
  const EventSourceArn = `${prefix}:event-bus/own`;
  await bench.call('CreateArchive', { ArchiveName: 'a', EventSourceArn, EventPattern: '{"source":["shop"]}' });
  const { Rules } = await bench.call<{ Rules: Described[] }>('ListRules', { EventBusName: 'own' });
  assert.deepEqual(
    Rules.map(({ Name, EventPattern }) => [Name, EventPattern]),
    [['Events-Archive-a', '{"source":["shop"],"replay-name":[{"exists":false}]}']],
  );
  assert.match(await refusal(bench, 'DeleteRule', { Name: 'Events-Archive-a', EventBusName: 'own' }), /^ManagedRule/);
  assert.equal(
    await refusal(bench, 'DeleteEventBus', { Name: 'own' }),
    "ValidationException: Event bus can't be deleted since it has rules.",
  );
  assert.equal(
    await refusal(bench, 'CreateArchive', { ArchiveName: 'a', EventSourceArn }),
    'ResourceAlreadyExistsException: Archive a already exists.',
  );
  await bench.call('UpdateArchive', { ArchiveName: 'a', Description: 'd', RetentionDays: 3 });
  const { Description, EventPattern, RetentionDays } = await bench.call('DescribeArchive', { ArchiveName: 'a' });
  assert.deepEqual([Description, EventPattern, RetentionDays], ['d', '{"source":["shop"]}', 3]);
});

test('what was appended behind what counts is not read: a crash came before its transaction', async () => {
  await using bench = await EventsBench.open();
  await bench.call('CreateArchive', { ArchiveName: 'all', EventSourceArn: bus });
  await bench.put(entry(1));
  await archived(bench, 1);
  const [record] = bench.ledger.list(eventArchiveRecords, scope);
  const directory = join(bench.directory, record?.id ?? '');
  const [file = ''] = readdirSync(directory);
  const whole = readFileSync(join(directory, file));
  // The same frame again: nothing is wrong with it but that nobody has committed it.
  appendFileSync(join(directory, file), whole.subarray(8));
  await bench.restart();
  await bench.rule('r', { EventPattern: '{"source":["shop"]}' }, { Id: 'x', Arn: topic });
  await start(bench, 'again');
  await replayed(bench, 'again');
  assert.equal((await bench.call('DescribeArchive', { ArchiveName: 'all' })).EventCount, 1);
  assert.deepEqual(numbers(bench), [1]);
});

test('an archive of another region has no event of this one', async () => {
  await using bench = await EventsBench.open();
  const other = { region: 'eu-west-1' as Region };
  const EventSourceArn = `arn:aws:events:eu-west-1:${scope.account}:event-bus/default`;
  await bench.call('CreateArchive', { ArchiveName: 'all', EventSourceArn: bus });
  await bench.call('CreateArchive', { ArchiveName: 'all', EventSourceArn }, other);
  await bench.put(entry(1));
  await archived(bench, 1);
  assert.equal((await bench.call('DescribeArchive', { ArchiveName: 'all' }, other)).EventCount, 0);
});
