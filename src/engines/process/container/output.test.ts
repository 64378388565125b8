import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TaskId } from '../../../core/ids.ts';
import type { LogSink } from '../../contract.ts';
import { bytesBesideLine, outputLimitWords } from '../../output-limit.ts';
import { processLimits } from '../limits.ts';
import { Workbench } from '../testing/workbench.ts';

const limit = { timeout: 240_000 };

describe('the output of a job', () => {
  let bench: Workbench;
  before(async () => {
    bench = await Workbench.open();
  });
  after(() => bench.close());

  const sink = (parts: Partial<LogSink>, name: string) => ({
    log: {
      stream: name,
      rateBytesPerSecond: 1024 ** 3,
      maximumBytes: 1024 ** 3,
      ...parts,
    },
  });

  test('is cut at line ends, with the last line whole though unfinished', limit, async () => {
    assert.deepEqual(await bench.lines("printf 'a\\n\\nb\\r\\nc'"), ['a', '', 'b', 'c']);
  });

  test('keeps a line together that is written byte by byte', limit, async () => {
    assert.deepEqual(await bench.lines("for c in a b c d e; do printf $c; done; printf '\\n'; printf f"), [
      'abcde',
      'f',
    ]);
  });

  test('keeps bytes that are no UTF-8', limit, async () => {
    const { taskId } = await bench.run("printf '\\377\\376\\000x\\n\\303'");
    const lines = await bench.host.output(taskId);
    assert.deepEqual(
      lines.map(({ line }) => line.toString('hex')),
      ['fffe0078', 'c3'],
    );
  });

  test('keeps the order of standard output and error', limit, async () => {
    const lines = await bench.lines('for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done');
    assert.deepEqual(
      lines,
      [1, 2, 3, 4, 5].flatMap((i) => [`out ${i}`, `err ${i}`]),
    );
  });

  test('may be written by the names /dev/stdout and /dev/stderr', limit, async () => {
    assert.deepEqual(await bench.lines('echo a >/dev/stdout; echo b >/dev/stderr'), ['a', 'b']);
  });

  test('is cut where a line is longer than 256 KiB', limit, async () => {
    const { taskId } = await bench.run("head -c 600000 /dev/zero | tr '\\0' x; echo; echo end");
    const lengths = (await bench.host.output(taskId)).map(({ line }) => line.length);
    assert.deepEqual(lengths, [
      processLimits.lineBytes,
      processLimits.lineBytes,
      600_000 - 2 * processLimits.lineBytes,
      3,
    ]);
  });

  test('is events of many lines where a sink says how they begin', limit, async () => {
    const eventStart = '^[A-Z]';
    const ended = await bench.run(
      "printf 'Begun\\n  at a\\n'; echo '  at b' >&2; printf 'Next\\n last'",
      sink({ eventStart }, 'many'),
    );
    assert.equal(ended.containers[0]?.exitCode, 0);
    assert.deepEqual(await bench.host.text('many' as typeof ended.taskId), ['Begun\n  at a\n  at b', 'Next\n last']);
  });

  test('ends with one line that says so when it is larger than its limit, and the job goes on', limit, async () => {
    const maximumBytes = 10_000;
    const ended = await bench.run('yes 0123456789 | head -n 100000; exit 5', sink({ maximumBytes }, 'capped'));
    assert.equal(ended.containers[0]?.exitCode, 5);
    const lines = await bench.host.text('capped' as typeof ended.taskId);
    assert.equal(lines.pop(), outputLimitWords(maximumBytes));
    assert.deepEqual(new Set(lines), new Set(['0123456789']));
    assert.equal(lines.length, Math.floor(maximumBytes / (10 + bytesBesideLine)));
  });

  test('comes no faster than its rate', limit, async () => {
    const rateBytesPerSecond = 1024 ** 2;
    const { taskId } = await bench.run(
      'yes 0123456789012345678901234567890 | head -c 1000000',
      sink({ rateBytesPerSecond }, 'slow'),
    );
    const lines = await bench.host.output('slow' as typeof taskId);
    const bytes = lines.reduce((sum, { line }) => sum + line.length + 1, 0);
    assert.equal(bytes, 1_000_000);
    // The pipe's 64 KiB and a tenth of a second's worth may come at once, and the rest after the end.
    const took = (lines.at(-1)?.timestamp ?? 0) - (lines[0]?.timestamp ?? 0);
    assert.ok(took > 500, `${took} ms`);
  });

  test('counts by what it takes on disk: empty lines are no way around limit and rate', limit, async () => {
    const maximumBytes = 10_000;
    await bench.run("yes '' | head -c 100000", sink({ maximumBytes }, 'empty'));
    const kept = await bench.host.text('empty' as TaskId);
    assert.deepEqual([kept.length, kept.at(-1)], [maximumBytes / bytesBesideLine + 1, outputLimitWords(maximumBytes)]);
    await bench.run("yes '' | head -c 200000", sink({ rateBytesPerSecond: 1024 ** 2 }, 'empty-slow'));
    const lines = await bench.host.output('empty-slow' as TaskId);
    assert.equal(lines.length, 200_000);
    // Four megabytes on disk, of which a pipe and a tenth of a second's worth come at once.
    const took = (lines.at(-1)?.timestamp ?? 0) - (lines[0]?.timestamp ?? 0);
    assert.ok(took > 1000, `${took} ms`);
  });

  test('comes no faster when it is dropped', limit, async () => {
    const parts = { maximumBytes: 1000, rateBytesPerSecond: 1024 ** 2 };
    const { containers } = await bench.run('yes 0123456789 | head -c 3000000', sink(parts, 'dropped'));
    const took = (containers[0]?.stoppedAt ?? 0) - (containers[0]?.startedAt ?? 0);
    assert.ok(took > 1000, `${took} ms`);
  });

  test('of a gigabyte goes through whole, and the runner does not grow', limit, async () => {
    const maximumBytes = 2 * 1024 ** 3;
    const line = 'x'.repeat(8191);
    const script = `yes ${line} | head -c ${1024 ** 3}; echo whole`;
    const { containers } = await bench.run(script, sink({ maximumBytes }, 'large'));
    assert.equal(containers[0]?.exitCode, 0);
    const [runner] = bench.host.runners();
    assert.ok(runner);
    const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${runner.pid}/status`, 'utf8'))?.[1]) * 1024;
    assert.ok(peak < 160 * 1024 ** 2, `the runner held ${peak} bytes`);
    assert.deepEqual(await bench.host.tally('large'), {
      lines: 1024 ** 3 / 8192 + 1,
      bytes: 1024 ** 3 + 6,
      last: 'whole',
    });
  });

  test('can be read while the job runs', limit, async () => {
    const task = await bench.start(`echo hello; >${bench.host.shared}/said; exec sleep 1000`);
    await bench.host.appears('said');
    while ((await bench.host.text(task.taskId)).length === 0) await nextTurn();
    assert.deepEqual(await bench.host.text(task.taskId), ['hello']);
    await bench.stop(task.taskId);
  });
});
