import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JobSlice, LoadedState } from '../store/index.ts';
import { collectedWhileRead } from './collected-slices.ts';
import { youngGeneration } from './young-generation.ts';

const mebibyte = 2 ** 20;

/** A young generation to which each slice adds so much. */
function fakeYoung(bytesOfSlice: number) {
  const seen: string[] = [];
  const marking = { isUnderWay: false };
  let bytes = 0;
  const young = {
    bytes: () => bytes,
    collect: () => {
      seen.push(`collected ${bytes / mebibyte} MiB`);
      bytes = 0;
    },
    watchMarking: () => ({ isUnderWay: () => marking.isUnderWay, end: () => seen.push('not watched') }),
  };
  async function* slices(): AsyncGenerator<JobSlice> {
    for (let slice = 1; slice <= 5; slice += 1) {
      seen.push(`slice ${slice}`);
      bytes += bytesOfSlice;
      yield { jobs: [], bits: [] };
    }
  }
  async function* none() {}
  const loaded = { jobs: slices(), executions: none() } as unknown as LoadedState;
  return { seen, marking, loaded: collectedWhileRead(loaded, young) };
}

test('whenever slices have filled a small part of the young generation, it is collected, in a turn of its own', async () => {
  const { seen, loaded } = fakeYoung(1.5 * mebibyte);
  for await (const _slice of loaded.jobs) void nextTurn().then(() => seen.push('turn'));
  const three = ['slice 1', 'slice 2', 'slice 3'];
  assert.deepEqual(seen.slice(0, 3), three);
  const at = seen.indexOf('collected 4.5 MiB');
  assert.equal(seen[at - 1], 'turn', 'what was done with the slice is another turn');
  const rest = seen.slice(at).filter((each) => each !== 'turn');
  assert.deepEqual(rest, ['collected 4.5 MiB', 'slice 4', 'slice 5', 'not watched']);
});

test('nothing is collected while V8 marks what is alive, and all is as before when that is over', async () => {
  const { seen, marking, loaded } = fakeYoung(1.5 * mebibyte);
  for await (const _slice of loaded.jobs) marking.isUnderWay = ['slice 3', 'slice 4'].includes(seen.at(-1) ?? '');
  assert.deepEqual(seen.slice(4), ['slice 5', 'collected 7.5 MiB', 'not watched']);
});

test('whoever stops half way leaves no watch behind', async () => {
  const { seen, loaded } = fakeYoung(0);
  for await (const _slice of loaded.jobs) break;
  assert.deepEqual(seen, ['slice 1', 'not watched']);
});

test('slices that leave little behind are passed on in one turn', async () => {
  const { seen, loaded } = fakeYoung(0.5 * mebibyte);
  const turn = nextTurn().then(() => seen.push('turn'));
  for await (const _slice of loaded.jobs);
  await turn;
  assert.deepEqual(seen, ['slice 1', 'slice 2', 'slice 3', 'slice 4', 'slice 5', 'not watched', 'turn']);
});

test('the young generation of V8 holds what is new until it is collected', () => {
  const young = youngGeneration();
  const enough = mebibyte / 4;
  let last: object = {};
  while (young.bytes() < enough) last = { text: String(young.bytes()) };
  young.collect();
  assert.ok(young.bytes() < enough, `it still holds ${young.bytes()} bytes`);
  assert.ok(last);
});

test('it is known when V8 begins to mark what is alive, and when it has', async (t) => {
  const marking = youngGeneration().watchMarking();
  t.after(() => marking.end());
  const kept: object[] = [];
  const keepUntil = async (isSo: () => boolean) => {
    for (let turn = 0; turn < 1_000 && !isSo(); turn += 1) {
      for (let each = 0; each < 5_000; each += 1) kept.push({ each, text: `text ${each}` });
      await nextTurn();
    }
    return isSo();
  };
  assert.equal(await keepUntil(() => marking.isUnderWay()), true, 'it marks as more and more is alive');
  assert.equal(await keepUntil(() => !marking.isUnderWay()), true, 'that comes to its end');
});
