import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { Archive, type ArchiveLimits } from '../../src/audit/archive.ts';
import {
  type CloudTrailRecord,
  type LookupAttribute,
  lookupAttributes,
  valuesOf,
} from '../../src/audit/cloudtrail-record.ts';
import { type LookupQuery, lookUp, type Position } from '../../src/audit/lookup.ts';
import { noteText } from '../../src/audit/note.ts';
import { ManualClock } from '../../src/core/clock.ts';
import { SystemRandom, uuidV7 } from '../../src/core/random.ts';
import { effort } from '../support/effort.ts';
import { recordOfSketch, type Sketch } from './sketch.ts';

const region = 'us-east-1';
const day = 86_400_000;
const large: ArchiveLimits = { age: 90 * day, bytes: 2 ** 40, segmentBytes: 2 ** 30 };
const sketch: Sketch = {
  ...{ id: 'e', name: 'SubmitJob', region, user: 'ada', time: 1_700_000_000, readOnly: false },
  ...{ category: 'Management', resources: [] },
};

function directoryFor(t: Pick<TestContext, 'after'>): string {
  const directory = mkdtempSync(join(tmpdir(), 'audit-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

async function open(directory: string, limits: Partial<ArchiveLimits> = {}) {
  const notes: string[] = [];
  const clock = new ManualClock();
  const note = (words: string) => void notes.push(words);
  const archive = await Archive.open({ directory, clock, limits: { ...large, ...limits }, note });
  return { archive, notes, clock };
}

const everything: LookupQuery = { region, category: 'Management', limit: 50 };

async function allOf(archive: Archive, query: LookupQuery): Promise<string[]> {
  const found: string[] = [];
  let before: Position | undefined;
  do {
    const page = await archive.lookUp({ ...query, ...(before && { before }) });
    found.push(...page.records);
    before = page.next;
  } while (before);
  return found;
}

function idsOf(records: readonly string[]): readonly string[] {
  return records.map((text) => (JSON.parse(text) as CloudTrailRecord).eventID);
}

const sketches = fc.array(
  fc.record({
    id: fc.uuid(),
    name: fc.constantFrom('SubmitJob', 'ListJobs', 'CreateJobQueue'),
    region: fc.constantFrom(region, 'eu-west-1'),
    user: fc.constantFrom('ada', 'bob', 'a "quoted" one'),
    time: fc.integer({ min: 1_699_999_900, max: 1_700_000_100 }),
    readOnly: fc.boolean(),
    category: fc.constantFrom('Management' as const, 'Data' as const),
    resources: fc.subarray(['arn:aws:batch:us-east-1:123456789012:job-queue/q', 'arn:aws:batch:::job-queue/r']),
  }),
  { maxLength: 40 },
);
const queries = fc.record(
  {
    attribute: fc.record({
      key: fc.constantFrom(...lookupAttributes),
      value: fc.constantFrom('SubmitJob', 'ada', 'a "quoted" one', 'true', 'q', 'r', 'batch.amazonaws.com', 'AKIAbob'),
    }),
    from: fc.integer({ min: 1_699_999_900, max: 1_700_000_100 }).map((at) => at * 1000),
    to: fc.integer({ min: 1_699_999_900, max: 1_700_000_100 }).map((at) => at * 1000),
  },
  { requiredKeys: [] },
);

/** What a lookup must find: a list, and nothing but it. */
function naively(records: readonly string[], query: Omit<LookupQuery, 'limit'>): readonly string[] {
  return records.toReversed().filter((text) => {
    const record = JSON.parse(text) as CloudTrailRecord;
    const { attribute, from = 0, to = Number.POSITIVE_INFINITY } = query;
    const time = Date.parse(record.eventTime);
    const has = !attribute || valuesOf(record, attribute.key).includes(attribute.value);
    return (
      record.awsRegion === query.region && record.eventCategory === query.category && has && time >= from && time <= to
    );
  });
}

test('a lookup finds, page by page, what a look at every record finds, wherever segments end and whether they are packed', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      sketches,
      queries,
      fc.integer({ min: 1, max: 7 }),
      fc.boolean(),
      async (given, asked, limit, packs) => {
        const directory = mkdtempSync(join(tmpdir(), 'audit-'));
        t.after(() => rmSync(directory, { recursive: true }));
        const { archive, notes } = await open(directory, { segmentBytes: 3_000 });
        const records = given.map(recordOfSketch);
        for (const record of records) archive.append([record]);
        if (packs) await archive.tidy();
        const query = { ...asked, region, category: 'Management' as const, limit };
        assert.deepEqual(await allOf(archive, query), naively(records, query));
        assert.deepEqual(notes, []);
        await archive.close();
      },
    ),
    { numRuns: Math.ceil(30 * effort) },
  );
});

