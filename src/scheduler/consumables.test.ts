import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobRequest } from '../core/job.ts';
import { everything, Site } from './scheduler.fixture.ts';

/** A queue `high` and a queue `low`, on an environment with room for all, and five licences. */
function site(): Site {
  return new Site()
    .environment('ce')
    .queue('high', 'ce', { priority: 2 })
    .queue('low', 'ce', { priority: 1 })
    .consumable('x/licences', 5);
}

function needs(quantity: number, resource = 'x/licences'): Pick<JobRequest, 'consumables'> {
  return { consumables: [{ resource, quantity }] };
}

test('a job starts once what it needs of a consumable resource is free, and the end of a job gives back what it held', () => {
  const one = site().jobs('low', 'a b', needs(3)).starts('a@ce');
  assert.equal(one.scheduler.heldOf('x/licences'), 3);
  one.starts('').finish('a').starts('b@ce');
});

test('a job that waits says for what, how much is free, and who holds it', () => {
  const one = site().jobs('low', 'a b', needs(2)).starts('a@ce b@ce').jobs('low', 'c', needs(4)).starts('');
  assert.equal(
    one.text('c'),
    'Waiting for consumable resources: 4 of licences needed, 1 of 5 free (job a holds 2, job b holds 2).',
  );
  assert.deepEqual(one.reason('c'), {
    kind: 'consumables-in-use',
    consumables: [
      {
        kind: 'in-use',
        resource: 'x/licences',
        requested: 4,
        available: 1,
        total: 5,
        holders: [
          { jobId: 'a', quantity: 2 },
          { jobId: 'b', quantity: 2 },
        ],
        holderCount: 2,
      },
    ],
  });
});

test('no more than three holders are named, the oldest, and the rest are counted', () => {
  const one = site().jobs('low', 'e d c b a', needs(1)).starts('e@ce d@ce c@ce b@ce a@ce').jobs('low', 'f', needs(1));
  assert.match(one.text('f'), /\(job a holds 1, job b holds 1, job c holds 1, and 2 more\)/);
});

test('all consumable resources are taken together, or none', () => {
  const both = [...(needs(5).consumables ?? []), { resource: 'x/tokens', quantity: 1 }];
  const one = site().consumable('x/tokens', 1).jobs('high', 'a', needs(1, 'x/tokens')).starts('a@ce');
  one.jobs('high', 'b', { consumables: both }).starts('');
  assert.equal(one.scheduler.heldOf('x/licences'), 0);
  one.finish('a').starts('b@ce');
});

test('a head that waits for consumable resources holds back its queue, as any head does', () => {
  const one = site().jobs('low', 'a b', needs(3)).jobs('low', 'c').starts('a@ce');
  assert.match(one.text('c'), /^Waiting in position 2 of 2 in job queue low, behind job b: Waiting for consumable/);
});

test('what is free of a consumable resource is kept for the head that waits for more of it, so that it does not starve', () => {
  const one = site().jobs('high', 'a', needs(3)).starts('a@ce');
  one.jobs('high', 'big', needs(5)).jobs('low', 'small', needs(1)).starts('');
  assert.deepEqual(one.reason('small'), {
    kind: 'outranked-by-queue',
    over: 'consumable',
    queueArn: 'high',
    jobId: 'big',
  });
  assert.match(one.text('small'), /for which units of consumable resources are kept\.$/);
  one.finish('a').starts('big@ce').finish('big').starts('small@ce');
});

test('a head that waits for consumable resources keeps no vCPUs: others use them meanwhile', () => {
  const one = site().environment('ce', { maxvCpus: 4 }).jobs('high', 'a:1', needs(5)).starts('a@ce');
  one.jobs('high', 'big:4', needs(5)).jobs('low', 'b:2 c:1').starts('b@ce c@ce').finish('a').starts('');
  assert.equal(one.reason('big').kind, 'compute-environments-at-max-vcpus');
});

test('a head that waits for vCPUs keeps the consumable resources that are free for it', () => {
  const one = site().environment('ce', { maxvCpus: 4 }).jobs('high', 'a:4').starts('a@ce');
  one.queue('other', 'roomy').environment('roomy').jobs('high', 'big:4', needs(5)).jobs('other', 'small', needs(1));
  one.starts('').finish('a').starts('big@ce');
});

test('what does not replenish is gone with the end of an attempt, and a job that needs more than is left says so', () => {
  const one = site().consumable('x/budget', 5, false).jobs('low', 'a b', needs(3, 'x/budget')).starts('a@ce');
  assert.equal(one.reason('b').kind, 'consumables-unobtainable');
  one.finish('a').starts('');
  assert.equal(
    one.text('b'),
    'Consumable resources do not suffice: 3 of budget needed, there are 2. The job waits until that is changed.',
  );
  one.consumable('x/budget', 3, false).starts('b@ce');
});

test('a head that can have no consumable resources keeps nothing from other queues', () => {
  const one = site().environment('ce', { maxvCpus: 4 }).jobs('high', 'never:4', needs(6)).jobs('low', 'a:4', needs(5));
  one.starts('a@ce');
  assert.match(one.text('never'), /6 of licences needed, there are 5\./);
});

test('a job whose consumable resource was deleted waits until it is there again, with what jobs hold of the old one', () => {
  const one = site().jobs('low', 'a', needs(3)).starts('a@ce').jobs('low', 'b', needs(3));
  one.removeConsumable('x/licences');
  one.starts('');
  assert.match(one.text('b'), /3 of licences needed, it does not exist\./);
  one.consumable('x/licences', 5).starts('').finish('a').starts('b@ce');
});

test('a total below what is held takes nothing from who holds it, and starts nobody until that much has come back', () => {
  const one = site().jobs('low', 'a b', needs(2)).starts('a@ce b@ce').consumable('x/licences', 3);
  one.jobs('low', 'c d', needs(1)).starts('').finish('a').starts('c@ce');
  assert.equal(one.reason('d').kind, 'consumables-in-use');
});

test('the children of an array hold what each needs', () => {
  const one = site();
  const request = { vcpus: 1, memoryMiB: 1, gpus: 0, ...needs(2) };
  one.scheduler.apply(
    { kind: 'job-queued', jobId: 'array' as never, queueArn: 'low', sequence: 1, request, count: 9 },
    0,
  );
  assert.equal(one.scheduler.plan(0, everything).decisions.length, 2);
  assert.match(one.text('array'), /1 of 5 free \(job array holds 4\)/);
  const place = { computeEnvironmentArn: 'ce', pool: 'host', instance: 'i-host' };
  one.scheduler.apply({ kind: 'task-finished', jobId: 'array' as never, ...place }, 0);
  assert.equal(one.scheduler.heldOf('x/licences'), 2);
});

test('an environment that cannot take the job at all is the reason, not its consumable resources', () => {
  const one = site().environment('ce', { maxvCpus: 1 }).jobs('high', 'a:4', needs(6));
  assert.equal(one.reason('a').kind, 'request-exceeds-every-environment');
});

test('that other jobs take the last place of a pool changes nothing of why a job waits for consumable resources', () => {
  const one = site().pool('host', { places: { most: 1, reason: 'all places are taken' } });
  one.jobs('high', 'a', needs(6)).jobs('low', 'b').starts('b@ce');
  assert.equal(one.reason('a').kind, 'consumables-unobtainable');
});
