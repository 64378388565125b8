import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsOf } from './query-fields.ts';

test('rows that lack fields of others make no column twice, and none is lost', () => {
  const row = (...fields: readonly string[]) => fields.map((field) => ({ field }));
  assert.deepEqual(fieldsOf([row('@ptr', 'b'), row('a', 'b', '@ptr'), row()]), ['b', 'a']);
});