test('records are found again by the next one that opens the directory, before and after it has packed them', async (t) => {
  const directory = directoryFor(t);
  const first = await open(directory);
  const ids = Array.from({ length: 2_000 }, (_, index) => `e${index}`);
  first.archive.append(ids.map((id) => recordOfSketch({ ...sketch, id })));
  await first.archive.close();
  const second = await open(directory);
  assert.deepEqual(idsOf(await allOf(second.archive, everything)), ids.toReversed());
  await second.archive.tidy();
  assert.deepEqual(readdirSync(directory).sort(), ['00000001.idx', '00000001.zst']);
  assert.deepEqual(idsOf(await allOf(second.archive, everything)), ids.toReversed());
  const byId = { key: 'EventId' as LookupAttribute, value: 'e7' };
  assert.deepEqual(idsOf(await allOf(second.archive, { ...everything, attribute: byId })), ['e7']);
  await second.archive.close();
});

test('pages go on where they ended though their segment is packed meanwhile and more is written', async (t) => {
  const { archive } = await open(directoryFor(t), { segmentBytes: 10_000 });
  const ids = Array.from({ length: 100 }, (_, index) => `e${index}`);
  for (const id of ids) archive.append([recordOfSketch({ ...sketch, id })]);
  const first = await archive.lookUp({ ...everything, limit: 30 });
  await archive.tidy();
  archive.append([recordOfSketch({ ...sketch, id: 'later' })]);
  const rest = await allOf(archive, { ...everything, ...(first.next && { before: first.next }) });
  assert.deepEqual(idsOf([...first.records, ...rest]), ids.toReversed());
  await archive.close();
});

for (const [what, spoil, left] of [
  ['is torn', (path: string) => truncateSync(path, readFileSync(path).length - 3), ['e0']],
  ['has zeros behind it', (path: string) => appendFileSync(path, Buffer.alloc(4096)), ['e1', 'e0']],
  ['has other bytes behind it', (path: string) => appendFileSync(path, 'something else'), ['e1', 'e0']],
] as const) {
  test(`a log whose end ${what} gives every whole record, and the rest is set aside`, async (t) => {
    const directory = directoryFor(t);
    const first = await open(directory);
    for (const id of ['e0', 'e1']) first.archive.append([recordOfSketch({ ...sketch, id })]);
    await first.archive.close();
    spoil(join(directory, '00000001.log'));
    const { archive, notes } = await open(directory);
    assert.deepEqual(idsOf(await allOf(archive, everything)), left);
    await archive.tidy();
    assert.deepEqual(idsOf(await allOf(archive, everything)), left);
    assert.match(notes.join(), /was torn or damaged at byte \d+: what follows is now .*00000001\.log\.torn/);
    assert.ok(readdirSync(directory).includes('00000001.log.torn'));
    await archive.close();
  });
}

