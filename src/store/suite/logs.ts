import assert from 'node:assert/strict';
import type { LogStreamQuery, Store } from '../contract.ts';
import type { LogStreamRecord } from '../records.ts';
import { type StoreHome, storeTest } from './home.ts';
import { groupName, ireland, segment, stream, virginia } from './samples.ts';

const putStreams = (records: readonly LogStreamRecord[]) =>
  records.map((record) => ({ kind: 'stream.put', record }) as const);

async function list(store: Store, query: Partial<LogStreamQuery>): Promise<string[]> {
  const whole = { scope: virginia, groupName, order: 'name', descending: false, limit: 100, ...query } as const;
  return (await store.reads.logStreams(whole)).map(({ name }) => name);
}

/** All names, page by page. */
async function pages(store: Store, query: Pick<LogStreamQuery, 'order' | 'descending'>): Promise<string[]> {
  const names: string[] = [];
  for (let after: LogStreamQuery['after']; ; ) {
    const page = await store.reads.logStreams({
      scope: virginia,
      groupName,
      limit: 2,
      ...query,
      ...(after ? { after } : {}),
    });
    names.push(...page.map(({ name }) => name));
    const last = page.at(-1);
    if (!last) return names;
    after = { name: last.name, ...(last.lastEventAt === undefined ? {} : { lastEventAt: last.lastEventAt }) };
  }
}

export function logTests(home: () => Promise<StoreHome>): void {
  storeTest('a stream comes back as it was last put, and not once it is deleted', home, async (store) => {
    await store.commit(putStreams([stream('a'), stream('b')]));
    const changed = stream('a', { firstEventAt: 1, lastEventAt: 5, lastIngestionAt: 6, storedBytes: 7, live: true });
    await store.commit([...putStreams([changed]), { kind: 'stream.delete', scope: virginia, groupName, name: 'b' }]);
    assert.deepEqual(await store.reads.logStream(virginia, groupName, 'a'), changed);
    assert.equal(await store.reads.logStream(virginia, groupName, 'b'), undefined);
    assert.equal(await store.reads.logStream(ireland, groupName, 'a'), undefined);
  });

  storeTest('streams are listed by name both ways, by code point, with a prefix, and in pages', home, async (store) => {
    const names = ['a', 'a/1', 'a/2', 'b', 'é', '\uE000', '\u{1F600}'];
    await store.commit(
      putStreams([...names.toReversed().map((name) => stream(name)), stream('x', { groupName: 'other' })]),
    );
    assert.deepEqual(await list(store, {}), names);
    assert.deepEqual(await list(store, { descending: true }), names.toReversed());
    assert.deepEqual(await list(store, { namePrefix: 'a/' }), ['a/1', 'a/2']);
    assert.deepEqual(await list(store, { namePrefix: 'a', descending: true }), ['a/2', 'a/1', 'a']);
    assert.deepEqual(await list(store, { namePrefix: 'a', after: { name: 'a' } }), ['a/1', 'a/2']);
    assert.deepEqual(await list(store, { namePrefix: 'a', descending: true, after: { name: 'a/2' } }), ['a/1', 'a']);
    assert.deepEqual(await pages(store, { order: 'name', descending: false }), names);
    assert.deepEqual(await pages(store, { order: 'name', descending: true }), names.toReversed());
  });

  storeTest(
    'streams are listed by last event both ways, those without events last, and in pages',
    home,
    async (store) => {
      const lasts: [string, number?][] = [['a', 30], ['b', 10], ['c'], ['d', 10], ['e']];
      await store.commit(
        putStreams(lasts.map(([name, at]) => stream(name, at === undefined ? {} : { lastEventAt: at }))),
      );
      const ascending = ['b', 'd', 'a', 'c', 'e'];
      const descending = ['a', 'd', 'b', 'e', 'c'];
      assert.deepEqual(await list(store, { order: 'lastEventAt' }), ascending);
      assert.deepEqual(await list(store, { order: 'lastEventAt', descending: true }), descending);
      assert.deepEqual(await pages(store, { order: 'lastEventAt', descending: false }), ascending);
      assert.deepEqual(await pages(store, { order: 'lastEventAt', descending: true }), descending);
      assert.deepEqual(await list(store, { order: 'lastEventAt', namePrefix: 'd' }), ['d']);
    },
  );

  storeTest('live streams are those that a task still writes to', home, async (store) => {
    await store.commit(putStreams([stream('a', { live: true }), stream('b'), stream('c', { live: true, ...ireland })]));
    const live = async (limit: number, after?: LogStreamRecord) =>
      (await store.reads.liveLogStreams({ limit, ...(after && { after }) })).map(({ name }) => name);
    assert.deepEqual(await live(10), ['a', 'c']);
    assert.deepEqual(await live(1), ['a']);
    assert.deepEqual(await live(10, stream('a')), ['c']);
    assert.deepEqual(await live(10, stream('c', ireland)), []);
    await store.commit(putStreams([stream('a')]));
    assert.deepEqual(await live(10), ['c']);
  });
}

