import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isShortOfFiles } from './short-of-files.ts';

const coded = (code: string, message = '') => Object.assign(new Error(message), { code });

test('what fails for want of a file is told from other failures, through its causes and of a thread too', () => {
  assert.ok(isShortOfFiles(coded('EMFILE')));
  assert.ok(isShortOfFiles(coded('ENFILE')));
  assert.ok(isShortOfFiles(new Error('outer', { cause: new Error('inner', { cause: coded('EMFILE') }) })));
  assert.ok(isShortOfFiles(coded('ERR_WORKER_INIT_FAILED', 'Worker initialization failure: EMFILE')));
  for (const other of [
    coded('ENOENT'),
    coded('ERR_WORKER_INIT_FAILED', 'failure: ENOMEM'),
    new Error('EMFILE'),
    'EMFILE',
  ])
    assert.equal(isShortOfFiles(other), false);
});
