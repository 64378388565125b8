import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { Replacements } from './replacements.ts';

function open() {
  const clock = new ManualClock(1_000);
  const told: string[] = [];
  const replacements = new Replacements(clock, (id) => told.push(`end ${id}`));
  const begin = (arn: string, ids: readonly string[], timeout: number, since = 1_000) =>
    replacements.begin(arn, { ids, since, timeout, onReplaced: () => told.push(`done ${arn}`) });
  return { clock, told, replacements, begin };
}

test('instances that have not gone by then lose their jobs, and the end is told once, when the last is gone', () => {
  const { clock, told, replacements, begin } = open();
  begin('a', ['one', 'two'], 2_000);
  replacements.gone('one');
  replacements.gone('other');
  clock.advance(1_999);
  assert.deepEqual(told, []);
  clock.advance(1);
  assert.deepEqual(told, ['end two']);
  replacements.gone('two');
  replacements.gone('two');
  assert.deepEqual(told, ['end two', 'done a']);
});

test('what is begun again begins anew, what was forgotten is told of no more, and no job ends once all are gone', () => {
  const { clock, told, replacements, begin } = open();
  begin('a', ['one', 'two'], 1_000);
  begin('a', ['two'], 4_000);
  begin('b', ['three'], 3_000);
  replacements.gone('three');
  clock.advance(3_500);
  assert.deepEqual(told, ['done b']);
  replacements.forget();
  clock.advance(9_000);
  replacements.gone('two');
  assert.deepEqual(told, ['done b']);
});

test('a time that is over already ends jobs soon, and not while it is begun', () => {
  const { clock, told, begin } = open();
  begin('a', ['one'], 500, 400);
  assert.deepEqual(told, []);
  clock.advance(0);
  assert.deepEqual(told, ['end one']);
});

test('a wall clock that is set ends no job early, and keeps none beyond its time', () => {
  const { clock, told, begin } = open();
  begin('forward', ['one'], 2_000);
  clock.jumpWall(86_400_000);
  clock.advance(1_999);
  assert.deepEqual(told, []);
  clock.advance(1);
  assert.deepEqual(told, ['end one']);
  begin('back', ['two'], 2_000, clock.now());
  clock.jumpWall(-86_400_000);
  clock.advance(2_000);
  assert.deepEqual(told, ['end one', 'end two']);
});

test('one that began, as it seems, after now has no longer than another: the server was away while the clock was set back', () => {
  const { clock, told, begin } = open();
  begin('a', ['one'], 2_000, 86_400_000);
  clock.advance(2_000);
  assert.deepEqual(told, ['end one']);
});
