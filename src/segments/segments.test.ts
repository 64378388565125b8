import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { checksumOf } from './checksum.ts';
import { fileHeaderBytes, frameHeaderBytes } from './format.ts';
import {
  findEnd,
  firstPosition,
  listSegments,
  SegmentAppender,
  SegmentIndexes,
  type SegmentPosition,
  SegmentReader,
  type SegmentReaderOptions,
  type SegmentRecord,
  SegmentWriter,
  summarise,
} from './index.ts';

const text = (record: { readonly payload: Uint8Array }) => Buffer.from(record.payload).toString();
const bytesOf = (words: string) => Buffer.from(words);

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'segments-'));
  try {
    await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function drain(reader: SegmentReader): Promise<SegmentRecord[]> {
  const records: SegmentRecord[] = [];
  while ((await reader.fill()) !== 'end') {
    for (let record = reader.take(); record; record = reader.take()) records.push(record);
  }
  return records;
}

async function readAll(directory: string, options: Partial<SegmentReaderOptions> = {}): Promise<SegmentRecord[]> {
  const files = options.files ?? (await listSegments(directory));
  const indexes = new SegmentIndexes();
  const direction = options.direction ?? 'forward';
  const position =
    options.position ?? (direction === 'forward' ? firstPosition : await findEnd(indexes, directory, files));
  return drain(new SegmentReader(indexes, directory, { ...options, files, direction, position }));
}

test('the checksum is the CRC-32 of node:zlib for every payload and seed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }), (payload, seed) => {
      assert.equal(checksumOf(payload, seed), crc32(payload, seed));
    }),
  );
});

test('a flushed record can be read while the writer is still open', () =>
  inDirectory(async (directory) => {
    const writer = SegmentWriter.open(join(directory, 'a', 'b'));
    writer.append(1_700_000_000_123, bytesOf('one'));
    assert.deepEqual(await readAll(join(directory, 'a', 'b')), []);
    writer.flush();
    const [record, ...others] = await readAll(join(directory, 'a', 'b'));
    assert.ok(record);
    assert.equal(text(record), 'one');
    assert.equal(record.timestamp, 1_700_000_000_123);
    assert.equal(record.ingestedAt, 1_700_000_000_123);
    assert.deepEqual(others, []);
    assert.equal(writer.bytesWritten, fileHeaderBytes + frameHeaderBytes + 3);
    writer.close();
  }));

test('a writer without records leaves no file and no summary', () =>
  inDirectory(async (directory) => {
    assert.deepEqual(SegmentWriter.open(directory).close(), []);
    assert.deepEqual(readdirSync(directory), []);
  }));

test('a reopened writer goes on with the next segment and sums up only its own', () =>
  inDirectory(async (directory) => {
    const first = SegmentWriter.open(directory);
    first.append(5, bytesOf('a'));
    first.append(3, bytesOf('b'));
    assert.deepEqual(first.close(), [
      {
        file: '00000001.seg',
        firstEventAt: 3,
        lastEventAt: 5,
        events: 2,
        bytes: fileHeaderBytes + 2 * (frameHeaderBytes + 1),
      },
    ]);
    const second = SegmentWriter.open(directory);
    second.append(9, bytesOf('c'));
    assert.deepEqual(
      second.close().map(({ file }) => file),
      ['00000002.seg'],
    );
    assert.deepEqual((await readAll(directory)).map(text), ['a', 'b', 'c']);
    assert.deepEqual(
      (await summarise(directory)).map(({ file, events }) => [file, events]),
      [
        ['00000001.seg', 2],
        ['00000002.seg', 1],
      ],
    );
  }));

test('a segment closes with the record that fills it', () =>
  inDirectory(async (directory) => {
    const writer = SegmentWriter.open(directory, { segmentBytes: 100 });
    for (let index = 0; index < 10; index += 1) writer.append(index, Buffer.alloc(30, 'x'));
    const summaries = writer.close();
    assert.deepEqual(
      summaries.map(({ events }) => events),
      [2, 2, 2, 2, 2],
    );
    for (const { file, bytes } of summaries) assert.equal(statSync(join(directory, file)).size, bytes);
  }));

