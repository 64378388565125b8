import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { JobId } from '../core/ids.ts';
import { typeOf } from './fleet/fleet.fixture.ts';
import { Site } from './scheduler.fixture.ts';

const small = typeOf('c5.large', 2, 0.085);
const middle = typeOf('c5.xlarge', 4, 0.17);
const huge = typeOf('c5.4xlarge', 16, 0.68);
const node = { vcpus: 1, memoryMiB: 1, gpus: 0 };

const typesOf = ({ instances }: Site) => [...instances.values()].map(({ type }) => type).sort();

/** All that happens by itself: instances are there at once. */
function settle(site: Site): void {
  for (let turn = 0; turn < 50; turn += 1) if (!site.allReady().plan().more) return;
  assert.fail('plans go on and on');
}

describe('idle instances in the way of what waits first', () => {
  test('end though minvCpus would keep them, in the plan that launches enough in their place', () => {
    const site = new Site().fleet('ce', { types: [huge], minvCpus: 2 }, { maxvCpus: 12 }).queue('q', 'ce');
    settle(site);
    site.fleet('ce', { types: [small, middle, huge], minvCpus: 2 }, { maxvCpus: 12 });
    settle(site);
    assert.deepEqual(typesOf(site), ['c5.4xlarge']);
    site.onPlan = () => assert.ok(site.scheduler.allocatedvCpus('ce') >= 2);
    site.submitNodes('gang', 'q', 3, { ...node, vcpus: 2 });
    settle(site);
    assert.deepEqual(typesOf(site), ['c5.large', 'c5.large', 'c5.large']);
    assert.ok(site.running.has('gang' as JobId));
  });

  for (const ordered of [true, false])
    test(`are not filled by younger jobs until they end (${ordered ? 'queue' : 'fair'})`, () => {
      const site = new Site().fleet('ce', { types: [middle] }, { maxvCpus: 5 });
      if (ordered) site.queue('q', 'ce', { priority: 2 }).queue('low', 'ce');
      else site.fair('q', 'ce').fair('low', 'ce');
      const share = (name: string) => (ordered ? {} : { share: name });
      for (let at = 0; at < 5; at += 1) site.submit(`f${at}`, 'low', node, share('f'));
      settle(site);
      assert.deepEqual(typesOf(site), ['c5.xlarge', 'c5.xlarge']);
      site.fleet('ce', { types: [small, middle] }, { maxvCpus: 5 });
      site.submitNodes('gang', 'q', 3, node, share('g'));
      for (let round = 0; site.waiting.has('gang' as JobId); round += 1) {
        assert.ok(round < 30, `waits for ever: ${site.text('gang')}`);
        site.submit(`y${round}`, 'low', node, share('f'));
        site.wait(1);
        settle(site);
        const [oldest] = site.running.keys();
        if (oldest !== undefined) site.finish(oldest);
        settle(site);
      }
    });
});

const asked = fc.record({
  queue: fc.constantFrom('q', 'low'),
  nodes: fc.constantFrom(0, 0, 1, 2, 3),
  vcpus: fc.constantFrom(1, 2, 3, 4),
});

test('what is launched and ends without having run anything is bounded by the jobs that came, and all jobs start', () => {
  const given = fc.record({
    first: fc.constantFrom(small, middle, huge),
    minvCpus: fc.integer({ min: 0, max: 8 }),
    maxvCpus: fc.integer({ min: 8, max: 12 }),
    jobs: fc.array(asked, { minLength: 1, maxLength: 8 }),
  });
  fc.assert(
    fc.property(given, ({ first, minvCpus, maxvCpus, jobs }) => {
      const site = new Site().fleet('ce', { types: [first], minvCpus }, { maxvCpus });
      site.queue('q', 'ce', { priority: 2 }).queue('low', 'ce');
      settle(site);
      site.fleet('ce', { types: [small, middle, huge], minvCpus }, { maxvCpus });
      const unused = new Set(site.instances.keys());
      let wasted = 0;
      site.onPlan = ({ decisions, instances }) => {
        for (const one of instances) {
          if (one.kind === 'launch') for (const { id } of one.instances) unused.add(id);
          if (one.kind === 'end' && unused.delete(one.id)) wasted += 1;
        }
        for (const one of decisions)
          for (const id of one.kind === 'place' ? [one.instance] : one.instances) unused.delete(id);
        assert.ok(site.scheduler.allocatedvCpus('ce') >= minvCpus, 'there is less than minvCpus');
      };
      for (const [index, { queue, nodes, vcpus }] of jobs.entries()) {
        if (nodes === 0) site.submit(`j${index}`, queue, { ...node, vcpus });
        else site.submitNodes(`j${index}`, queue, nodes, { ...node, vcpus });
        if (site.scheduler.hopeless(`j${index}` as JobId)) site.cancel(`j${index}`);
      }
      for (let round = 0; site.waiting.size > 0; round += 1) {
        assert.ok(round < 40, [...site.waiting.keys()].map((job) => site.text(job)).join());
        settle(site);
        for (const job of [...site.running.keys()].slice(0, 1)) site.finish(job);
        site.wait(1);
      }
      assert.ok(wasted <= 8 + 6 * jobs.length, `${wasted} have run nothing`);
    }),
    { numRuns: 60 },
  );
});
