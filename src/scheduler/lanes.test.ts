import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../core/ids.ts';
import { Model } from './model.ts';
import type { QueuedJob } from './scheduler-event.ts';

const request = { vcpus: 1, memoryMiB: 1, gpus: 0 };
const policy = { decays: [], computeReservation: 0, weights: [], blocking: 'share' } as const;

/** A queue whose shares each have a job, of a timeout of its own. */
function modelOf(...timeouts: readonly number[]): Model {
  const model = new Model();
  const common = { priority: 1, computeEnvironmentArns: [], acceptsPlacement: true };
  model.putQueue({ arn: 'fair', ...common, fairShare: policy });
  model.putQueue({ arn: 'fifo', ...common });
  for (const timeoutSeconds of timeouts) add(model, { share: `s${timeoutSeconds}`, timeoutSeconds });
  return model;
}

let jobs = 0;
function add(model: Model, more: Partial<QueuedJob>): JobId {
  jobs += 1;
  const jobId = `j${jobs}` as JobId;
  model.enqueue({ jobId, queueArn: 'fair', sequence: jobs, request, ...more });
  return jobId;
}

const lanesOf = (model: Model) => [...(model.queue('fair')?.lanes() ?? [])].length;
const nodes = [{ first: 0, last: 0, resources: request }];

test('heads that would end at unlike times stand in lanes of their own from the first multi-node job of a queue whose shares take turns on', () => {
  const model = modelOf(10, 20, 30);
  assert.equal(lanesOf(model), 1);
  add(model, { queueArn: 'fifo', nodes });
  assert.equal(lanesOf(model), 1);
  const gang = add(model, { share: 'wide', nodes });
  assert.equal(lanesOf(model), 4);
  model.dequeue(gang);
  add(model, { share: 's40', timeoutSeconds: 40 });
  assert.equal(lanesOf(model), 4);
});
