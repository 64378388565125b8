import assert from 'node:assert/strict';
import { describe, it, mock, test } from 'node:test';
import type { JobId } from '../core/ids.ts';
import { Admission } from './admission.ts';
import { Tournament } from './fair-share/tournament.ts';
import { everything, Site } from './scheduler.fixture.ts';
import { TurnQueue } from './turn-queue.ts';

const start = 1_790_000_000_000;

function siteOf(maxvCpus: number): Site {
  const site = new Site().environment('ce', { maxvCpus });
  site.now = start;
  return site;
}

/** `count` jobs of a share that wait, called `name0` and so on. */
function many(name: string, count: number, vcpus = 1): string {
  return Array.from({ length: count }, (_, index) => `${name}${index}:${vcpus}`).join(' ');
}

/** `count` shares whose heads all ask for something else, and none fits beside the job `first`. */
function eachOther(count: number): Site {
  const site = siteOf(count + 2)
    .fair('q', 'ce')
    .share('q', 'first', `first:${count + 2}`)
    .starts('first@ce');
  for (let share = 0; share < count; share += 1) site.share('q', `s${share}`, `j${share}:${share + 2}`);
  site.plan();
  return site.share('q', 'first', `all:${count + 2}`);
}

/** vCPU-seconds of each share: jobs of it last so long, and more of them always wait. */
function shared(site: Site, kinds: Readonly<Record<string, { vcpus: number; lasts: number }>>, seconds: number) {
  const used = new Map<string, number>();
  const ends: { at: number; jobId: JobId; share: string; vcpus: number; since: number }[] = [];
  const from = site.now;
  let submitted = 0;
  const add = (share: string, vcpus: number) => {
    submitted += 1;
    site.share('q', share, `${share}-${submitted}:${vcpus}`);
  };
  for (const [share, { vcpus }] of Object.entries(kinds)) for (let index = 0; index < 20; index += 1) add(share, vcpus);
  while (site.now < from + seconds * 1000) {
    for (const { jobId } of site.plan().decisions) {
      const share = jobId.slice(0, jobId.lastIndexOf('-'));
      const { vcpus, lasts } = kinds[share] ?? assert.fail(share);
      ends.push({ at: site.now + lasts * 1000, jobId, share, vcpus, since: site.now });
      add(share, vcpus);
    }
    ends.sort((a, b) => b.at - a.at);
    const end = ends.pop() ?? assert.fail('nothing runs');
    site.now = end.at;
    site.finish(end.jobId);
    used.set(end.share, (used.get(end.share) ?? 0) + (end.vcpus * (end.at - end.since)) / 1000);
  }
  return used;
}

