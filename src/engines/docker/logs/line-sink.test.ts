import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { SegmentWriter } from '../../../segments/index.ts';
import { dockerLimits } from '../docker-limits.ts';
import { LineSink } from './line-sink.ts';

/** Where a descriptor leads; that by which they are listed is gone again. */
function linkOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return '';
  }
}

test('what fails while lines are written in the background is told to who gives more, and ends no server', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'line-sink-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const clock = new ManualClock();
  const sink = { stream: 'stream', rateBytesPerSecond: 1, maximumBytes: 1024 };
  const written = { bytes: 0, completeUntil: 0, counts: new Map<number, number>() };
  const lines = new LineSink({ sink, directory, clock, onDamage: assert.fail }, written);
  const give = (text: string) => lines.take([{ stream: 1, at: 1, bytes: Buffer.from(text) }]);
  await give('one\n');
  await give('two\n');
  const broken = new Error('the disk is broken');
  const flush = t.mock.method(SegmentWriter.prototype, 'flush', () => {
    throw broken;
  });
  clock.advance(dockerLimits.flushEveryMs);
  assert.equal(flush.mock.callCount(), 1);
  await assert.rejects(give('three\n'), broken);
  const open = () => readdirSync('/proc/self/fd').map((descriptor) => linkOf(descriptor));
  assert.ok(open().some((path) => path.startsWith(directory)));
  await assert.rejects(lines.close(false), broken);
  assert.ok(!open().some((path) => path.startsWith(directory)), 'no file stays open');
});
