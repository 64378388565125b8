import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId, Region } from '../core/ids.ts';
import { callOperation, rejectionOf, rootContext } from '../core/operation.fixture.ts';
import type { Operation, ServiceDefinition } from '../core/operation.ts';
import { KeysUnavailable } from '../vault/index.ts';
import { withKeyOperations } from './key-operations.ts';

const batchyard = {
  protocol: { kind: 'restJson1', bindings: {} },
  operations: {},
} as unknown as ServiceDefinition;

/** What a rotation that fails so is answered with. */
function answerTo(error: unknown): Promise<unknown> {
  const { operations } = withKeyOperations(batchyard, { rotate: () => Promise.reject(error) });
  const { RotateKeys } = operations as Record<string, Operation<object, object>>;
  assert.ok(RotateKeys);
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
