import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { mapOf } from './map-schema.ts';

const schema = z.object({ tags: mapOf(z.string()) });
const read = (text: string) => schema.safeParse(JSON.parse(text));

test('a map keeps every key, those that objects have of their own included', () => {
  const text = '{"tags":{"a":"1","constructor":"2","toString":"3","hasOwnProperty":"4","__proto__":"5"}}';
  assert.equal(JSON.stringify(read(text).data), text);
});

test('the value of any key is checked, and named where it is wrong', () => {
  for (const key of ['a', 'constructor', '__proto__']) {
    const { error } = read(`{"tags":{"b":"1","${key}":1}}`);
    assert.deepEqual(
      error?.issues.map(({ path, code }) => [...path, code]),
      [['tags', key, 'invalid_type']],
    );
  }
});

test('what is no map is refused as zod refuses it', () => {
  for (const text of ['[]', '"x"', 'null', '1']) {
    const own = read(`{"tags":${text}}`).error?.issues;
    const { error } = z.object({ tags: z.record(z.string(), z.string()) }).safeParse({ tags: JSON.parse(text) });
    assert.deepEqual(own, error?.issues);
  }
});