test('writers of different prefixes share a directory and do not see each other', () =>
  inDirectory(async (directory) => {
    const task = SegmentWriter.open(directory);
    const server = new SegmentAppender(directory, { prefix: 'p' });
    task.append(1, bytesOf('task'));
    const summary = await server.append([{ timestamp: 2, ingestedAt: 7, payload: bytesOf('server') }]);
    task.close();
    await server.close();
    assert.equal(summary.file, 'p00000001.seg');
    assert.deepEqual((await readAll(directory)).map(text), ['task']);
    const [record] = await readAll(directory, { files: await listSegments(directory, 'p') });
    assert.equal(record?.ingestedAt, 7);
    assert.deepEqual((await summarise(directory, 'p'))[0], summary);
  }));

test('an appender begins a new segment when one is full, and when it is opened again', () =>
  inDirectory(async (directory) => {
    const record = { timestamp: 1, ingestedAt: 1, payload: Buffer.alloc(60) };
    const appender = new SegmentAppender(directory, { prefix: 'p', segmentBytes: 150, sync: false });
    const files: string[] = [];
    for (let index = 0; index < 4; index += 1) files.push((await appender.append([record])).file);
    await appender.close();
    const again = new SegmentAppender(directory, { prefix: 'p', sync: false });
    files.push((await again.append([record])).file);
    await again.close();
    assert.deepEqual(files, ['p00000001.seg', 'p00000001.seg', 'p00000002.seg', 'p00000002.seg', 'p00000003.seg']);
  }));

test('a payload over 4 MiB and a timestamp before 1970 are refused and leave nothing behind', () =>
  inDirectory(async (directory) => {
    const writer = SegmentWriter.open(directory);
    assert.throws(() => writer.append(1, new Uint8Array(4 * 1024 * 1024 + 1)), RangeError);
    assert.throws(() => writer.append(-1, bytesOf('x')), RangeError);
    assert.throws(() => writer.append(Number.NaN, bytesOf('x')), RangeError);
    assert.deepEqual(writer.close(), []);
  }));

test('records of several megabytes and empty ones come back whole, both ways', () =>
  inDirectory(async (directory) => {
    const writer = SegmentWriter.open(directory);
    const sizes = [0, 4 * 1024 * 1024, 1, 300_000, 0, 2_000_000, 70_000];
    for (const [index, size] of sizes.entries()) writer.append(index, Buffer.alloc(size, index + 1));
    writer.close();
    assert.deepEqual(
      (await readAll(directory)).map(({ payload }) => payload.length),
      sizes,
    );
    const backward = await readAll(directory, { direction: 'backward' });
    assert.deepEqual(
      backward.map(({ payload }) => payload.length),
      sizes.toReversed(),
    );
  }));

test('a file that is no segment, or of a later version, holds nothing, and its neighbours are read; what is lost is said', () =>
  inDirectory(async (directory) => {
    writeFileSync(join(directory, '00000001.seg'), 'something else');
    writeFileSync(join(directory, '00000002.seg'), Buffer.from([0x42, 0x59, 0x53, 0x45, 0x47, 0, 2, 0]));
    const writer = SegmentWriter.open(directory);
    for (const word of ['kept', 'flipped']) writer.append(1, bytesOf(word));
    writer.close();
    const third = join(directory, '00000003.seg');
    const bytes = readFileSync(third);
    bytes[bytes.length - 1] = 0x21;
    writeFileSync(third, bytes);
    assert.deepEqual((await readAll(directory)).map(text), ['kept']);
    const said: string[] = [];
    const summaries = await summarise(directory, '', (words) => void said.push(words));
    assert.deepEqual(
      summaries.map(({ file, events }) => [file, events]),
      [['00000003.seg', 1]],
    );
    assert.match(
      said.join('\n'),
      /1\.seg is not a log segment\n.*2\.seg has log segment format 2; known is 1\n.*3\.seg is whole up to byte \d+ of/,
    );
  }));