test('files that are empty, foreign or left half-made by a crash keep nothing from working', async (t) => {
  const directory = directoryFor(t);
  writeFileSync(join(directory, '00000001.log'), '');
  writeFileSync(join(directory, '00000002.log'), 'no log of ours');
  writeFileSync(join(directory, '00000003.zst.draft'), 'half');
  writeFileSync(join(directory, 'README'), 'a note');
  const { archive, notes } = await open(directory);
  archive.append([recordOfSketch(sketch)]);
  assert.deepEqual(idsOf(await allOf(archive, everything)), ['e']);
  await archive.close();
  assert.deepEqual(readdirSync(directory).sort(), ['00000002.log', '00000004.log', 'README']);
  assert.match(notes.join(), /00000002\.log is no file of the audit/);
});

test('what is no file in the place of one, or no directory in the place of theirs, is set aside', async (t) => {
  const directory = join(directoryFor(t), 'audit');
  symlinkSync('/nonexistent/x', directory);
  const first = await open(directory);
  first.archive.append([recordOfSketch(sketch)]);
  await first.archive.close();
  assert.match(first.notes.join(), /should be a directory and is none/);
  execFileSync('mkfifo', [join(directory, '00000002.log')]);
  mkdirSync(join(directory, '00000003.zst', 'inner'), { recursive: true });
  symlinkSync('/nonexistent/x', join(directory, '00000004.log'));
  const { archive, notes } = await open(directory);
  assert.deepEqual(idsOf(await allOf(archive, everything)), ['e']);
  archive.append([recordOfSketch({ ...sketch, id: 'f' })]);
  assert.deepEqual(idsOf(await allOf(archive, everything)), ['f', 'e']);
  await archive.close();
  assert.equal(notes.filter((words) => /should be a file and is none/.test(words)).length, 3);
});

test('an index that is lost or damaged is made anew; of a damaged block the records are missed and the log says so', async (t) => {
  const directory = directoryFor(t);
  const first = await open(directory);
  const ids = Array.from({ length: 1_000 }, (_, index) => `e${index}`);
  first.archive.append(ids.map((id) => recordOfSketch({ ...sketch, id })));
  await first.archive.close();
  const second = await open(directory);
  await second.archive.tidy();
  await second.archive.close();
  const index = join(directory, '00000001.idx');
  for (const spoil of [() => rmSync(index), () => truncateSync(index, 50), () => writeFileSync(index, 'x')]) {
    spoil();
    const { archive } = await open(directory);
    assert.deepEqual(idsOf(await allOf(archive, everything)), ids.toReversed());
    await archive.close();
  }
  const packed = join(directory, '00000001.zst');
  const bytes = readFileSync(packed);
  bytes[30] = (bytes[30] ?? 0) ^ 1;
  writeFileSync(packed, bytes);
  const { archive, notes } = await open(directory);
  const found = idsOf(await allOf(archive, everything));
  assert.ok(found.length > 100 && found.length < 1_000 && found[0] === 'e999');
  assert.match(notes.join(), /is damaged at byte 8/);
  await archive.close();
});

test('packed segments go when all in them is too old, and the oldest when there is no more room', async (t) => {
  const directory = directoryFor(t);
  const { archive, clock, notes } = await open(directory, { segmentBytes: 1_000 });
  const now = clock.now() / 1000;
  for (const [id, time] of [
    ['old', now - 91 * 86_400],
    ['young', now],
  ] as const)
    archive.append([recordOfSketch({ ...sketch, id, time }), recordOfSketch({ ...sketch, id, time })]);
  await archive.tidy();
  assert.deepEqual(idsOf(await allOf(archive, everything)), ['young', 'young']);
  assert.deepEqual(notes, []);
  await archive.close();
  const small = await open(directory, { bytes: 10 });
  await small.archive.tidy();
  assert.deepEqual(await allOf(small.archive, everything), []);
  assert.match(small.notes.join(), /audit\.diskSize is used up/);
  await small.archive.close();
});