describe('shares of one queue', () => {
  it('take turns, whoever came first: the one that has used least is next', () => {
    const site = siteOf(2).fair('q', 'ce').share('q', 'a', 'a1 a2 a3 a4').share('q', 'b', 'b1 b2');
    site.starts('a1@ce b1@ce').wait(10).finish('a1').starts('a2@ce').wait(10).finish('a2', 'b1');
    site.starts('b2@ce a3@ce');
  });

  it('share what there is by inverse weight, whatever the size and length of their jobs, within 2 %', () => {
    const site = siteOf(40);
    const weights = [
      { shareIdentifier: 'quarter', weightFactor: 4 },
      { shareIdentifier: 'double', weightFactor: 0.5 },
    ];
    site.fair('q', 'ce', { decay: 120, weights });
    const kinds = {
      plain: { vcpus: 1, lasts: 3 },
      quarter: { vcpus: 1, lasts: 2 },
      double: { vcpus: 2, lasts: 6 },
      other: { vcpus: 1, lasts: 5 },
    };
    const used = shared(site, kinds, 6_000);
    const sum = [...used.values()].reduce((total, each) => total + each, 0);
    const parts = { plain: 1, quarter: 0.25, double: 2, other: 1 };
    for (const [share, part] of Object.entries(parts)) {
      const error = (used.get(share) ?? 0) / sum / (part / 4.25) - 1;
      assert.ok(Math.abs(error) < 0.02, `${share} is ${error} off`);
    }
  });

  it('give a newcomer all that comes free until it has caught up', () => {
    const site = siteOf(10).fair('q', 'ce', { decay: 600 });
    for (const share of ['a', 'b']) site.share('q', share, many(share, 400));
    site.plan();
    for (let round = 0; round < 20; round += 1) {
      site.wait(60).finish(...[...site.running.keys()]);
      site.plan();
    }
    site.share('q', 'new', many('new', 400));
    const startedOf = (share: string) => {
      site.wait(1).finish([...site.running.keys()].find((id) => !id.startsWith('new')) ?? assert.fail());
      return site.plan().decisions.filter(({ jobId }) => jobId.startsWith(share)).length;
    };
    for (let end = 0; end < 8; end += 1) assert.equal(startedOf('new'), 1);
  });

  it('of equal usage go by age, and within a share by priority', () => {
    const site = siteOf(4).fair('q', 'ce', { decay: 0 });
    site.share('q', 'b', 'late', 1).share('q', 'a', 'a1', 1).share('q', 'b', 'urgent', 9);
    site.starts('a1@ce urgent@ce late@ce');
  });

  it('without decay count only what is held now', () => {
    const site = siteOf(2).fair('q', 'ce', { decay: 0 }).share('q', 'a', 'a1 a2 a3').starts('a1@ce a2@ce');
    site.share('q', 'b', 'b1').wait(1000).finish('a1', 'a2').starts('a3@ce b1@ce');
  });

  it('are billed no time by a clock that stands still or goes back', () => {
    const site = siteOf(2).fair('q', 'ce').share('q', 'a', 'a1').share('q', 'b', 'b1').starts('a1@ce b1@ce');
    const before = site.scheduler.plan(start + 5000, everything);
    assert.deepEqual(before.decisions, []);
    site.now = start - 86_400_000;
    site.finish('a1');
    assert.equal(site.shares.get('q a')?.at, start + 5000);
    assert.ok(Math.abs((site.shares.get('q a')?.usage ?? 0) - 5) < 0.05);
  });

  it('keep what faded under one policy when another comes', () => {
    const site = siteOf(1).fair('q', 'ce', { decay: 100 }).share('q', 'a', 'a1').starts('a1@ce').wait(100);
    site.finish('a1').wait(100);
    const decays = [
      { since: 0, seconds: 100 },
      { since: site.now, seconds: 1000 },
    ];
    const { fairShare } = site.queues.get('q') ?? assert.fail();
    assert.ok(fairShare);
    site
      .queue('q', 'ce', { fairShare: { ...fairShare, decays } })
      .wait(1000)
      .share('q', 'a', 'a2:2');
    const reason = site.plan() && site.reason('a2');
    assert.equal(reason.kind, 'request-exceeds-every-environment');
    site.share('q', 'b', 'b1').share('q', 'a', 'a3', 5).plan();
    site.share('q', 'a', 'a4', 4);
    const told = site.reason('a4');
    assert.ok(told.kind === 'waiting-for-share');
    // 100 s of one vCPU with a mean life of 100 s, then one such life, then one of the new.
    const expected = 100 * (1 - Math.exp(-1)) * Math.exp(-1) * Math.exp(-1);
    assert.ok(Math.abs(told.standing.usedVcpuSeconds - expected) < 1e-9, `${told.standing.usedVcpuSeconds}`);
  });
});

