import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

/** Waits in vain for the first word of a program that says nothing, whose pid it prints; by a clock that stands at its deadline. */
const script = `
import { spawn } from 'node:child_process';
import { ManualClock } from '${join(import.meta.dirname, '../../../core/clock.ts')}';
import { processLimits } from '${join(import.meta.dirname, '../limits.ts')}';
import { firstWord } from '${join(import.meta.dirname, 'runner-launch.ts')}';
const clock = new ManualClock();
const child = spawn('sleep', ['1000'], { stdio: ['ignore', 'pipe', 'ignore'] });
const heard = firstWord(child, 'log', { clock, runnerStartMs: processLimits.runnerStartMs }).catch((error) => error.message);
clock.advance(processLimits.runnerStartMs);
console.log(child.pid, await heard);
`;

test('a server ends without a runner that said nothing in time', { timeout: 120_000 }, () => {
  const words = ['--input-type=module', '-e', script];
  const { stdout, status } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 100_000 });
  process.kill(Number.parseInt(stdout, 10));
  assert.match(stdout, /the runner did not start: it did not answer in time/);
  assert.equal(status, 0);
});
