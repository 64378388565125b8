import assert from 'node:assert/strict';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type CancelTimer, SystemClock } from '../../../core/clock.ts';
import { Shortage } from '../errors.ts';
import { processLimits } from '../limits.ts';
import { ContainerBench } from '../testing/container-bench.ts';
import { TaskFiles } from './task-files.ts';

/** No sandbox is set up in the time that this one gives it. */
class HastyClock extends SystemClock {
  override after(delay: number, callback: () => void): CancelTimer {
    return super.after(delay === processLimits.startGraceMs ? 0 : delay, callback);
  }
}

test('a command that cannot begin never ran, however long its sandbox took', { timeout: 240_000 }, async () => {
  const bench = await ContainerBench.open('bubblewrap');
  const clock = new HastyClock();
  try {
    const files = new TaskFiles(join(bench.host.root, 'tasks'));
    const missing = await bench.runTask(files, { command: ['/bin/batchyard-no-such'], clock });
    assert.deepEqual(
      missing.map((event) => [event.kind, event.kind === 'ended' ? event.cause : undefined]),
      [['ended', 'failed-to-start']],
    );
    const begun = await bench.runTask(files, { script: 'exec sleep 0.1', clock });
    assert.deepEqual(
      begun.map(({ kind }) => kind),
      ['running', 'ended'],
    );
  } finally {
    clock.close();
    await bench.close();
  }
});

/** Files for which there is no room as soon as a task is to go. */
class FullFiles extends TaskFiles {
  override record(): void {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  }
}

test('a start that is given up for want of room holds no source of a mount open', { timeout: 240_000 }, async () => {
  const bench = await ContainerBench.open('bubblewrap');
  const { root, shared } = bench.host;
  const mounts = [{ source: shared, target: shared, readOnly: false }];
  try {
    await assert.rejects(bench.runTask(new FullFiles(join(root, 'tasks')), { mounts }), Shortage);
    assert.deepEqual(
      openPaths().filter((path) => path === shared),
      [],
    );
  } finally {
    await bench.close();
  }
});

function openPaths(): string[] {
  const links = readdirSync('/proc/self/fd').map((descriptor) => `/proc/self/fd/${descriptor}`);
  return links.filter((link) => existsSync(link)).map((link) => readlinkSync(link));
}
