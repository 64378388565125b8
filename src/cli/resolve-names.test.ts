import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveNames } from './resolve-names.ts';

test('names are resolved as the system does, and what has no address is left out', async () => {
  const found = await resolveNames(['127.0.0.1', '::1', 'a name with spaces']);
  assert.deepEqual(found, { '127.0.0.1': ['127.0.0.1'], '::1': ['::1'] });
});