test('what is no file in the place of a segment holds nothing, and nobody waits for it', { timeout: 240_000 }, () =>
  inDirectory(async (directory) => {
    execFileSync('mkfifo', [join(directory, '00000001.seg')]);
    mkdirSync(join(directory, '00000002.seg'));
    symlinkSync('00000003.seg', join(directory, '00000003.seg'));
    const writer = SegmentWriter.open(directory);
    writer.append(1, bytesOf('kept'));
    writer.close();
    assert.deepEqual((await readAll(directory)).map(text), ['kept']);
    const said: string[] = [];
    const summaries = await summarise(directory, '', (words) => void said.push(words));
    assert.deepEqual(
      summaries.map(({ events }) => events),
      [1],
    );
    assert.match(said.join('\n'), /1\.seg is no file\n.*2\.seg is no file\n.*3\.seg is no file$/);
  }),
);

test('a tail of zeros, which a host crash can leave, is no record', () =>
  inDirectory(async (directory) => {
    const writer = SegmentWriter.open(directory);
    writer.append(1, bytesOf('kept'));
    writer.close();
    writeFileSync(join(directory, '00000001.seg'), Buffer.alloc(500), { flag: 'a' });
    writeFileSync(join(directory, '00000002.seg'), Buffer.alloc(500));
    assert.deepEqual((await readAll(directory)).map(text), ['kept']);
    assert.deepEqual((await readAll(directory, { direction: 'backward' })).map(text), ['kept']);
  }));

test('a reader stops before a frame still being written, and later goes on with it', () =>
  inDirectory(async (directory) => {
    const writer = SegmentWriter.open(directory);
    writer.append(1, bytesOf('first'));
    writer.append(2, bytesOf('second'));
    writer.close();
    const path = join(directory, '00000001.seg');
    const whole = readFileSync(path);
    truncateSync(path, whole.length - 3);
    const indexes = new SegmentIndexes();
    const files = await listSegments(directory);
    const reader = new SegmentReader(indexes, directory, { files, direction: 'forward', position: firstPosition });
    assert.deepEqual((await drain(reader)).map(text), ['first']);
    writeFileSync(path, whole);
    const later = new SegmentReader(indexes, directory, { files, direction: 'forward', position: reader.position });
    assert.deepEqual((await drain(later)).map(text), ['second']);
  }));

test('two readers with different limits on one growing segment each get exactly what they may see', () =>
  inDirectory(async (directory) => {
    const appender = new SegmentAppender(directory, { prefix: 'p', sync: false });
    const indexes = new SegmentIndexes();
    const one = await appender.append([{ timestamp: 1, ingestedAt: 1, payload: bytesOf('one') }]);
    const two = await appender.append([{ timestamp: 2, ingestedAt: 2, payload: bytesOf('two') }]);
    await appender.close();
    const read = (bytes: number) =>
      drain(
        new SegmentReader(indexes, directory, {
          files: [{ file: one.file, bytes }],
          direction: 'forward',
          position: firstPosition,
        }),
      );
    const [short, long] = await Promise.all([read(one.bytes), read(two.bytes)]);
    assert.deepEqual([...short, ...(await read(one.bytes))].map(text), ['one', 'one']);
    assert.deepEqual(long.map(text), ['one', 'two']);
  }));

test('a time window leaves out the others and still passes over them', () =>
  inDirectory(async (directory) => {
    const writer = SegmentWriter.open(directory, { segmentBytes: 200_000 });
    for (let index = 0; index < 8000; index += 1) writer.append(index, Buffer.alloc(60, 'x'));
    writer.close();
    const window = { from: 4000, to: 4003 };
    assert.deepEqual(
      (await readAll(directory, window)).map((record) => record.timestamp),
      [4000, 4001, 4002],
    );
    const backward = await readAll(directory, { ...window, direction: 'backward', files: await summarise(directory) });
    assert.deepEqual(
      backward.map((record) => record.timestamp),
      [4002, 4001, 4000],
    );
  }));

test('a walk holds no more than a block and its last step, however large the stream', () =>
  inDirectory(async (directory) => {
    const writer = SegmentWriter.open(directory);
    for (let index = 0; index < 100_000; index += 1) writer.append(index, Buffer.alloc(100, 'x'));
    writer.close();
    const files = await listSegments(directory);
    const reader = new SegmentReader(new SegmentIndexes(), directory, {
      files,
      direction: 'forward',
      position: firstPosition,
    });
    let most = 0;
    let total = 0;
    while ((await reader.fill()) !== 'end') {
      let held = 0;
      while (reader.take()) held += 1;
      most = Math.max(most, held);
      total += held;
    }
    assert.equal(total, 100_000);
    assert.ok(most <= 600, `${most} records at once`);
  }));