describe('a head that does not fit', () => {
  it('keeps back its share, and what it waits for; other shares go on beside that', () => {
    const site = siteOf(16)
      .fair('q', 'ce')
      .share('q', 'small', many('s', 40, 2));
    site.plan();
    assert.equal(site.running.size, 8);
    site.now += 1;
    site.share('q', 'large', 'large:8 behind:1').share('q', 'third', 't:1');
    for (const name of ['s0', 's1', 's2']) {
      site.wait(1).finish(name).starts('');
    }
    site.wait(1).finish('s3').starts('large@ce');
  });

  it('that can never start keeps back nothing but its own share', () => {
    const site = siteOf(4).fair('q', 'ce').share('q', 'a', 'huge:9 behind').share('q', 'b', 'b1 b2');
    site.starts('b1@ce b2@ce');
    assert.equal(site.reason('huge').kind, 'request-exceeds-every-environment');
    assert.match(site.text('behind'), /^Waiting in position \d of 2 in job queue q, behind job huge of its share: /);
  });

  it('keeps back the whole queue where that is asked for', () => {
    const site = siteOf(4).fair('q', 'ce', { blocking: 'queue' }).share('q', 'a', 'huge:9').share('q', 'b', 'b1');
    site.starts('');
    assert.match(site.text('b1'), /Waiting for job huge of share a, which is first\.$/);
  });

  it('costs one question for all that ask for the same', (context) => {
    const site = siteOf(1).fair('q', 'ce');
    for (let share = 0; share < 400; share += 1) site.share('q', `s${share}`, `j${share}`);
    site.plan();
    const judge = context.mock.method(Admission.prototype, 'judge');
    site.finish('j0').plan();
    assert.ok(judge.mock.callCount() <= 2, `${judge.mock.callCount()} questions`);
  });

  it('costs as much as there are that ask for something else, and not each of them for each', (context) => {
    const site = eachOther(60);
    const winner = context.mock.method(Tournament.prototype, 'winner');
    site.plan();
    assert.ok(winner.mock.callCount() < 60 * 5, `${winner.mock.callCount()} looks`);
  });

  it('is told why, of hundreds that ask for something else, in one pass', (context) => {
    const site = eachOther(60);
    const judge = context.mock.method(Admission.prototype, 'judge');
    const winner = context.mock.method(Tournament.prototype, 'winner');
    for (let share = 0; share < 60; share += 1) site.reason(`j${share}`);
    assert.ok(judge.mock.callCount() <= 60 * 2, `${judge.mock.callCount()} questions`);
    assert.ok(winner.mock.callCount() < 60 * 20, `${winner.mock.callCount()} looks`);
  });
});

describe('a job that comes, or ends,', () => {
  it('beside others of its share changes nothing that is stored, nor how many shares are active', (context) => {
    const site = siteOf(1).fair('q', 'ce').share('q', 'a', 'a1 a2').starts('a1@ce');
    site.scheduler.takeChangedShares();
    const asked = context.mock.method(TurnQueue.prototype, 'isActive');
    site.share('q', 'a', 'a3').plan();
    assert.deepEqual(site.scheduler.takeChangedShares(), []);
    site.cancel('a3');
    site.plan();
    assert.deepEqual(site.scheduler.takeChangedShares(), []);
    assert.equal(asked.mock.callCount(), 0);
  });
});

describe('the reservation', () => {
  it('of 50 lets one, two, three active shares hold 50, 75, 87 of 100 vCPUs', () => {
    const site = siteOf(100).fair('q', 'ce', { computeReservation: 50 });
    const heldAfter = (share: string) => {
      site.share('q', share, many(share, 100)).plan();
      return site.running.size;
    };
    assert.deepEqual(['a', 'b', 'c'].map(heldAfter), [50, 75, 87]);
  });

  it('is kept for those that are not active: a share counts for one mean life after its last job', () => {
    const site = siteOf(8).fair('q', 'ce', { computeReservation: 50, decay: 100 });
    site.share('q', 'a', 'a1').share('q', 'b', 'b1').starts('a1@ce b1@ce').wait(1).finish('b1');
    site.share('q', 'a', many('x', 10)).plan();
    assert.equal(site.running.size, 6);
    site.wait(101).finish('a1').starts('');
    assert.match(
      site.text('x5'),
      /^Waiting for the budget of the job queue: its one active share may hold 4 of 8 vCPUs, and hold 5; 1 needed/,
    );
  });

  it('never keeps a queue that holds nothing from its first job', () => {
    const site = siteOf(16).fair('q', 'ce', { computeReservation: 99 }).share('q', 'a', 'a1:16 a2');
    site.starts('a1@ce').finish('a1').starts('a2@ce');
  });
});

describe('weights of a prefix', () => {
  it('give all shares that it names what one would get', () => {
    const site = siteOf(40);
    site.fair('q', 'ce', { decay: 60, weights: [{ shareIdentifier: 'team-*', weightFactor: 1 }] });
    const kinds = {
      single: { vcpus: 1, lasts: 1 },
      'team-x': { vcpus: 1, lasts: 1 },
      'team-y': { vcpus: 1, lasts: 1 },
      'team-z': { vcpus: 1, lasts: 1 },
    };
    const used = shared(site, kinds, 600);
    const team = ['x', 'y', 'z'].reduce((sum, name) => sum + (used.get(`team-${name}`) ?? 0), 0);
    assert.ok(Math.abs(team / (used.get('single') ?? 1) - 1) < 0.05, `${team} and ${used.get('single')}`);
  });
});

