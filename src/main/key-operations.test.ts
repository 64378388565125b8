import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId, Region } from '../core/ids.ts';
import { callOperation, rejectionOf, rootContext } from '../core/operation.fixture.ts';
import { KeysUnavailable } from '../vault/index.ts';
import { keyOperations } from './key-operations.ts';

/** What a rotation that fails so is answered with. */
function answerTo(error: unknown): Promise<unknown> {
  const { RotateKeys } = keyOperations({ rotate: () => Promise.reject(error) });
  const context = rootContext({ account: '123456789012' as AccountId, region: 'us-east-1' as Region }, 0);
  return rejectionOf(callOperation(RotateKeys, {}, context, async () => {}));
}

test('keys that cannot be written, as on a full disk, and keys that are damaged are told in words, and bugs are not', async () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  const seen = (await answerTo(full)) as { code?: string; message?: string };
  assert.equal(seen.code, 'ClientException');
  assert.match(seen.message ?? '', /^The keys cannot be written: ENOSPC: no space left on device.* ask again/);
  const damaged = (await answerTo(new KeysUnavailable('keys is damaged'))) as { code?: string; message?: string };
  assert.deepEqual([damaged.code, damaged.message], ['ClientException', 'keys is damaged']);
  const bug = new TypeError('x');
  assert.equal(await answerTo(bug), bug);
});
