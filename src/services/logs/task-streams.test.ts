import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogsFixture } from './logs-fixture.ts';

test('streams left live by a crash are finished at the next start, those of running tasks are not', async () => {
  await using logs = await LogsFixture.open();
  for (const name of ['a', 'b', 'c']) {
    const { writer } = await logs.task('g', name);
    writer.append(logs.clock.now(), Buffer.from(`line of ${name}`));
    writer.close();
  }
  await logs.restart();
  await logs.service.streams.finishAbandoned(({ streamName }) => streamName === 'b');
  const live = await logs.store.reads.liveLogStreams({ limit: 10 });
  assert.deepEqual(
    live.map(({ name }) => name),
    ['b'],
  );
  const { events } = await logs.call('GetLogEvents', { logGroupName: 'g', logStreamName: 'a' });
  assert.deepEqual(
    events?.map(({ message }) => message),
    ['line of a'],
  );
});

test('however many streams a crash left live, they are read by pages and finished in a commit each page', async () => {
  await using logs = await LogsFixture.open();
  const names = Array.from({ length: 120 }, (_, number) => `s-${String(number).padStart(3, '0')}`);
  for (const name of names) (await logs.task('g', name)).writer.close();
  await logs.restart();
  const { commit } = logs.store;
  const finished: number[] = [];
  logs.store.commit = (changes) => {
    finished.push(changes.length);
    return commit.call(logs.store, changes);
  };
  // Some run, the first page among them.
  await logs.service.streams.finishAbandoned(({ streamName }) => streamName < 's-060');
  assert.deepEqual(finished, [40, 20]);
  const live = await logs.store.reads.liveLogStreams({ limit: 1_000 });
  assert.deepEqual(
    live.map(({ name }) => name),
    names.slice(0, 60),
  );
});
