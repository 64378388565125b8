import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startTestServer } from '../server.fixture.ts';
import { prunedLines } from './images.ts';

const server = await startTestServer();
after(() => server[Symbol.asyncDispose]());

test('where no images are here it is said', async () => {
  assert.deepEqual((await server.command('images')).stdout, 'No images.\n');
  assert.deepEqual(JSON.parse((await server.command('images', 'ls', '--json')).stdout), []);
});

test('images prune says which of the named images could not go, and ends with 1', async () => {
  const pruned = await server.command('images', 'prune', 'typo');
  const words = 'batchyard: image docker.io/library/typo:latest is not here\n0 B are free again.\n';
  assert.deepEqual([pruned.exitCode, pruned.stderr], [1, words]);
  assert.equal((await server.command('images', 'prune')).exitCode, 0);
  assert.deepEqual(prunedLines({ freedBytes: 2048, inUse: ['quay.io/a:1'], unknown: [] }), [
    'batchyard: image quay.io/a:1 stays: a job uses it',
    '2.0 KiB are free again.',
  ]);
});
