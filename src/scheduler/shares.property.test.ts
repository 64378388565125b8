import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JobId } from '../core/ids.ts';
import { describeReason } from './describe-reason.ts';
import { naivePlan } from './naive-shares.fixture.ts';
import { everything, type Site } from './scheduler.fixture.ts';
import type { Decision, Scheduler } from './scheduler.ts';
import { shareHistory, siteOfShares } from './share-history.fixture.ts';

function check(property: (site: Site) => void, numRuns = 300): void {
  fc.assert(
    fc.property(shareHistory, (steps) => property(siteOfShares(steps))),
    { numRuns },
  );
}

function namesOf(decisions: readonly Decision[]): readonly string[] {
  return decisions.map(({ jobId, computeEnvironmentArn }) => `${jobId}@${computeEnvironmentArn}`);
}

function explained(site: Site, scheduler: Scheduler) {
  return [...site.waiting.keys()].map((jobId) => [jobId, scheduler.explain(jobId, site.now)]);
}

describe('queues whose shares take turns, after whatever has happened', () => {
  it('a plan decides what sorting all heads decides, whatever the limit', () => {
    fc.assert(
      fc.property(shareHistory, fc.constantFrom(1, 3, 256), (steps, limit) => {
        const site = siteOfShares(steps);
        const expected = naivePlan(site, limit);
        assert.deepEqual(namesOf(site.plan(limit).decisions), expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('a scheduler built from what is stored, shares told in reverse, explains and plans as the one that lived through it', () => {
    check((site) => {
      const rebuilt = site.rebuilt();
      assert.deepEqual(explained(site, rebuilt), explained(site, site.scheduler));
      for (const queueArn of ['q0', 'q1'])
        for (const share of ['a', 'team-1']) {
          const name = { queueArn, share };
          assert.deepEqual(rebuilt.activeShares(name, site.now), site.scheduler.activeShares(name, site.now));
        }
      assert.deepEqual(namesOf(rebuilt.plan(site.now, everything).decisions), namesOf(site.plan().decisions));
      site.wait(30);
      const again = site.rebuilt();
      assert.deepEqual(namesOf(again.plan(site.now, everything).decisions), namesOf(site.plan().decisions));
      assert.deepEqual(explained(site, again), explained(site, site.scheduler));
    }, 600);
  });

  it('a scheduler that is told what another says of itself explains and plans as that', () => {
    check((site) => {
      const copied = site.copied();
      assert.deepEqual(explained(site, copied), explained(site, site.scheduler));
      assert.deepEqual(namesOf(copied.plan(site.now, everything).decisions), namesOf(site.plan().decisions));
    });
  });

  it('what a job is told does not depend on who was asked about before', () => {
    fc.assert(
      fc.property(shareHistory, fc.infiniteStream(fc.nat(99)), (steps, draws) => {
        const site = siteOfShares(steps);
        const rank = new Map([...site.waiting.keys()].map((jobId) => [jobId, draws.next().value]));
        const jobIds = [...rank.keys()].sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
        const told = jobIds.map((jobId) => site.scheduler.explain(jobId, site.now));
        for (const [index, jobId] of jobIds.entries())
          assert.deepEqual(site.rebuilt().explain(jobId, site.now), told[index], jobId);
      }),
      { numRuns: 300 },
    );
  });

  it('a plan in slices of one decides what one plan decides', () => {
    check((site) => {
      const whole = namesOf(site.rebuilt().plan(site.now, everything).decisions);
      const slices: string[] = [];
      for (let more = true; more; ) {
        const plan = site.plan(1);
        slices.push(...namesOf(plan.decisions));
        more = plan.more;
      }
      assert.deepEqual(slices, whole);
      assert.deepEqual(site.plan().decisions, []);
    });
  });

  it('every waiting job has a reason in words, and only one that a plan starts is about to', () => {
    check((site) => {
      const reasons = [...site.waiting.keys()].map((jobId) => [jobId, site.reason(jobId)] as const);
      for (const [, reason] of reasons) assert.match(describeReason(reason), /\S/);
      const started = new Set(site.plan().decisions.map(({ jobId }) => jobId));
      for (const [jobId, { kind }] of reasons) if (kind === 'about-to-start') assert.ok(started.has(jobId), jobId);
    });
  });

  it('positions are those in which jobs start where there is room for all', () => {
    check((site) => {
      for (const arn of ['ce0', 'ce1']) site.environment(arn, { maxvCpus: 100_000 });
      site.consumable('licences', 100_000);
      for (const { arn, computeEnvironmentArns, fairShare, ...settings } of [...site.queues.values()]) {
        const budget = fairShare && { fairShare: { ...fairShare, computeReservation: 0 } };
        site.queue(arn, computeEnvironmentArns.join(' '), { ...settings, ...budget, acceptsPlacement: true });
      }
      const told = new Map<JobId, number>();
      for (const jobId of site.waiting.keys()) {
        const reason = site.reason(jobId);
        if (reason.kind === 'waiting-for-share' && reason.position) told.set(jobId, reason.position);
      }
      const queueOf = new Map([...site.waiting.values()].map(({ jobId, queueArn }) => [jobId, queueArn]));
      const started = site.plan().decisions.map(({ jobId }) => jobId);
      for (const [jobId, position] of told) {
        const before = started.slice(0, started.indexOf(jobId)).filter((id) => queueOf.get(id) === queueOf.get(jobId));
        assert.equal(before.length + 1, position, jobId);
      }
    });
  });

  it('a job that is only tried is told what it would be told if it came, and changes nothing', () => {
    check((site) => {
      const request = { vcpus: 2, memoryMiB: 3, gpus: 0 };
      const seat = { share: 'newcomer', priority: 1 };
      const tried = { jobId: 'tried' as JobId, queueArn: 'q0', sequence: Number.MAX_SAFE_INTEGER, request, ...seat };
      const trial = site.scheduler.tryOut(tried, site.now);
      assert.deepEqual(site.scheduler.hopelessIfQueued(tried, site.now), trial.hopeless);
      assert.deepEqual(site.scheduler.takeChangedShares(), []);
      const [untouched, come] = [site.rebuilt(), site.rebuilt()];
      come.apply({ kind: 'share-jobs', queueArn: 'q0', share: 'newcomer', by: 1 }, site.now);
      come.apply({ kind: 'job-queued', ...tried }, site.now);
      assert.deepEqual(trial.waiting, come.explain(tried.jobId, site.now));
      assert.deepEqual(namesOf(site.plan().decisions), namesOf(untouched.plan(site.now, everything).decisions));
    });
  });

  it('a share that faded is forgotten, and the order stays', () => {
    check((site) => {
      site.wait(100_000);
      const kept = site.rebuilt();
      site.forgetFaded();
      assert.deepEqual(site.scheduler.fadedShares(site.now, everything), []);
      assert.deepEqual(namesOf(site.plan().decisions), namesOf(kept.plan(site.now, everything).decisions));
    });
  });

  it('such histories start jobs, block heads of each kind, and fill budgets', () => {
    const seen = new Set<string>();
    for (const steps of fc.sample(shareHistory, { numRuns: 600, seed: 3 })) {
      const site = siteOfShares(steps);
      if (site.plan().decisions.length > 0) seen.add('start');
      for (const jobId of site.waiting.keys()) {
        const reason = site.reason(jobId);
        seen.add(reason.kind);
        if (reason.kind !== 'waiting-for-share') continue;
        seen.add(`for share: ${reason.head.kind}`);
        if (reason.head.kind === 'outranked-by-share') seen.add(`over ${reason.head.over}`);
      }
    }
    const wanted = [
      ...['start', 'over-budget', 'waiting-for-share', 'consumables-in-use', 'over turn', 'over compute-environment'],
      ...['compute-environments-at-max-vcpus', 'request-exceeds-every-environment', 'over consumable'],
      ...['for share: over-budget', 'for share: outranked-by-share', 'for share: compute-environments-at-max-vcpus'],
    ];
    assert.deepEqual(
      wanted.filter((kind) => !seen.has(kind)),
      [],
      [...seen].join(', '),
    );
  });
});