type Step =
  | { readonly kind: 'append'; readonly timestamp: number; readonly size: number }
  | { readonly kind: 'flush' }
  | { readonly kind: 'close' }
  | { readonly kind: 'crash'; readonly cut: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('append' as const), timestamp: fc.nat(1000), size: fc.nat(200) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('flush' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const), cut: fc.nat(300) }) },
);

/** What the files must hold, worked out from sizes alone. */
interface ModelSegment {
  bytes: number;
  records: { readonly id: number; readonly end: number }[];
}

const segmentBytes = 400;

/** Carries out `steps`; answers the ids of the records whose frames are whole, in order. */
function carryOut(directory: string, steps: readonly Step[]): number[] {
  const closed: ModelSegment[] = [];
  let current: ModelSegment | undefined;
  let writer = SegmentWriter.open(directory, { segmentBytes });
  const retire = () => {
    if (current) closed.push(current);
    current = undefined;
    writer.close();
  };
  for (const [id, action] of steps.entries()) {
    if (action.kind === 'append') {
      if (current && current.bytes >= segmentBytes) {
        closed.push(current);
        current = undefined;
      }
      current ??= { bytes: fileHeaderBytes, records: [] };
      const payload = Buffer.alloc(8 + action.size);
      payload.writeUInt32LE(id);
      current.bytes += frameHeaderBytes + payload.length;
      current.records.push({ id, end: current.bytes });
      writer.append(action.timestamp, payload);
    } else if (action.kind === 'flush') {
      writer.flush();
    } else {
      retire();
      const last = closed.at(-1);
      if (action.kind === 'crash' && last) {
        last.bytes = Math.max(0, last.bytes - action.cut);
        last.records = last.records.filter(({ end }) => end <= last.bytes);
        truncateSync(join(directory, readdirSync(directory).sort().at(-1) ?? ''), last.bytes);
      }
      writer = SegmentWriter.open(directory, { segmentBytes });
    }
  }
  retire();
  return closed.flatMap(({ records }) => records.map(({ id }) => id));
}

const idOf = (record: SegmentRecord) => Buffer.from(record.payload).readUInt32LE();

test('whatever is appended, flushed, reopened and cut short, exactly the whole records come back, both ways', () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), (steps) =>
      inDirectory(async (directory) => {
        const expected = carryOut(directory, steps);
        assert.deepEqual((await readAll(directory)).map(idOf), expected);
        assert.deepEqual((await readAll(directory, { direction: 'backward' })).map(idOf), expected.toReversed());
        const summaries = await summarise(directory);
        assert.equal(
          summaries.reduce((sum, { events }) => sum + events, 0),
          expected.length,
        );
        assert.deepEqual((await readAll(directory, { files: summaries })).map(idOf), expected);
      }),
    ),
    { numRuns: 60 },
  ));

test('a walk begun at any place, boundary or not, splits the records in two without loss or overlap', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.nat(6),
      fc.nat(900),
      (steps, segment, offset) =>
        inDirectory(async (directory) => {
          const expected = carryOut(directory, steps);
          const forward = await readAll(directory, { position: { segment, offset } });
          const turn: SegmentPosition = forward[0] ?? { segment: 1_000, offset: 0 };
          const backward = await readAll(directory, { position: turn, direction: 'backward' });
          assert.deepEqual([...backward.reverse(), ...forward].map(idOf), expected);
        }),
    ),
    { numRuns: 60 },
  ));

test('no change of one byte in a frame goes unnoticed', () =>
  inDirectory(async (directory) => {
    const writer = SegmentWriter.open(directory);
    writer.append(1_700_000_000_000, bytesOf('kept'));
    writer.append(1_700_000_000_001, bytesOf('changed'));
    writer.close();
    const path = join(directory, '00000001.seg');
    const whole = readFileSync(path);
    const start = fileHeaderBytes + frameHeaderBytes + 4;
    for (let index = start; index < whole.length; index += 1) {
      const changed = Buffer.from(whole);
      changed[index] = (changed[index] ?? 0) ^ 0x10;
      writeFileSync(path, changed);
      assert.deepEqual((await readAll(directory)).map(text), ['kept'], `byte ${index}`);
    }
  }));