export function logSegmentTests(home: () => Promise<StoreHome>): void {
  storeTest('segments of a stream come by file name, as last put, less those deleted', home, async (store) => {
    await store.commit([
      { kind: 'segment.put', record: segment('a', '2') },
      { kind: 'segment.put', record: segment('a', '1') },
      { kind: 'segment.put', record: segment('a', '3') },
      { kind: 'segment.put', record: segment('b', '1') },
    ]);
    await store.commit([
      { kind: 'segment.put', record: segment('a', '2', { bytes: 250, events: 4 }) },
      { kind: 'segment.delete', scope: virginia, groupName, streamName: 'a', file: '3' },
    ]);
    const expected = [segment('a', '1'), segment('a', '2', { bytes: 250, events: 4 })];
    assert.deepEqual(await store.reads.logSegments(virginia, groupName, 'a'), expected);
    assert.equal(await store.reads.logBytes(), 450);
  });

  storeTest(
    'expired segments are those of the group whose newest event is before a time, oldest first',
    home,
    async (store) => {
      const records = [
        segment('a', '1', { lastEventAt: 20 }),
        segment('b', '1', { lastEventAt: 10 }),
        segment('a', '2', { lastEventAt: 30 }),
        segment('c', '1', { lastEventAt: 5, groupName: 'other' }),
      ];
      await store.commit(records.map((record) => ({ kind: 'segment.put', record }) as const));
      const expired = async (before: number, limit: number) =>
        (await store.reads.expiredLogSegments({ scope: virginia, groupName, before, limit })).map(
          ({ streamName, file }) => streamName + file,
        );
      assert.deepEqual(await expired(30, 10), ['b1', 'a1']);
      assert.deepEqual(await expired(31, 2), ['b1', 'a1']);
      assert.deepEqual(await expired(10, 10), []);
    },
  );

  storeTest('the oldest finished streams are those with segments that ended longest ago', home, async (store) => {
    await store.commit([
      { kind: 'segment.put', record: segment('before-its-stream', '1') },
      ...putStreams([
        stream('late', { lastEventAt: 30 }),
        stream('before-its-stream', { lastEventAt: 20 }),
        stream('live', { lastEventAt: 1, live: true }),
        stream('no-segments', { lastEventAt: 1 }),
        stream('elsewhere', { lastEventAt: 25, ...ireland }),
      ]),
      { kind: 'segment.put', record: segment('late', '1') },
      { kind: 'segment.put', record: segment('late', '2') },
      { kind: 'segment.put', record: segment('live', '1') },
      { kind: 'segment.put', record: segment('elsewhere', '1', { ...ireland }) },
    ]);
    const oldest = async (limit: number) => (await store.reads.oldestFinishedLogStreams(limit)).map(({ name }) => name);
    assert.deepEqual(await oldest(10), ['before-its-stream', 'elsewhere', 'late']);
    assert.deepEqual(await oldest(1), ['before-its-stream']);
    await store.commit([
      ...putStreams([stream('before-its-stream', { lastEventAt: 40 })]),
      { kind: 'segment.delete', scope: virginia, groupName, streamName: 'late', file: '1' },
    ]);
    assert.deepEqual(await oldest(10), ['elsewhere', 'late', 'before-its-stream']);
    await store.commit([{ kind: 'segment.delete', scope: virginia, groupName, streamName: 'late', file: '2' }]);
    assert.deepEqual(await oldest(10), ['elsewhere', 'before-its-stream']);
  });
}
