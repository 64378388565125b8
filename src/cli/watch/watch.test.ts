import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import { ServerUnreachable } from '../client/api-error.ts';
import { type Seen, watch } from './watch.ts';

/** Lets everything run that waits for no timer. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A watch whose looks answer what the test says; its news are the times of the looks. */
function watching(seen: readonly Seen[], answer: () => Promise<void> = async () => {}) {
  const clock = new ManualClock();
  const controller = new AbortController();
  const looks: number[] = [];
  let failure: unknown;
  const left = [...seen];
  let away = 0;
  const onAway = () => {
    away += 1;
  };
  const news = watch({ clock, signal: controller.signal, onAway }, async function* (ask) {
    await ask(answer);
    yield clock.monotonic();
    return left.shift() ?? 'nothing new';
  });
  const ended = (async () => {
    for await (const at of news) looks.push(at);
  })().catch((error: unknown) => {
    failure = error;
  });
  const pass = async (milliseconds: number) => {
    for (let passed = 0; passed < milliseconds; passed += 1) {
      await settle();
      clock.advance(1);
    }
    await settle();
  };
  return { looks, ended, pass, interrupt: () => controller.abort(), failure: () => failure, away: () => away };
}

const pauses = (looks: readonly number[]) => looks.slice(1).map((at, index) => at - (looks[index] ?? 0));

test('looks come ever less often while nothing is new, and at the first pace after news', async () => {
  const { looks, pass } = watching([...Array(9).fill('nothing new'), 'news', 'nothing new', 'the end']);
  await pass(1_500);
  assert.deepEqual(pauses(looks), [23, 34, 51, 76, 114, 171, 250, 250, 250, 15, 23]);
});

test('a watch ends with what it watches, or when it is interrupted, in the middle of a pause too', async () => {
  const finished = watching(['news', 'the end']);
  await finished.pass(100);
  await finished.ended;
  assert.equal(finished.looks.length, 2);
  const interrupted = watching([]);
  await interrupted.pass(3);
  interrupted.interrupt();
  await interrupted.ended;
  assert.equal(interrupted.looks.length, 1);
});

test('a watch outlasts a server that is away for less than a minute, and no longer', async () => {
  let away = true;
  const absent = async () => {
    if (away) throw new ServerUnreachable('nobody');
  };
  const patient = watching(['the end'], absent);
  await patient.pass(59_000);
  assert.deepEqual([patient.looks.length, patient.failure()], [0, undefined]);
  assert.equal(patient.away(), 1, 'that it is away is told once');
  away = false;
  await patient.pass(500);
  await patient.ended;
  assert.equal(patient.looks.length, 1);
  away = true;
  const given = watching([], absent);
  await given.pass(61_000);
  assert.ok(given.failure() instanceof ServerUnreachable);
});

test('any other failure ends the watch at once', async () => {
  const failing = watching([], async () => {
    throw new Error('refused');
  });
  await failing.pass(1);
  assert.equal((failing.failure() as Error).message, 'refused');
});
