import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, ManualClock, SystemClock } from '../../../core/clock.ts';
import { SegmentWriter } from '../../../segments/index.ts';
import type { LogSink } from '../../contract.ts';
import { eventSilence } from '../../event-gatherer.ts';
import { readLines } from '../../segments.fixture.ts';
import { ContainerApi } from '../daemon/container-api.ts';
import { Daemon } from '../daemon/daemon.ts';
import { Reach } from '../daemon/reach.ts';
import { dockerLimits } from '../docker-limits.ts';
import { type FakeContainer, FakeDaemon } from '../testing/fake-daemon.ts';
import { LogCopy } from './log-copy.ts';

const limit = { timeout: 120_000 };
const sink = { stream: 'stream', rateBytesPerSecond: 1024 ** 3, maximumBytes: 1024 ** 2 };
let daemon: FakeDaemon;
let clock: Clock;

beforeEach(async () => {
  daemon = await FakeDaemon.start();
  clock = new SystemClock();
});
afterEach(async () => {
  if (clock instanceof SystemClock) clock.close();
  await daemon.dispose();
});

/** A container that runs, and has written that. */
function running(name: string, output: FakeContainer['output']): FakeContainer {
  const container = daemon.put(name);
  container.status = 'running';
  container.output.push(...output);
  return container;
}

function copyOf(
  { name, id }: FakeContainer,
  warn: (words: string) => void = (words) => assert.fail(words),
  own: LogSink = sink,
): LogCopy {
  const ofDaemon = new Daemon(daemon.socket, clock);
  const [api, reach] = [new ContainerApi(ofDaemon), new Reach(ofDaemon, clock)];
  return new LogCopy({ containerId: id, sink: own, directory: directoryOf(name), api, reach, clock, warn });
}

const directoryOf = (name: string) => join(daemon.directory, name);
const reads = () => daemon.calls.filter((call) => /\/logs$/.test(call)).length;

/** What is copied of it when it ends while it is read. */
async function copied(container: FakeContainer): Promise<readonly string[]> {
  const before = reads();
  const copy = copyOf(container);
  await daemon.called(/\/logs$/, before + 1);
  daemon.exit(container, 0);
  await copy.finish();
  assert.equal(copy.problem, undefined);
  return readLines(directoryOf(container.name));
}

test('what a daemon leaves out of a stream that ends with its container is read after it, once', limit, async () => {
  const output = [
    ['2026-01-01T00:00:01Z', 'a\n'],
    ['2026-01-01T00:00:09Z', 'long, '],
    ['2026-01-01T00:00:09Z', 'in two\n'],
    ['2026-01-01T00:00:09Z', 'end'],
  ] as const;
  for (daemon.followed = 0; daemon.followed <= output.length; daemon.followed += 1) {
    const lines = await copied(running(`followed-${daemon.followed}`, [...output]));
    assert.deepEqual(lines, ['a', 'long, in two', 'end'], `${daemon.followed} pieces were followed`);
  }
});

test('the next server asks for the last seconds of output alone, and has no line of them twice', limit, async () => {
  const container = running('resumed', [
    ['2026-01-01T00:00:01Z', 'old\n'],
    ['2026-01-01T00:01:00.5Z', 'same\n'],
    ['2026-01-01T00:01:00.5Z', 'same\n'],
  ]);
  await copied(container);
  container.status = 'running';
  container.output.push(['2026-01-01T00:01:00.5Z', 'same\n']);
  daemon.since.length = 0;
  assert.deepEqual(await copied(container), ['old', 'same', 'same', 'same']);
  const last = Date.parse('2026-01-01T00:01:00Z') / 1000;
  assert.deepEqual(new Set(daemon.since), new Set([last - dockerLimits.overlapMs / 1000]));
});

for (const lates of [dockerLimits.lateOutputAnswers - 1, dockerLimits.lateOutputAnswers])
  test(
    `a daemon that is late with its answer ${lates} times costs ${lates < 5 ? 'no' : 'the'} output`,
    limit,
    async () => {
      const manual = new ManualClock();
      clock = manual;
      const warnings: string[] = [];
      const container = running('late', [['2026-01-01T00:00:01Z', 'a\n']]);
      daemon.hanging = /^GET \/version$/;
      daemon.exit(container, 0);
      const copy = copyOf(container, (words) => warnings.push(words));
      const finished = copy.finish();
      for (let late = 1; late <= lates; late += 1) {
        await daemon.called(/^GET \/version$/, late);
        if (late === lates) daemon.hanging = undefined;
        manual.advance(dockerLimits.callMs);
        while (warnings.length < Math.min(late, dockerLimits.lateOutputAnswers - 1)) await nextTurn();
        await nextTurn();
        manual.advance(dockerLimits.askAgainMs);
      }
      await finished;
      const isKept = lates < dockerLimits.lateOutputAnswers;
      assert.deepEqual(isKept ? await readLines(directoryOf('late')) : [], isKept ? ['a'] : []);
      assert.equal(copy.problem === undefined, isKept);
      assert.match(warnings.join(), /did not answer to GET \/\w+ within 15 s; output is asked for again/);
    },
  );

