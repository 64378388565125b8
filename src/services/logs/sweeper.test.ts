import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CommitFailed } from '../../core/errors.ts';
import { markDeleted } from './groups.ts';
import { day } from './limits.ts';
import { LogsFixture, scope } from './logs-fixture.ts';
import { groupDeletionRecords, logGroupRecords } from './records.ts';

async function messages(logs: LogsFixture, logGroupName: string, logStreamName: string) {
  const { events } = await logs.call('GetLogEvents', { logGroupName, logStreamName });
  return (events ?? []).map(({ message }) => message);
}

/** A finished stream of a task, of about `bytes` bytes, at the clock's time. */
async function finished(logs: LogsFixture, groupName: string, streamName: string, bytes: number) {
  const { directory, writer } = await logs.task(groupName, streamName, 50_000);
  for (let written = 0; written < bytes; written += 1020) writer.append(logs.clock.now(), Buffer.alloc(1000, 'x'));
  writer.close();
  await logs.service.streams.finish(scope, groupName, streamName);
  return directory;
}

test('expired segments go, with their files; events that have just expired are hidden at once', async () => {
  await using logs = await LogsFixture.open();
  const directory = await finished(logs, 'g', 's', 100_000);
  await logs.call('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 1 });
  logs.clock.advance(day / 2);
  await logs.put({ logGroupName: 'g', logStreamName: 's' }, ['newer']);
  logs.clock.advance(day / 2 + 1);
  assert.deepEqual(await messages(logs, 'g', 's'), ['newer']);
  await logs.service.sweeper.sweep();
  await logs.service.close();
  assert.deepEqual(readdirSync(directory), ['p00000001.seg']);
  const record = await logs.store.reads.logStream(scope, 'g', 's');
  assert.equal(record?.storedBytes, await logs.store.reads.logBytes());
  assert.equal(record?.firstEventAt, record?.lastEventAt);
  await logs.put({ logGroupName: 'g', logStreamName: 's' }, ['newest']);
  assert.deepEqual(await messages(logs, 'g', 's'), ['newer', 'newest']);
});

test('an open segment that expires is not written to again', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream('g', 's');
  await logs.put(names, ['old']);
  await logs.call('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 1 });
  logs.clock.advance(2 * day);
  await logs.service.sweeper.sweep();
  await logs.put(names, ['new']);
  assert.deepEqual(await messages(logs, 'g', 's'), ['new']);
});

test('without a retention nothing expires', async () => {
  await using logs = await LogsFixture.open();
  await logs.put(await logs.stream('g', 's'), ['old']);
  logs.clock.advance(4000 * day);
  await logs.service.sweeper.sweep();
  assert.deepEqual(await messages(logs, 'g', 's'), ['old']);
});

test('over the size limit the oldest finished streams are dropped, say so, and running ones are left alone', async () => {
  await using logs = await LogsFixture.open({ maximumBytes: 250_000 });
  const live = await logs.task('g', 'live', 50_000);
  live.writer.append(logs.clock.now(), Buffer.from('running'));
  live.writer.flush();
  for (const name of ['first', 'second', 'third']) {
    logs.clock.advance(1000);
    await finished(logs, 'g', name, 100_000);
  }
  await logs.service.sweeper.sweep();
  const [notice, ...others] = await messages(logs, 'g', 'first');
  assert.match(
    notice ?? '',
    /^\[batchyard\] 99 events \(\d+ bytes\) of this stream were deleted: .* limit of 250000 bytes\.$/,
  );
  assert.deepEqual(others, []);
  assert.equal((await messages(logs, 'g', 'second')).length, 99);
  assert.deepEqual(await messages(logs, 'g', 'live'), ['running']);
  assert.ok((await logs.store.reads.logBytes()) <= 250_000);
  assert.ok(logs.logged.some(({ level, message }) => level === 'warn' && /over their size limit/.test(message)));
  live.writer.close();
});

test('a stream with nothing but a notice is deleted when its turn comes again', async () => {
  await using logs = await LogsFixture.open({ maximumBytes: 60_000 });
  await finished(logs, 'g', 'first', 100_000);
  await logs.service.sweeper.sweep();
  assert.equal((await messages(logs, 'g', 'first')).length, 1);
  logs.clock.advance(1000);
  await finished(logs, 'g', 'second', 100_000);
  await logs.service.sweeper.sweep();
  assert.equal(await logs.store.reads.logStream(scope, 'g', 'first'), undefined);
  assert.equal((await messages(logs, 'g', 'second')).length, 1);
});

test('a started sweeper sweeps on the clock, and stops', async () => {
  await using logs = await LogsFixture.open({ maximumBytes: 50_000, sweepEvery: 1000 });
  await finished(logs, 'g', 's', 100_000);
  logs.service.sweeper.begin();
  while (logs.clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
  logs.clock.advance(1000);
  await logs.service.sweeper.sweep();
  assert.equal((await messages(logs, 'g', 's')).length, 1);
  while (logs.clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
  await logs.service.sweeper.stop();
  assert.equal(logs.clock.pending, 0);
});

test('a sweep that finds changes refused writes no notice', async () => {
  await using logs = await LogsFixture.open({ maximumBytes: 50_000 });
  const directory = await finished(logs, 'g', 's', 100_000);
  const before = readdirSync(directory);
  logs.ledger.refuseChanges(new CommitFailed('disk-full', 'no space left'));
  await assert.rejects(logs.service.sweeper.sweep(), /no space left/);
  assert.deepEqual(readdirSync(directory), before);
  logs.ledger.refuseChanges(undefined);
  await logs.service.sweeper.sweep();
  assert.equal((await messages(logs, 'g', 's')).length, 1);
});

/** A group whose deletion was cut short after its first transaction. */
async function halfDeleted(logs: LogsFixture): Promise<void> {
  await logs.put(await logs.stream('g', 's'), ['line']);
  const group = logs.ledger.get(logGroupRecords, scope, 'g') ?? assert.fail();
  logs.ledger.transact((transaction) => markDeleted(logs, transaction, group));
  await logs.store.settled();
}

test('deletions of groups go on each time that the sweeper begins, and not while it is paused', async () => {
  await using logs = await LogsFixture.open();
  const { sweeper } = logs.service;
  await halfDeleted(logs);
  const left = () => logs.ledger.all(groupDeletionRecords).length;
  sweeper.begin();
  sweeper.pause();
  for (let turn = 0; turn < 30; turn += 1) await nextTurn();
  assert.deepEqual([left(), logs.clock.pending], [1, 0]);
  sweeper.begin();
  while (left() > 0) await nextTurn();
  assert.equal(await logs.store.reads.logStream(scope, 'g', 's'), undefined);
  while (logs.clock.pending === 0) await nextTurn();
  await halfDeleted(logs);
  sweeper.begin();
  while (left() > 0) await nextTurn();
});

test('a sweeper that has stopped begins no more', async () => {
  await using logs = await LogsFixture.open();
  await halfDeleted(logs);
  await logs.service.sweeper.stop();
  logs.service.sweeper.begin();
  for (let turn = 0; turn < 30; turn += 1) await nextTurn();
  assert.deepEqual([logs.ledger.all(groupDeletionRecords).length, logs.clock.pending], [1, 0]);
});
