import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import { digestOf } from '../digest.ts';
import { registryPatience } from '../registry/index.ts';
import { Blobs } from './blobs.ts';
import { temporary } from './open-store.fixture.ts';

test('a blob that is being removed is not here any more', async (t) => {
  const directory = temporary(t);
  mkdirSync(directory);
  const blobs = new Blobs(directory, new ManualClock(), registryPatience);
  const digest = digestOf(Buffer.from('blob'));
  writeFileSync(blobs.path(digest), 'blob');
  assert.equal(await blobs.has({ digest, size: 4 }), true);
  const removal = blobs.remove(blobs.path(digest));
  assert.equal(await blobs.has({ digest, size: 4 }), false);
  await removal;
});
