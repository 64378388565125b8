import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commitFailure } from './failure.ts';

/** As Node has SQLite's error of input and output. */
const ioError = () => Object.assign(new Error('disk I/O error'), { errcode: 10 });

test('an error of the disk is told though nothing of its directory can be asked any more', () => {
  const failure = commitFailure(ioError(), '/batchyard-no-such-directory');
  assert.deepEqual(failure, { reason: 'failed', message: 'disk I/O error' });
});