describe('the order of a queue', () => {
  it('is found once for all jobs that are asked about at one time', (context) => {
    const site = siteOf(1).fair('q', 'ce').share('q', 'a', many('a', 5)).starts('a0@ce');
    for (const share of ['b', 'c']) site.share('q', share, many(share, 5));
    site.plan();
    const orders = mock.method(TurnQueue.prototype, 'front');
    context.after(() => orders.mock.restore());
    for (const name of ['a3', 'b1', 'b4', 'c0', 'c2']) assert.match(site.text(name), /in position \d+ of 14/);
    assert.equal(orders.mock.callCount(), 1);
  });
});

describe('shares that have come and gone', () => {
  /** So many shares of a queue whose only job was cancelled. */
  function gone(count: number, decay: number): Site {
    const site = siteOf(2).fair('q', 'ce', { decay });
    for (let index = 0; index < count; index += 1)
      site.share('q', `gone${index}`, `gone${index}`).cancel(`gone${index}`);
    // Their number is looked at once.
    assert.equal(site.scheduler.activeShares({ queueArn: 'q', share: '' }, site.now).count, 0);
    return site;
  }

  it('cost the others nothing, however many there are', (context) => {
    const site = gone(300, 0);
    const looks = mock.method(TurnQueue.prototype, 'isActive');
    context.after(() => looks.mock.restore());
    site.share('q', 'a', 'a1').starts('a1@ce');
    assert.equal(site.scheduler.activeShares({ queueArn: 'q', share: 'a' }, site.now).count, 1);
    assert.ok(looks.mock.callCount() < 10, `${looks.mock.callCount()} shares were looked at`);
  });

  it('count as active again under a policy that forgets more slowly', () => {
    const site = gone(3, 0).wait(10);
    const active = () => site.scheduler.activeShares({ queueArn: 'q', share: 'gone0' }, site.now);
    assert.deepEqual(active(), { count: 0, isActive: false });
    site.fair('q', 'ce', { decay: 20 });
    assert.deepEqual(active(), { count: 3, isActive: true });
    site.wait(10);
    assert.deepEqual(active(), { count: 0, isActive: false });
  });

  it('are looked at only as far as some are asked for', (context) => {
    const site = gone(300, 0);
    const looks = mock.method(TurnQueue.prototype, 'isActive');
    context.after(() => looks.mock.restore());
    const names = site.scheduler.fadedShares(site.now, 20).map(({ share }) => share);
    assert.deepEqual(
      names,
      Array.from({ length: 20 }, (_, index) => `gone${index}`),
    );
    assert.equal(looks.mock.callCount(), 20);
  });
});

test('whether a job that comes could ever start is judged by the environments of its queue alone, whatever waits', () => {
  const site = eachOther(500);
  const judged = mock.method(Admission.prototype, 'judge');
  const queued = mock.method(TurnQueue.prototype, 'add');
  const ask = (vcpus: number) => {
    const request = { vcpus, memoryMiB: 1, gpus: 0 };
    const job = { jobId: 'new' as JobId, queueArn: 'q', share: 'new', sequence: Number.MAX_SAFE_INTEGER, request };
    return site.scheduler.hopelessIfQueued(job, site.now);
  };
  assert.equal(ask(503)?.kind, 'request-exceeds-every-environment');
  assert.equal(ask(502), undefined);
  assert.deepEqual([judged.mock.callCount(), queued.mock.callCount()], [2, 0]);
  mock.restoreAll();
});

test('the starts of a queue with a reservation judge its blocked heads once, while those that hold something have their budget', () => {
  const [lanes, starts] = [300, 60];
  const site = siteOf(100_000).fair('q', 'ce', { computeReservation: 50 }).consumable('licence', 1);
  const needs = { consumables: [{ resource: 'licence', quantity: 1 }] };
  site.jobs('q', 'holder', needs, { share: 'holder' }).starts('holder@ce');
  for (let lane = 0; lane < lanes; lane += 1) site.jobs('q', `w${lane}:${lane + 1}`, needs, { share: `w${lane}` });
  site.share('q', 'z', many('z', starts));
  const judged = mock.method(Admission.prototype, 'judge');
  const { decisions } = site.plan(1_000);
  const calls = judged.mock.callCount();
  mock.restoreAll();
  assert.equal(decisions.length, starts);
  assert.ok(calls < 3 * (lanes + starts), `${calls} judgements of ${lanes} blocked heads and ${starts} starts`);
});