test('who hands records on gets every wanted one once, in order, as it is written and packed', async (t) => {
  const { archive } = await open(directoryFor(t), { segmentBytes: 20_000 });
  const filter = { account: '123456789012', region, global: true, selectors: [[]] };
  const ids = Array.from({ length: 300 }, (_, index) => `e${index}`);
  const read: string[] = [];
  let next: Position = await archive.end();
  for (const [index, id] of ids.entries()) {
    archive.append([recordOfSketch({ ...sketch, id }), recordOfSketch({ ...sketch, id, region: 'eu-west-1' })]);
    if (index % 7 === 0) {
      const page = await archive.collect({ start: next, limit: 2000, filter });
      read.push(...page.records.map(({ text }) => text));
      next = page.next;
    }
    if (index % 50 === 0) await archive.tidy();
  }
  for (let isEnd = false; !isEnd; ) {
    const page = await archive.collect({ start: next, limit: 4000, filter });
    read.push(...page.records.map(({ text }) => text));
    ({ next, isEnd } = page);
  }
  assert.deepEqual(idsOf(read), ids);
  await archive.close();
});

test('what lies between two places is the same whenever it is asked for, in whatever portions', async (t) => {
  const { archive } = await open(directoryFor(t), { segmentBytes: 20_000 });
  const filter = { account: '123456789012', global: true, selectors: [[]] };
  const write = (prefix: string) => {
    for (let index = 0; index < 60; index += 1)
      archive.append([recordOfSketch({ ...sketch, id: `${prefix}${index}` })]);
  };
  write('before');
  const start = await archive.end();
  write('between');
  const until = await archive.end();
  const between = async (limit: number) => {
    const read: string[] = [];
    for (let at = start, isEnd = false; !isEnd; ) {
      const page = await archive.collect({ start: at, until, limit, filter });
      read.push(...page.records.map(({ text }) => text));
      ({ next: at, isEnd } = page);
    }
    return idsOf(read);
  };
  const expected = Array.from({ length: 60 }, (_, index) => `between${index}`);
  assert.deepEqual(await between(1e6), expected);
  write('after');
  await archive.tidy();
  assert.deepEqual(await between(1500), expected);
  await archive.close();
});

test('a change that goes on for many segments is told of at the next start, though the first ones are packed and let go of', async (t) => {
  const directory = directoryFor(t);
  const { archive } = await open(directory, { segmentBytes: 2_000 });
  const [long, ended] = ['a'.repeat(36), 'b'.repeat(36)];
  const note = (id: string) => noteText(id, recordOfSketch({ ...sketch, id }));
  archive.append([note(long), note(ended)]);
  for (let count = 0; count < 20; count += 1) archive.append([recordOfSketch({ ...sketch, id: `${count}` })]);
  archive.append([recordOfSketch({ ...sketch, id: ended })]);
  await archive.tidy();
  assert.ok(readdirSync(directory).filter((name) => name.endsWith('.zst')).length > 2);
  assert.ok(!idsOf(await allOf(archive, everything)).includes(long));
  const next = await open(directory);
  assert.match(next.notes.join(), /ended while 1 changes were under way/);
  const found = idsOf(await allOf(next.archive, everything));
  assert.deepEqual(found.slice(0, 2), [long, ended]);
  assert.equal(found.length, 22);
  await next.archive.close();
  await archive.close();
});

test('an event is sought by its id in segments of its second alone', async () => {
  const asked: number[] = [];
  const second = 1_700_000_000_000;
  const segments = [-1000, 0, 1000].map((after, number) => ({
    number,
    span: async () => ({ from: second + after, to: second + after }),
    blocks: async () => [],
    read: async () => Buffer.alloc(0),
    blocksWith: async () => {
      asked.push(number);
      return [];
    },
  }));
  const seek = (value: string) =>
    lookUp(segments, { ...everything, attribute: { key: 'EventId', value } }, () => assert.fail());
  await seek(uuidV7(second + 999, new SystemRandom()));
  assert.deepEqual(asked, [1]);
  await seek('no id of ours');
  assert.deepEqual(asked, [1, 2, 1, 0]);
});
