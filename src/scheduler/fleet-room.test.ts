import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { JobId } from '../core/ids.ts';
import { describeChange } from './describe-change.ts';
import { typeOf } from './fleet/fleet.fixture.ts';
import { Site } from './scheduler.fixture.ts';

const small = typeOf('c5.large', 2, 0.085);
const middle = typeOf('c5.xlarge', 4, 0.17);
const types = [small, middle];
const node = (vcpus: number) => ({ vcpus, memoryMiB: 1, gpus: 0 });

/** Two instances of c5.xlarge that are idle, in an environment that launches c5.large alone now. */
function withIdle(site: Site, fleet: Parameters<Site['fleet']>[1] = {}): Site {
  site.fleet('ce', { types }, { maxvCpus: 10 }).queue('first', 'ce', { priority: 9 }).jobs('first', 'a:3 b:3');
  site.starts('').allReady().starts('a@ce b@ce');
  return site.fleet('ce', { types: [small], ...fleet }, { maxvCpus: 8 });
}

/** Plans until nothing more happens but by time. */
function settle(site: Site): Site {
  for (let more = true; more; ) {
    more = site.plan().more || [...site.instances.values()].some(({ state }) => state === 'starting');
    site.allReady();
  }
  return site;
}

describe('instances that are idle and leave no room for a multi-node job', () => {
  test('end though jobs behind it would run on them', () => {
    const site = withIdle(new Site()).queue('q', 'ce');
    for (const [name, count] of [['wide', 3] as const, ['next', 1] as const, ['last', 1] as const])
      site.submitNodes(name, 'q', count, node(1));
    site.finish('a', 'b');
    settle(site);
    assert.deepEqual([...site.running.keys()], ['wide', 'next']);
  });

  test('end though a head of a queue that is served later waits for them', () => {
    const site = withIdle(new Site()).queue('q', 'ce', { priority: 2 }).queue('low', 'ce');
    site.submitNodes('wide', 'q', 3, node(2));
    site.submitNodes('pair', 'low', 2, node(2));
    site.finish('a', 'b');
    assert.deepEqual([...settle(site).running.keys()], ['wide']);
  });

  test('end though another share waits for them', () => {
    const site = withIdle(new Site()).fair('q', 'ce');
    const nodes = [{ first: 0, last: 2, resources: node(2) }];
    site.submitRanges('wide', 'q', nodes, { share: 'a' });
    site.jobs('q', 'narrow:4', {}, { share: 'b' });
    site.finish('a', 'b');
    assert.deepEqual([...settle(site).running.keys()], ['wide']);
  });

  test('stay while there would not be enough room without them, and as long as they are to stay', () => {
    const busy = withIdle(new Site()).queue('q', 'ce');
    busy.submitNodes('wide', 'q', 3, node(1));
    busy.submitNodes('next', 'q', 1, node(1));
    assert.equal(settle(busy.finish('a')).instances.size, 2);
    const delayed = withIdle(new Site(), { scaleInDelay: 120_000 }).queue('q', 'ce');
    delayed.submitNodes('wide', 'q', 3, node(1));
    for (const name of ['next', 'last']) delayed.submitNodes(name, 'q', 1, node(1));
    delayed.finish('a').wait(20).finish('b');
    assert.equal(settle(delayed).instances.size, 2);
    assert.equal(settle(delayed.wait(100)).instances.size, 2);
    assert.equal(delayed.plan().wakeAt ?? delayed.scheduler.plan(delayed.now, 1).wakeAt, delayed.now + 20_000);
    assert.deepEqual([...settle(delayed.wait(20)).running.keys()], ['wide', 'next']);
  });
});

describe('a job for which minvCpus keeps no room', () => {
  const uneven = typeOf('uneven', 3, 0.1);
  const named = { ...node(2), instanceType: 'uneven' };
  /** Two of c5.xlarge, idle, which are all of minvCpus and maxvCpus; of three vCPUs each there would be less. */
  const fleet = { types: [middle, uneven], minvCpus: 8, strategy: 'BEST_FIT' } as const;
  const withMinimum = () => {
    const only = { ...fleet, types: [middle] };
    const site = new Site().fleet('ce', only, { maxvCpus: 8 }).queue('q', 'ce', { priority: 2 }).queue('low', 'ce');
    return settle(site).fleet('ce', fleet, { maxvCpus: 8 });
  };

  test('blocks its queue in the words of AWS, also while others run on what is kept, and holds nothing back', () => {
    const site = withMinimum();
    site.submitNodes('named', 'q', 2, named);
    const told = site.plan().blocked.map((change) => change.kind === 'blocked' && change.reason.kind);
    assert.deepEqual(told, ['minimum-leaves-no-room']);
    assert.equal(
      site.text('named'),
      'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU requirement of the job. ' +
        '(ce: instances have 8 of 8 vCPUs and no room for 4, uneven of 3 would be next, but minvCpus 8 keeps others)',
    );
    assert.equal(
      describeChange(site.reason('named')),
      'it starts with a smaller minvCpus, or with a greater maxvCpus (ce: 14)',
    );
    site.jobs('low', 'a:4 b:4').starts('a@ce b@ce');
    assert.deepEqual(site.plan().blocked, []);
    assert.equal(site.reason('named').kind, 'minimum-leaves-no-room');
    site.fleet('ce', fleet, { maxvCpus: 14 });
    assert.deepEqual([...settle(site).running.keys()], ['a', 'b', 'named']);
  });

  test('waits its turn where another environment of its queue will have room', () => {
    const site = withMinimum()
      .fleet('other', { types: [uneven], strategy: 'BEST_FIT' }, { maxvCpus: 6 })
      .queue('both', 'ce other')
      .queue('o', 'other', { priority: 9 });
    site.jobs('o', 'a:3 b:3').starts('').allReady().starts('a@other b@other');
    site.submitNodes('named', 'both', 2, named);
    site.starts('');
    assert.equal(site.reason('named').kind, 'compute-environments-at-max-vcpus');
    assert.match(describeChange(site.reason('named')) ?? '', /^it starts as jobs end there,/);
  });
});

