import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ContainerBench } from '../testing/container-bench.ts';

const limit = { timeout: 240_000 };

describe('a container whose sandbox is still being set up', () => {
  let bench: ContainerBench;
  before(async () => {
    bench = await ContainerBench.open('bubblewrap');
  });
  after(() => bench.close());

  test('has not failed to start when it is told to end', limit, async () => {
    const { began, outcome } = await bench.runUnready('told to end');
    assert.deepEqual([began, outcome.reason, outcome.exitCode], [false, undefined, undefined]);
  });

  test('cannot be let go any more once its launcher has died', limit, async () => {
    const { outcome } = await bench.runOrphaned();
    assert.deepEqual([outcome.startedAt, outcome.exitCode], [undefined, 137]);
  });

  test('is not let go where its score cannot be set, and leaves nothing open', limit, async (t) => {
    const { writeFileSync: write } = fs;
    t.mock.method(fs, 'writeFileSync', (path: string, ...rest: [string]) => {
      if (path.endsWith('/oom_score_adj')) throw Object.assign(new Error('EMFILE: none is left'), { code: 'EMFILE' });
      write(path, ...rest);
    });
    syncBuiltinESMExports();
    t.after(() => {
      t.mock.restoreAll();
      syncBuiltinESMExports();
    });
    const ownPipes = () =>
      fs.readdirSync('/proc/self/fd').filter((descriptor) => isFifo(`/proc/self/fd/${descriptor}`));
    const before = ownPipes().length;
    await assert.rejects(bench.runUnready('told to end'), /EMFILE/);
    while (ownPipes().length > before) await nextTurn();
  });

  test('says why it could not start when it ends by itself', limit, async () => {
    const { began, outcome } = await bench.runUnready('fails');
    assert.deepEqual([began, outcome.reason], [false, 'CannotStartContainerError: the sandbox could not be set up']);
  });
});

function isFifo(path: string): boolean {
  return fs.existsSync(path) && fs.readlinkSync(path).includes('fifo');
}
