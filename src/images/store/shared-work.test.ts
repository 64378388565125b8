import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedWork } from './shared-work.ts';

test('work that is closed ends with the reason, and nothing begins any more', async () => {
  const works = new SharedWork<number, string>();
  const first = works.run('key', {}, (_tell, signal) => {
    const { promise, reject } = Promise.withResolvers<string>();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    return promise;
  });
  const reason = new Error('the server ends');
  const closed = works.close(reason);
  await assert.rejects(first, reason);
  await closed;
  await assert.rejects(
    works.run('other', {}, async () => 'begun'),
    reason,
  );
});
