import assert from 'node:assert/strict';
import { unitsOf } from './consumables.fixture.ts';
import { type JobEntry, placedLeaf } from './entry.ts';
import type { World } from './world.fixture.ts';

/**
 * The scheduler holds what placed jobs need, whatever was lost, told twice or taken back; and what durably ended attempts needed
 * was consumed, once.
 */
export function checkConsumables({ jobs, scheduler, store }: World): void {
  const expected = [...jobs.all()].reduce((sum, job) => sum + placesOf(job) * unitsOf(job.resources), 0);
  assert.equal(unitsOf({ vcpus: 0, memoryMiB: 0, gpus: 0, consumables: scheduler.held() }), expected, 'units are held');
  assert.equal(store.units, store.unitsOfEndedAttempts(), 'units are consumed');
}

/** How often a job holds what it asks for. */
function placesOf(job: JobEntry): number {
  switch (job.kind) {
    case 'single':
      return placedLeaf(job.state) ? 1 : 0;
    case 'array':
      return [...job.live.values()].filter(({ leaf }) => placedLeaf(leaf)).length;
    case 'multiNode':
      return 'gang' in job.state ? 1 : 0;
  }
}
