import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JobId } from '../core/ids.ts';
import { describeChange } from './describe-change.ts';
import { Site } from './scheduler.fixture.ts';

/** A queue on an environment that has what is registered, on a machine of 8 vCPUs and 64 MiB. */
function siteOf(settings: Parameters<Site['registered']>[1] = {}): Site {
  return new Site({ vcpus: 8, memoryMiB: 64, gpus: 1 }).registered('ue', settings).queue('q', 'ue');
}

const instanceOf = (site: Site, job: string) => site.running.get(job as JobId)?.instance ?? assert.fail(`${job} waits`);

describe('an environment whose instances are registered', () => {
  test('has no capacity before one is: jobs wait for that alone, and are told the command', () => {
    const site = siteOf().jobs('q', 'a:2').starts('');
    const command = 'batchyard instance register --environment ue';
    assert.equal(
      site.text('a'),
      `No instance that would hold it is registered. (ue: no instance is registered: ${command})`,
    );
    assert.equal(describeChange(site.reason('a')), command);
    assert.equal(site.scheduler.hopeless('a' as JobId), undefined);
    assert.deepEqual(site.plan().instances, []);
    const id = site.register('ue', { vcpus: 2 });
    site.starts('a@ue');
    assert.equal(instanceOf(site, 'a'), id);
  });

  test('says what an instance must have for a job that is larger than the machine', () => {
    const site = siteOf().jobs('q', 'a:9.5').starts('');
    site.register('ue', { vcpus: 8 });
    site.starts('');
    assert.match(
      site.text('a'),
      /its registered instance is too small: batchyard instance register --environment ue --vcpus 10 --memory 1\)$/,
    );
    site.register('ue', { vcpus: 10 });
    site.starts('a@ue');
  });

  test('tells a job that other jobs are on all instances that would hold it, and keeps the nearest for it', () => {
    const site = siteOf().queue('low', 'ue', { priority: 0 });
    site.register('ue', { vcpus: 4 });
    site.jobs('q', 'a:3').starts('a@ue').jobs('q', 'b:4').jobs('low', 'c:1').starts('');
    assert.equal(
      site.text('b'),
      'Waiting for room on a registered instance. (ue: its registered instance has no room for 4 vCPUs, 1 MiB of memory)',
    );
    assert.match(
      describeChange(site.reason('b')) ?? '',
      /another instance: batchyard instance register --environment ue$/,
    );
    assert.match(site.text('c'), /^Waiting for job b of job queue q, which is served first/);
    site.finish('a').starts('b@ue');
  });

  test('that is at its maxvCpus does not make a job impossible that nothing registered would hold', () => {
    const site = siteOf({ maxvCpus: 4 });
    site.register('ue', { vcpus: 4 });
    site.jobs('q', 'a:3').starts('a@ue').submit('b', 'q', { vcpus: 2, memoryMiB: 1, gpus: 1 });
    site.starts('');
    assert.match(
      site.text('b'),
      /its registered instance is too small: batchyard instance register --environment ue\)$/,
    );
    assert.equal(site.scheduler.hopeless('b' as JobId), undefined);
  });

  test('keeps idle instances, and lets a drained one go with its last job', () => {
    const site = siteOf();
    const id = site.register('ue', { vcpus: 2 });
    site.jobs('q', 'a:2').starts('a@ue').finish('a').wait(1_000_000).plan();
    assert.deepEqual([...site.instances.keys()], [id]);
    site.jobs('q', 'b:2 c:2').starts('b@ue').instance('closed', id);
    site.starts('');
    assert.match(site.text('c'), /no instance is registered/);
    site.finish('b').plan();
    assert.equal(site.instances.size, 0);
  });

  test('never gives the id of an instance again', () => {
    const site = siteOf();
    const first = site.register('ue', { vcpus: 2 });
    site.instance('closed', first);
    site.plan();
    assert.notEqual(site.register('ue', { vcpus: 2 }), first);
  });

  test('passes a job on to the next environment of its queue where nothing is registered that would hold it', () => {
    const site = siteOf().environment('pool', { maxvCpus: 8 }).queue('both', 'ue pool');
    site.register('ue', { vcpus: 2 });
    site.jobs('both', 'a:4 b:1').starts('a@pool b@ue');
  });

  test('counts for the reservation of fair share queues with what is registered, unless unmanagedvCpus says otherwise', () => {
    const start = (settings: Parameters<typeof siteOf>[0] = {}) => {
      const site = siteOf(settings).fair('fair', 'ue', { computeReservation: 50 });
      site.register('ue', { vcpus: 8 });
      return site.share('fair', 'x', 'a:4 b:1');
    };
    const site = start().starts('a@ue');
    assert.match(site.text('b'), /may hold 4 of 8 vCPUs/);
    start({ unmanagedvCpus: 16 }).starts('a@ue b@ue');
  });

  test('runs no more than the machine beneath has room for', () => {
    const site = siteOf();
    site.register('ue', { vcpus: 16 });
    site.jobs('q', 'a:5 b:5').starts('a@ue');
    assert.match(site.text('b'), /^Waiting for the host: 2 vCPUs short/);
  });
});
