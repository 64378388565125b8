import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { newId } from '../../conformance.ts';
import { UnreleasedEvents } from '../../unreleased-events.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';
import { OrphanTasks } from './orphan-tasks.ts';
import { TaskFiles } from './task-files.ts';

/** Files in which no end can be kept. */
class FullFiles extends TaskFiles {
  override end(): void {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  }
}

test('tasks of a dead runner are lost and released though the disk has no room for their ends', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-orphans-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const files = new FullFiles(join(directory, 'tasks'));
  const taskId = newId();
  files.claim(taskId);
  files.record({
    ...{ formatVersion: 1, taskId, label: 'l', bootId: 'another', at: 1, notes: [], instanceId: 'i-1' },
    ...{ cgroups: {}, containers: [] },
  });
  files.go(taskId);
  const events = new UnreleasedEvents();
  const config = { instanceId: 'i-1', host: { scratch: join(directory, 'scratch'), cgroups: {} } };
  const warnings: string[] = [];
  const logger = { info: () => {}, warn: (words: string) => void warnings.push(words) };
  const orphans = new OrphanTasks(files, events, config as unknown as RunnerConfig, 'this', new ManualClock(), logger);
  await orphans.adopt([taskId]);
  const end = events.last(taskId);
  assert.equal(end?.kind === 'ended' && end.cause, 'lost');
  assert.deepEqual(orphans.list(), [{ taskId, state: 'ended' }]);
  assert.match(warnings.join(), /ENOSPC/);
  await orphans.release(taskId);
  assert.deepEqual(files.list(), []);
});
