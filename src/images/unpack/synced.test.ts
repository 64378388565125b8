import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../core/clock.ts';
import { PullFailed } from '../contract.ts';
import { temporary } from './layers.fixture.ts';
import { synced } from './synced.ts';

/** A program that says in a file who it is, and never ends by itself. */
function stuck(t: TestContext) {
  const directory = temporary(t);
  const program = join(directory, 'stuck');
  writeFileSync(program, '#!/bin/sh\necho $$ > pid\nexec /bin/sleep 1000\n', { mode: 0o755 });
  return { directory, program, pid: () => begun(join(directory, 'pid')) };
}

async function begun(path: string): Promise<number> {
  while (!existsSync(path) || readFileSync(path, 'utf8') === '') await nextTurn();
  return Number(readFileSync(path, 'utf8'));
}

/** Resolves when a process is over, or a zombie. */
async function gone(pid: number): Promise<void> {
  const stat = `/proc/${pid}/stat`;
  while (existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, 'utf8'))) await nextTurn();
}

test('a tree is synced by the program of that name', async (t) => {
  await synced(temporary(t), { clock: new ManualClock(), withinMs: 1 });
});

test('one that fails is told of', async (t) => {
  const syncing = synced(temporary(t), { clock: new ManualClock(), withinMs: 1, program: 'false' });
  await assert.rejects(syncing, new PullFailed("the image's files could not be made durable: sync ended with 1"));
});

test('a disk that takes too long has failed, and the program is killed', async (t) => {
  const { directory, program, pid } = stuck(t);
  const clock = new ManualClock();
  const syncing = synced(directory, { clock, withinMs: 600_000, program });
  syncing.catch(() => {});
  const who = await pid();
  clock.advance(600_000);
  const words = "the image's files could not be made durable: sync takes longer than 600 s";
  await assert.rejects(syncing, new PullFailed(words));
  await gone(who);
});

test('it can be given up, and is not begun for who has given up', async (t) => {
  const { directory, program, pid } = stuck(t);
  const stop = new AbortController();
  const syncing = synced(directory, { clock: new ManualClock(), withinMs: 1, program, signal: stop.signal });
  syncing.catch(() => {});
  const who = await pid();
  stop.abort(new Error('enough'));
  await assert.rejects(syncing, /enough/);
  await gone(who);
  const late = { clock: new ManualClock(), withinMs: 1, program: '/nonexistent', signal: stop.signal };
  await assert.rejects(synced(directory, late), /enough/);
});
