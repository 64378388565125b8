import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';

const program = join(import.meta.dirname, '../../src/services/cloudwatch/points/flush-once.fixture.ts');
/** Chunks at three resolutions each: more than a few commits have. */
const metrics = 150;

/** How many points each metric has, as the process found them, and what ended it. */
async function run(directory: string, failpoint?: string) {
  const more = failpoint === undefined ? [] : [failpoint];
  const child = spawn(process.execPath, [program, directory, String(metrics), ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { counts: JSON.parse(said) as readonly number[], code, signal };
}

test('a kill between two commits of chunks loses no point, and counts none twice', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'metric-chunks-'));
  t.after(() => rmSync(directory, { recursive: true }));
  for (const [round, passes] of [0, 2, 1].entries()) {
    const { counts, signal } = await run(directory, `metrics.chunks-written:${passes}`);
    assert.deepEqual(new Set(counts), new Set([round]));
    assert.equal(signal, 'SIGKILL');
  }
  const { counts, code } = await run(directory);
  assert.deepEqual([new Set(counts), code], [new Set([3]), 0]);
});
