import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { InstallationId } from '../core/ids.ts';
import { enterEpoch, epochReader } from './epoch-file.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epoch-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('who asks all the time hears of every epoch that has begun, and of a file that is gone', () => {
  const path = join(directory, 'epoch.json');
  const highest = epochReader(path);
  assert.equal(highest(), -1);
  for (const epoch of [1, 2, 7]) {
    enterEpoch(path, { installationId: 'installation' as InstallationId, epoch }, assert.fail);
    assert.deepEqual([highest(), highest()], [epoch, epoch]);
  }
  rmSync(path);
  assert.equal(highest(), -1);
});
