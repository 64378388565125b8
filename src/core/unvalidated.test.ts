import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTrue, structureOf, structuresOf, textMapOf, textOf, textsOf } from './unvalidated.ts';

const nothings = [undefined, null, 7, true, [], {}, () => 1];
const many = Array.from({ length: 5000 }, (_, index) => `${index}`);

test('a text is a text, and none if it is longer than any name', () => {
  assert.equal(textOf('a'), 'a');
  assert.equal(textOf('x'.repeat(4096))?.length, 4096);
  assert.equal(textOf('x'.repeat(4097)), undefined);
  for (const nothing of nothings) assert.equal(textOf(nothing), undefined);
});

test('only true is true', () => {
  assert.ok(isTrue(true));
  for (const other of ['true', 1, {}, undefined]) assert.ok(!isTrue(other));
});

test('of a list the texts are read, of a long one the first 1,024', () => {
  assert.deepEqual(textsOf(['a', 1, null, ['b'], 'c']), ['a', 'c']);
  assert.deepEqual(textsOf(many), many.slice(0, 1024));
  assert.deepEqual(textsOf('a'), []);
});

test('of a list of structures what is none is empty', () => {
  assert.deepEqual(
    structuresOf([{ a: 1 }, 7, null]).map((each) => ({ ...each })),
    [{ a: 1 }, {}, {}],
  );
  assert.deepEqual(structuresOf({ a: 1 }), []);
});

test('of a map the texts are read, of a large one the first 1,024, whatever their keys are', () => {
  const read = textMapOf(JSON.parse('{"a":"b","c":1,"__proto__":"p","toString":"s"}'));
  assert.deepEqual(Object.entries(read ?? {}), [
    ['a', 'b'],
    ['__proto__', 'p'],
    ['toString', 's'],
  ]);
  assert.equal(Object.keys(textMapOf(Object.fromEntries(many.map((key) => [`k${key}`, key]))) ?? {}).length, 1024);
  assert.equal(textMapOf(['a']), undefined);
  assert.equal(structureOf('a').length, undefined);
});
