import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Turns } from './turns.ts';

test('work on several things waits for all that was asked for before, and what comes after waits for it', async () => {
  const turns = new Turns();
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const both = Promise.withResolvers<void>();
  const enter = (name: string, until?: Promise<void>) => async () => {
    order.push(name);
    await until;
  };
  void turns.take('a', enter('first', first.promise));
  const whole = turns.takeAll(['a', 'b'], enter('both', both.promise));
  void turns.take('b', enter('after'));
  void turns.take('c', enter('other'));
  await turns.take('c', enter('another'));
  assert.deepEqual(order, ['first', 'other', 'another']);
  first.resolve();
  both.resolve();
  await whole;
  await turns.idle();
  assert.deepEqual(order, ['first', 'other', 'another', 'both', 'after']);
});

test('two that ask for the same things do not wait for each other for ever, and a failure lets the next one in', async () => {
  const turns = new Turns();
  const fails = turns.takeAll(['a', 'b'], () => Promise.reject(new Error('no')));
  const next = turns.takeAll(['b', 'a'], async () => 'done');
  await assert.rejects(fails, /no/);
  assert.equal(await next, 'done');
  await turns.idle();
});

test('a thing that is asked for twice at once is not waited for by itself', async () => {
  const turns = new Turns();
  assert.equal(await Promise.race([turns.takeAll(['a', 'a'], async () => 'done'), nextTurn('stuck')]), 'done');
});