test('a line that one stream is in the middle of is not mixed with lines of the other', limit, async () => {
  // Docker gives all pieces of a line the time of the first.
  const output = [
    ['2026-01-01T00:00:01Z', 'long, '],
    ['2026-01-01T00:00:02Z', 'bad\n', 2],
    ['2026-01-01T00:00:09Z', 'worse\n', 2],
    ['2026-01-01T00:00:01Z', 'in two\n'],
  ] as const;
  daemon.followed = 3;
  assert.deepEqual(await copied(running('mixed', [...output])), ['bad', 'worse', 'long, in two']);
});

test('a line that was long under way is the same when the next server begins in the middle of it', limit, async () => {
  // Podman gives each piece its own time.
  const container = running('slow', [
    ['2026-01-01T00:00:01Z', 'slow, '],
    ['2026-01-01T00:00:10Z', 'at last\n'],
    ['2026-01-01T00:00:11Z', 'then\n'],
  ]);
  const first = copyOf(container);
  while ((await readLines(directoryOf('slow'))).length < 2) await nextTurn();
  first.close();
  container.output.push(['2026-01-01T00:00:11Z', 'next\n']);
  assert.deepEqual(await copied(container), ['slow, at last', 'then', 'next']);
});

test('events of many lines are the same when the next server begins in the middle of one', limit, async () => {
  const manual = new ManualClock();
  clock = manual;
  const many = { ...sink, eventStart: '^[A-Z]' };
  const container = running('many', [
    ['2026-01-01T00:00:01Z', 'Begun\n'],
    ['2026-01-01T00:00:01.5Z', ' then\n'],
    ['2026-01-01T00:00:02Z', 'Next\n'],
    ['2026-01-01T00:00:02.8Z', ' a\n'],
    ['2026-01-01T00:00:03.6Z', ' b\n'],
    ['2026-01-01T00:00:04.4Z', ' c\n'],
  ]);
  const first = copyOf(container, assert.fail, many);
  const lines = () => readLines(directoryOf('many'));
  await asked(manual);
  while ((await lines()).length < 1) {
    manual.advance(dockerLimits.flushEveryMs);
    await nextTurn();
  }
  first.close();
  assert.deepEqual(await lines(), ['Begun\n then'], 'the second is under way');
  container.output.push(['2026-01-01T00:00:05.2Z', ' d\n'], ['2026-01-01T00:00:06.2Z', ' of its own\n']);
  const second = copyOf(container, assert.fail, many);
  daemon.exit(container, 0);
  await second.finish();
  assert.deepEqual(await lines(), ['Begun\n then', 'Next\n a\n b\n c\n d', ' of its own']);
});

test('an event of many lines comes though no line follows it', limit, async () => {
  const manual = new ManualClock();
  clock = manual;
  const container = running('lone', [
    ['2026-01-01T00:00:01Z', 'Begun\n'],
    ['2026-01-01T00:00:01Z', ' then\n'],
  ]);
  const copy = copyOf(container, assert.fail, { ...sink, eventStart: '^[A-Z]' });
  await asked(manual);
  while ((await readLines(directoryOf('lone'))).length < 1) {
    manual.advance(eventSilence);
    await nextTurn();
  }
  assert.deepEqual(await readLines(directoryOf('lone')), ['Begun\n then']);
  daemon.exit(container, 0);
  const finished = copy.finish();
  manual.advance(dockerLimits.drainMs);
  await finished;
});

test('output that cannot be kept is given up in words, and not read for ever', limit, async () => {
  const container = running('odd', []);
  daemon.isUnframed = true;
  const copy = copyOf(container);
  daemon.exit(container, 0);
  await copy.finish();
  assert.equal(copy.problem, 'output could not be copied: the daemon sent output that is in no frames');
});

