import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialValues, withoutSecrets, wrongWith } from './act.ts';

const name = { name: 'name', label: 'a.b' };

test('a field must be filled unless it may be empty, and JSON must be JSON', () => {
  assert.equal(wrongWith(name, ' '), 'act.required');
  assert.equal(wrongWith({ ...name, optional: true }, ''), undefined);
  const json = { ...name, kind: 'json' } as const;
  assert.equal(wrongWith(json, '{"a":'), 'act.not-json');
  assert.equal(wrongWith(json, '{"a":1}'), undefined);
});

test('the line that is shown has no secrets', () => {
  const fields = [
    { ...name, initial: 'x' },
    { name: 'value', label: 'a.b', kind: 'secret' },
  ] as const;
  assert.deepEqual(initialValues(fields), { name: 'x', value: '' });
  assert.deepEqual(withoutSecrets(fields, { name: 'x', value: 'hidden' }), { name: 'x', value: '****' });
});