test('a multi-node job is told that its instances start though they fill maxvCpus, and those that are there first are kept for it', () => {
  const site = new Site().fleet('ce', { types: [small] }, { maxvCpus: 4 }).queue('q', 'ce', { priority: 2 });
  site.queue('low', 'ce').submitNodes('gang', 'q', 2, node(1));
  site.starts('');
  assert.equal(site.text('gang'), 'Instance starting. (ce: 2 instances start)');
  site.instance('ready', [...site.instances.keys()][0] ?? '');
  site.jobs('low', 'a:1').starts('');
  assert.equal(site.text('gang'), 'Instance starting. (ce: 1 instance starts)');
  assert.match(site.text('a'), /^Waiting for job gang of job queue q/);
  site.allReady().starts('gang@ce');
});

test('a head keeps of vCPUs what it will take beyond what ends on the instance that is kept for it', () => {
  const site = new Site().fleet('ce', { types: [middle] }, { maxvCpus: 12 }).queue('q', 'ce', { priority: 2 });
  site
    .queue('low', 'ce')
    .jobs('q', 'a:2', { memoryMiB: 4_500 })
    .jobs('q', 'b:4')
    .jobs('q', 'c:2', { memoryMiB: 4_000 });
  settle(site).jobs('q', 'head:3', { memoryMiB: 5_000 }).jobs('low', 'd:1 e:1 f:1').starts('d@ce e@ce');
  site.finish('c').starts('head@ce f@ce');
});

test('jobs of a fleet all start, one after another, or are said never to start, whatever instances there are from before', () => {
  const all = [small, middle, typeOf('large', 8, 0.33), typeOf('gpu', 4, 1, { gpus: 1 })];
  const job = fc.record({
    queue: fc.constantFrom('q', 'q', 'low', 'fair'),
    share: fc.constantFrom('a', 'b'),
    nodes: fc.constantFrom(0, 0, 1, 2, 3),
    vcpus: fc.constantFrom(1, 2, 3, 5),
    instanceType: fc.constantFrom(undefined, undefined, undefined, 'c5.large', 'large'),
  });
  const given = fc.record({
    before: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 5 }),
    strategy: fc.constantFrom('BEST_FIT' as const, 'BEST_FIT_PROGRESSIVE' as const),
    named: fc.subarray(all, { minLength: 1 }),
    maxvCpus: fc.integer({ min: 2, max: 16 }),
    delay: fc.constantFrom(undefined, undefined, 90_000),
    jobs: fc.array(job, { minLength: 1, maxLength: 8 }),
  });
  const property = fc.property(given, ({ before, strategy, named, maxvCpus, delay, jobs }) => {
    const site = new Site({ gpus: 9 }).fleet('ce', { types: all }, { maxvCpus: 20 }).queue('old', 'ce');
    for (const [index, each] of before.entries()) site.jobs('old', `old${index}:${each}`);
    settle(site);
    for (const jobId of [...site.waiting.keys()]) site.cancel(jobId);
    const delays = delay === undefined ? {} : { scaleInDelay: delay };
    site.fleet('ce', { types: named, strategy, ...delays }, { maxvCpus });
    site.queue('q', 'ce', { priority: 2 }).queue('low', 'ce').fair('fair', 'ce');
    for (const [index, { queue, share, nodes, vcpus, instanceType }] of jobs.entries()) {
      const seat = queue === 'fair' ? { share } : {};
      const ranges = [{ first: 0, last: nodes - 1, resources: node(vcpus) }];
      if (nodes === 0) site.submit(`j${index}`, queue, node(vcpus), seat);
      else site.submitRanges(`j${index}`, queue, ranges, { ...seat, instanceType });
    }
    for (let round = 0; round < 40 && site.waiting.size > 0; round += 1) {
      for (const jobId of [...site.running.keys()]) site.finish(jobId);
      settle(site.wait(50));
      for (const jobId of [...site.waiting.keys()]) if (site.scheduler.hopeless(jobId)) site.cancel(jobId);
    }
    assert.deepEqual(
      [...site.waiting.keys()].map((jobId: JobId) => site.text(jobId)),
      [],
    );
  });
  fc.assert(property, { numRuns: 200 });
});