for (const silent of ['until its end', 'for ever'] as const)
  test(`a container of whose output a daemon says nothing ${silent} loses none`, limit, async () => {
    const manual = new ManualClock();
    clock = manual;
    daemon.silent = silent;
    const container = running('silent', [['2026-01-01T00:00:01Z', 'late\n']]);
    const copy = copyOf(container);
    await asked(manual);
    manual.advance(24 * 60 * 60 * 1000);
    daemon.exit(container, 0);
    const finished = copy.finish();
    manual.advance(dockerLimits.drainMs);
    await finished;
    assert.equal(copy.problem, undefined);
    assert.deepEqual(await readLines(directoryOf('silent')), ['late']);
  });

/** Output is asked for, which is a moment after the container has started. */
async function asked(manual: ManualClock): Promise<void> {
  while (reads() === 0) {
    manual.advance(dockerLimits.beforeOutputMs);
    await nextTurn();
  }
}

const podman = { Version: '1.40', Components: [{ Name: 'Podman Engine', Version: '4.3.1' }] };

function bePodman(): void {
  daemon.instead = (words) => (words === 'GET /version' ? { status: 200, content: podman } : undefined);
}

test('what a Podman leaves out from among the lines of a stream that follows is in its place', limit, async () => {
  bePodman();
  const output = ['a', 'b', 'c', 'd'].map((text) => ['2026-01-01T00:00:01Z', `${text}\n`] as const);
  daemon.leftOut = [1, 2];
  assert.deepEqual(await copied(running('gaps', output)), ['a', 'b', 'c', 'd']);
});

test(
  'a line that a Podman has not written to its end is read again, and comes though none follows',
  limit,
  async () => {
    bePodman();
    const container = running('half', [
      ['2026-01-01T00:00:01Z', 'a\n'],
      ['2026-01-01T00:00:01Z', 'hal\n'],
    ]);
    const copy = copyOf(container);
    while ((await readLines(directoryOf('half'))).length < 1) await nextTurn();
    container.output[1] = ['2026-01-01T00:00:01Z', 'half\n'];
    while ((await readLines(directoryOf('half'))).length < 2) await nextTurn();
    assert.deepEqual(await readLines(directoryOf('half')), ['a', 'half']);
    daemon.exit(container, 0);
    await copy.finish();
    assert.deepEqual(await readLines(directoryOf('half')), ['a', 'half']);
  },
);

test('an error of our own is told, though the stream that it broke was being cut', limit, async (t) => {
  const manual = new ManualClock();
  clock = manual;
  const container = running('broken', [['2026-01-01T00:00:01Z', 'a\n']]);
  let isBroken = false;
  const append = t.mock.method(SegmentWriter.prototype, 'append', () => {
    throw isBroken ? new Error('the disk is broken') : Object.assign(new Error('full'), { code: 'ENOSPC' });
  });
  const copy = copyOf(container);
  await asked(manual);
  while (append.mock.callCount() === 0) await nextTurn();
  daemon.exit(container, 0);
  const finished = copy.finish();
  manual.advance(dockerLimits.drainMs - 1);
  while (append.mock.callCount() === 1) await nextTurn();
  await nextTurn();
  isBroken = true;
  manual.advance(dockerLimits.diskCheckMs);
  while (append.mock.callCount() === 2) await nextTurn();
  append.mock.restore();
  await finished;
  assert.equal(copy.problem, 'output could not be copied: the disk is broken');
});

test('a container that is over before anybody could read a line of it is read once', limit, async () => {
  clock = new ManualClock();
  const container = running('short', [['2026-01-01T00:00:01Z', 'line\n']]);
  const copy = copyOf(container);
  daemon.exit(container, 0);
  await copy.finish();
  assert.deepEqual(await readLines(directoryOf('short')), ['line']);
  assert.equal(reads(), 1);
});

test('it goes on where a daemon that has come back is late to say what it is', limit, async () => {
  const container = running('late', [['2026-01-01T00:00:01Z', 'a\n']]);
  const copy = copyOf(container);
  await daemon.called(/\/logs$/);
  await daemon.go();
  daemon.hanging = /version$/;
  await daemon.comeBack();
  await daemon.called(/\/logs$/, 2);
  container.output.push(['2026-01-01T00:00:02Z', 'b\n']);
  daemon.exit(container, 0);
  await copy.finish();
  assert.equal(copy.problem, undefined);
  assert.deepEqual(await readLines(directoryOf(container.name)), ['a', 'b']);
});
