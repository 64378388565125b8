import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { InvariantViolation } from '../core/errors.ts';
import type { JobId } from '../core/ids.ts';
import { Model } from './model.ts';
import { Site } from './scheduler.fixture.ts';

describe('one queue', () => {
  it('starts jobs first in, first out, up to maxvCpus', () => {
    new Site().environment('ce', { maxvCpus: 4 }).queue('q', 'ce').jobs('q', 'a:1 b:2 c:2').starts('a@ce b@ce');
  });

  it('is blocked by a head that does not fit, even if jobs behind it would', () => {
    const site = new Site().environment('ce', { maxvCpus: 4 }).queue('q', 'ce');
    site.jobs('q', 'a:3 b:4 c:1').starts('a@ce').starts('');
    site.finish('a').starts('b@ce').finish('b').starts('c@ce');
  });

  it('goes on when its head is cancelled', () => {
    const site = new Site().environment('ce', { maxvCpus: 4 }).queue('q', 'ce').jobs('q', 'a:3 b:4 c:1').starts('a@ce');
    site.cancel('b');
    site.starts('c@ce');
  });

  it('starts a retried job before all others', () => {
    const site = new Site().environment('ce', { maxvCpus: 1 }).queue('q', 'ce').jobs('q', 'a b c').starts('a@ce');
    site.retry('a');
    site.starts('a@ce').finish('a').starts('b@ce');
  });

  it('takes fractions of a vCPU without losing any', () => {
    const site = new Site().environment('ce', { maxvCpus: 1 }).queue('q', 'ce');
    const tenths = Array.from({ length: 11 }, (_, index) => `j${index}:0.1`).join(' ');
    site.jobs('q', tenths);
    assert.equal(site.plan().decisions.length, 10);
    site.finish('j0', 'j1').starts('j10@ce');
  });

  it('places a job that needs a kind of machine where there is one, or where nobody says what there is', () => {
    const site = new Site({ machine: 'x86_64' }).pool('arm', { machine: 'arm64' }).pool('other');
    site.environment('here').environment('far', { pool: 'arm' }).environment('unknown', { pool: 'other' });
    site.queue('all', 'here far unknown').queue('last', 'here unknown').queue('windows', 'here far unknown');
    site.jobs('all', 'a b', { machine: 'arm64' }).jobs('all', 'c').jobs('last', 'd', { machine: 'arm64' });
    site.jobs('windows', 'e', { machine: 'windows' }).starts('a@far b@far c@here d@unknown');
  });

  it('starts nothing while it accepts no placement, and what it holds when it does again', () => {
    const site = new Site().environment('ce').queue('q', 'ce', { acceptsPlacement: false }).jobs('q', 'a').starts('');
    assert.equal(site.reason('a').kind, 'queue-not-accepting');
    site.queue('q', 'ce').starts('a@ce');
  });
});

describe('compute environments', () => {
  it('are tried in the order of the queue', () => {
    const site = new Site().environment('first', { maxvCpus: 2 }).environment('second').queue('q', 'first second');
    site.jobs('q', 'a:2 b:2').starts('a@first b@second').finish('a').jobs('q', 'c:2').starts('c@first');
  });

  it('that are too small for a job are passed over, and the decision says why', () => {
    const site = new Site().environment('small', { maxvCpus: 1 }).environment('big').queue('q', 'small big');
    const [decision] = site.jobs('q', 'a:2').plan().decisions;
    const tooSmall = { computeEnvironmentArn: 'small', kind: 'too-small', maxvCpus: 1, requestedVcpus: 2 };
    assert.deepEqual(decision?.reason, { kind: 'first-environment-that-fits', passedOver: [tooSmall], limits: [] });
  });

  it('that are disabled, not valid or without an engine take no jobs, and keep those that run', () => {
    for (const closed of [
      { state: 'DISABLED' },
      { status: 'UPDATING' },
      { engineUnavailable: 'docker is down' },
    ] as const) {
      const site = new Site().environment('ce', { maxvCpus: 2 }).queue('q', 'ce').jobs('q', 'a').starts('a@ce');
      site
        .environment('ce', { maxvCpus: 2, ...closed })
        .jobs('q', 'b:2')
        .starts('')
        .finish('a')
        .starts('');
      site.environment('ce', { maxvCpus: 2 }).starts('b@ce');
    }
  });

  it('made again under their name start with what the old one’s jobs still hold', () => {
    const site = new Site().environment('ce', { maxvCpus: 2 }).queue('q', 'ce').jobs('q', 'a:2 b:2').starts('a@ce');
    site.removeEnvironment('ce');
    site.environment('ce', { maxvCpus: 2 }).starts('').finish('a').starts('b@ce');
  });

  it('whose maxvCpus shrinks below what runs start nothing until there is room', () => {
    const site = new Site()
      .environment('ce', { maxvCpus: 4 })
      .queue('q', 'ce')
      .jobs('q', 'a:2 b:2 c:1')
      .starts('a@ce b@ce');
    site.environment('ce', { maxvCpus: 2 }).finish('a').starts('').finish('b').starts('c@ce');
  });
});

describe('queues that share an environment', () => {
  it('are served by priority', () => {
    const site = new Site().environment('ce', { maxvCpus: 2 }).queue('low', 'ce').queue('high', 'ce', { priority: 10 });
    site.jobs('low', 'l1 l2').jobs('high', 'h1 h2').starts('h1@ce h2@ce').finish('h1', 'h2').starts('l1@ce l2@ce');
  });

  it('of equal priority are served in the order of submission, so that neither starves', () => {
    const site = new Site().environment('ce', { maxvCpus: 2 }).queue('one', 'ce').queue('two', 'ce');
    site.jobs('one', 'a1').jobs('two', 'b1 b2').jobs('one', 'a2');
    site.starts('a1@ce b1@ce').finish('a1').starts('b2@ce').finish('b1').starts('a2@ce');
  });

  it('leave a blocked head of greater priority what it waits for', () => {
    const site = new Site().environment('ce', { maxvCpus: 4 }).queue('low', 'ce').queue('high', 'ce', { priority: 10 });
    site.jobs('low', 'l1:2').starts('l1@ce').jobs('high', 'h1:4').jobs('low', 'l2:1').starts('');
    const holder = { queueArn: 'high', jobId: 'h1' };
    assert.deepEqual(site.reason('l2'), { kind: 'outranked-by-queue', over: 'compute-environment', ...holder });
    site.finish('l1').starts('h1@ce').finish('h1').starts('l2@ce');
  });

  it('go on below a head that can never start', () => {
    const site = new Site().environment('ce', { maxvCpus: 4 }).queue('low', 'ce').queue('high', 'ce', { priority: 10 });
    site.jobs('high', 'h1:5').jobs('low', 'l1').starts('l1@ce');
  });

  it('may use another environment than the one that is kept', () => {
    const site = new Site().environment('one', { maxvCpus: 2 }).environment('two');
    site.queue('low', 'one two').queue('high', 'one', { priority: 10 });
    site.jobs('high', 'h1:1 h2:2').starts('h1@one').jobs('low', 'l1').starts('l1@two');
  });

  it('follow a change of priority', () => {
    const site = new Site().environment('ce', { maxvCpus: 1 }).queue('one', 'ce', { priority: 2 }).queue('two', 'ce');
    site.jobs('one', 'a').jobs('two', 'b').queue('two', 'ce', { priority: 3 }).starts('b@ce');
  });
});

describe('a pool that holds jobs to what it has', () => {
  it('is shared by all environments that name it', () => {
    const site = new Site({ vcpus: 3 }).environment('one').environment('two').queue('q', 'one').queue('r', 'two');
    site.jobs('q', 'a:2').jobs('r', 'b:2').starts('a@one').finish('a').starts('b@two');
  });

  it('holds a job to what it has, and says so', () => {
    const site = new Site({ vcpus: 4, memoryMiB: 15 * 1024 }).environment('ce').queue('q', 'ce');
    site.jobs('q', 'a:8', { memoryMiB: 64 * 1024 });
    assert.match(site.text('a'), /asked 8 vCPUs, limited to 4; asked 64 GiB of memory, limited to 15 GiB/);
    const limits = [
      { resource: 'vcpus', requested: 8, given: 4 },
      { resource: 'memoryMiB', requested: 65_536, given: 15_360 },
    ];
    assert.deepEqual(site.scheduler.limits('a' as JobId), limits);
    assert.equal(site.scheduler.footprint('a' as JobId, 'host'), undefined);
    assert.deepEqual(site.plan().decisions[0]?.reason.limits, limits);
    assert.deepEqual(site.scheduler.footprint('a' as JobId, 'host'), { vcpus: 4, memoryMiB: 15 * 1024, gpus: 0 });
    assert.deepEqual(site.scheduler.limits('a' as JobId), limits);
    site.jobs('q', 'b:1').starts('');
  });

  it('counts the full request against maxvCpus, whatever the footprint', () => {
    const site = new Site({ vcpus: 2 })
      .environment('ce', { maxvCpus: 10 })
      .queue('q', 'ce')
      .jobs('q', 'a:8')
      .starts('a@ce');
    assert.equal(site.scheduler.stats().environments[0]?.usedVcpus, 8);
  });

  it('never overcommits memory', () => {
    const site = new Site({ memoryMiB: 100 }).environment('ce').queue('q', 'ce');
    site.jobs('q', 'a b', { memoryMiB: 60 }).starts('a@ce');
    assert.deepEqual(site.reason('b'), {
      kind: 'pool-capacity',
      pool: 'host',
      missing: { vcpus: 0, memoryMiB: 20, gpus: 0 },
      limits: [],
    });
  });

  it('is kept for the blocked head of a queue that is served first', () => {
    const site = new Site({ vcpus: 4 }).environment('ce').queue('low', 'ce').queue('high', 'ce', { priority: 10 });
    site.jobs('low', 'l1:2').starts('l1@ce').jobs('high', 'h1:4').jobs('low', 'l2').starts('');
    assert.equal(site.reason('h1').kind, 'pool-capacity');
    assert.deepEqual(site.reason('l2'), { kind: 'outranked-by-queue', over: 'pool', queueArn: 'high', jobId: 'h1' });
    site.finish('l1').starts('h1@ce');
  });

  it('lets others use what a head that waits for a GPU leaves over', () => {
    const site = new Site({ vcpus: 4, gpus: 1 })
      .environment('ce')
      .queue('low', 'ce')
      .queue('high', 'ce', { priority: 10 });
    site.jobs('high', 'g1 g2', { gpus: 1 }).starts('g1@ce').jobs('low', 'l1 l2 l3').starts('l1@ce l2@ce');
    site.finish('g1').starts('g2@ce l3@ce');
  });

  it('never runs a job without the GPUs that it asks for', () => {
    const site = new Site({ gpus: 1 }).environment('ce').queue('q', 'ce').jobs('q', 'a', { gpus: 2 }).starts('');
    const exceeds = { kind: 'exceeds-pool', pool: 'host', resource: 'gpus', requested: 2, offered: 1 };
    const environments = [{ computeEnvironmentArn: 'ce', ...exceeds }];
    assert.deepEqual(site.reason('a'), { kind: 'request-exceeds-pool', environments });
    site.pool('host', { gpus: 2 }).starts('a@ce');
  });

  it('that are too small are said before environments that are, as AWS orders its reasons', () => {
    const site = new Site({ gpus: 1 }).environment('small', { maxvCpus: 2 }).environment('large', { maxvCpus: 8 });
    site.queue('both', 'small large').jobs('both', 'a:4', { gpus: 2 }).starts('');
    assert.match(site.text('a'), /^MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT/);
    site.queue('one', 'small').jobs('one', 'b:4', { gpus: 2 }).starts('');
    assert.match(site.text('b'), /^MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT/);
    site.pool('host', { gpus: 2 }).starts('a@large');
    assert.match(site.text('b'), /^MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE/);
  });

  it('that shrinks starts nothing until what runs fits again', () => {
    const site = new Site({ vcpus: 4 }).environment('ce').queue('q', 'ce').jobs('q', 'a:2 b:2 c:1').starts('a@ce b@ce');
    site.pool('host', { vcpus: 2 });
    site.finish('a').starts('').finish('b').starts('c@ce');
  });
});

describe('pools', () => {
  /** A cluster of 8 vCPUs beside the host of 4; each queue has an environment in one of them. */
  function hostAndCluster(): Site {
    const site = new Site({ vcpus: 4 }).pool('cluster', { vcpus: 8, memoryMiB: 100, shrinks: false });
    site.environment('here').environment('there', { pool: 'cluster' });
    return site.queue('near', 'here').queue('far', 'there').queue('both', 'here there');
  }

  it('never bound each other', () => {
    const site = hostAndCluster().jobs('near', 'n1:4 n2:1').jobs('far', 'f1:8 f2:1').starts('n1@here f1@there');
    assert.deepEqual(site.reason('n2'), {
      kind: 'pool-capacity',
      pool: 'host',
      missing: { vcpus: 1, memoryMiB: 0, gpus: 0 },
      limits: [],
    });
    assert.equal(site.text('f2'), 'Waiting for the pool cluster: 1 vCPU short.');
    site.finish('n1').starts('n2@here').finish('f1').starts('f2@there');
  });

  it('keep what a blocked head waits for in its own pool only', () => {
    const site = hostAndCluster().queue('near', 'here', { priority: 10 }).jobs('near', 'n1:2').starts('n1@here');
    site.jobs('near', 'n2:4').jobs('both', 'b1:1 b2:1').starts('b1@there b2@there');
    assert.deepEqual(site.reason('n2').kind, 'pool-capacity');
  });

  it('are tried in the order of the queue’s environments: a full one is passed over, and the decision says why', () => {
    const site = hostAndCluster().jobs('near', 'n1:4').starts('n1@here').jobs('both', 'b1:2');
    const [decision] = site.plan().decisions;
    assert.deepEqual([decision?.computeEnvironmentArn, decision?.pool], ['there', 'cluster']);
    const missing = { vcpus: 2, memoryMiB: 0, gpus: 0 };
    const full = { computeEnvironmentArn: 'here', kind: 'pool-full', pool: 'host', missing, limits: [] };
    assert.deepEqual(decision?.reason.passedOver, [full]);
  });

  it('that do not shrink take a request whole, and refuse with a reason what never fits', () => {
    const site = hostAndCluster().jobs('far', 'f1:8', { memoryMiB: 100 }).starts('f1@there');
    assert.deepEqual(site.scheduler.footprint('f1' as JobId, 'cluster'), { vcpus: 8, memoryMiB: 100, gpus: 0 });
    site.finish('f1').jobs('far', 'f2:9').starts('');
    const exceeds = { kind: 'exceeds-pool', pool: 'cluster', resource: 'vcpus', requested: 9, offered: 8 };
    const environments = [{ computeEnvironmentArn: 'there', ...exceeds }];
    assert.deepEqual(site.reason('f2'), { kind: 'request-exceeds-pool', environments });
    assert.match(site.text('f2'), /^MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT/);
    site.cancel('f2');
    site.jobs('both', 'b1:9').starts('b1@here');
  });

  it('that nobody has reported let nothing start, and what is placed in them counts once they are known', () => {
    const site = new Site().environment('ce', { pool: 'cluster' }).queue('q', 'ce').jobs('q', 'a').starts('');
    assert.equal(
      site.text('a'),
      'Nothing can start in compute environment ce now: no engine has said what pool cluster has',
    );
    const request = { vcpus: 3, memoryMiB: 1, gpus: 0 };
    const place = { computeEnvironmentArn: 'ce', pool: 'cluster', instance: 'i-1' };
    site.scheduler.apply({ kind: 'job-running', jobId: 'r' as JobId, queueArn: 'q', ...place, request }, 0);
    site.pool('cluster', { vcpus: 3 }).starts('');
    site.scheduler.apply({ kind: 'task-finished', jobId: 'r' as JobId, ...place }, 0);
    site.starts('a@ce');
  });

  it('that an environment does not name yet let nothing start in it', () => {
    const site = new Site().queue('q', 'ce');
    const put = { arn: 'ce', state: 'ENABLED', status: 'VALID', maxvCpus: 4 } as const;
    site.scheduler.apply({ kind: 'compute-environment-put', ...put }, 0);
    site.jobs('q', 'a').starts('');
    assert.equal(
      site.text('a'),
      'Nothing can start in compute environment ce now: its engine has not said what it has',
    );
  });

  it('that are unavailable start nothing, keep what runs, and say why', () => {
    const site = hostAndCluster().jobs('far', 'f1:1').starts('f1@there');
    site
      .pool('cluster', { unavailable: 'the partition is down' })
      .jobs('far', 'f2:8')
      .jobs('near', 'n1')
      .starts('n1@here');
    assert.equal(site.text('f2'), 'Nothing can start in compute environment there now: the partition is down');
    site.pools.delete('cluster');
    site.pool('cluster', { vcpus: 8, shrinks: false }).starts('').finish('f1').starts('f2@there');
  });

  it('that have few places start no more jobs at once than those, and say why', () => {
    const places = { most: 2, reason: 'the limit of open files has room for 2' };
    const site = new Site({ vcpus: 8, places }).environment('ce').queue('q', 'ce').jobs('q', 'a b c d');
    site.starts('a@ce b@ce');
    assert.equal(
      site.text('c'),
      'Nothing can start in compute environment ce now: the limit of open files has room for 2',
    );
    site.finish('a').starts('c@ce').finish('b').finish('c').starts('d@ce');
  });

  it('are an unmanaged environment’s maxvCpus', () => {
    const site = new Site({ vcpus: 4 });
    const put = { arn: 'ce', state: 'ENABLED', status: 'VALID', pool: 'host' } as const;
    site.scheduler.apply({ kind: 'compute-environment-put', ...put }, 0);
    site.queue('q', 'ce').jobs('q', 'a:4 b:5').starts('a@ce');
    site.finish('a').starts('');
    assert.equal(site.reason('b').kind, 'request-exceeds-every-environment');
  });

  it('hold a job where it was placed, whatever pool its environment has later', () => {
    const site = hostAndCluster().jobs('near', 'n1:4').starts('n1@here').environment('here', { pool: 'cluster' });
    site.environment('late').queue('q', 'late').jobs('q', 'a').starts('').finish('n1').starts('a@late');
  });
});

describe('an array', () => {
  const array = { jobId: 'a' as JobId, queueArn: 'q', request: { vcpus: 1, memoryMiB: 1, gpus: 0 } };
  const host = { pool: 'host', instance: 'i-host' };

  it('waits as one job, and each decision takes one child', () => {
    const site = new Site().environment('ce', { maxvCpus: 3 }).queue('q', 'ce');
    site.scheduler.apply({ kind: 'job-queued', ...array, sequence: -1, count: 4 }, 0);
    site.jobs('q', 'b');
    assert.equal(site.scheduler.stats().waiting, 2);
    const started = site.scheduler.plan(0, 10).decisions.map(({ jobId }) => jobId);
    assert.deepEqual(started, ['a', 'a', 'a']);
    assert.equal(site.scheduler.stats().running, 3);
    const ended = { kind: 'task-finished', ...array, computeEnvironmentArn: 'ce', ...host } as const;
    site.scheduler.apply(ended, 0);
    assert.deepEqual(site.scheduler.plan(0, 10).decisions.length, 1);
    site.scheduler.apply(ended, 0);
    site.starts('b@ce');
  });

  it('grows by children that may start later, and loses those that are cancelled', () => {
    const site = new Site().environment('ce').queue('q', 'ce');
    site.scheduler.apply({ kind: 'job-queued', ...array, sequence: 1, count: 2 }, 0);
    site.scheduler.apply({ kind: 'job-queued', ...array, sequence: 1, count: 3 }, 0);
    site.scheduler.apply({ kind: 'job-removed', jobId: array.jobId, count: 4 }, 0);
    assert.equal(site.scheduler.plan(0, 10).decisions.length, 1);
    assert.throws(() => site.scheduler.apply({ kind: 'job-removed', jobId: array.jobId }, 0), InvariantViolation);
  });

  it('frees the place of a child by its environment', () => {
    const site = new Site().environment('one', { maxvCpus: 1 }).environment('two', { maxvCpus: 1 });
    site.queue('q', 'one two');
    site.scheduler.apply({ kind: 'job-queued', ...array, sequence: 1, count: 3 }, 0);
    assert.equal(site.scheduler.plan(0, 10).decisions.length, 2);
    const ended = { kind: 'task-finished', jobId: array.jobId, ...host } as const;
    assert.throws(() => site.scheduler.apply({ ...ended, computeEnvironmentArn: 'three' }, 0), InvariantViolation);
    site.scheduler.apply({ ...ended, computeEnvironmentArn: 'two' }, 0);
    assert.equal(site.scheduler.plan(0, 10).decisions[0]?.computeEnvironmentArn, 'two');
  });
});

describe('blocked heads', () => {
  it('are told once, again for another reason, and when they are blocked no more', () => {
    const site = new Site({ vcpus: 4 }).environment('ce', { maxvCpus: 4 }).queue('q', 'ce').jobs('q', 'a:3 b:2 c:2');
    const changes = (limit = 10) =>
      site.plan(limit).blocked.map((change) => [change.jobId, change.kind === 'blocked' ? change.reason.kind : '-']);
    assert.deepEqual(changes(), [['b', 'compute-environments-at-max-vcpus']]);
    site.environment('ce', { maxvCpus: 4 });
    assert.deepEqual(changes(), []);
    site.environment('ce', { maxvCpus: 5 });
    assert.deepEqual(changes(), [['b', 'pool-capacity']]);
    site.queue('q', 'ce', { acceptsPlacement: false });
    assert.deepEqual(changes(), [['b', 'queue-not-accepting']]);
    site.queue('q', 'ce').finish('a').pool('host', { vcpus: 3 });
    assert.deepEqual(changes(), [
      ['b', '-'],
      ['c', 'pool-capacity'],
    ]);
    site.cancel('c');
    assert.deepEqual(changes(), [['c', '-']]);
  });

  it('are neither told again nor given up by a plan that stops before it comes to them', () => {
    const site = new Site().environment('one', { maxvCpus: 1 }).environment('two', { maxvCpus: 2 });
    site.queue('low', 'one').queue('high', 'two', { priority: 2 }).jobs('low', 'l1 l2').starts('l1@one');
    site.jobs('high', 'h1 h2');
    const plans = [site.plan(1), site.plan(1)];
    assert.deepEqual(
      plans.map(({ decisions, more, blocked }) => [decisions.length, more, blocked]),
      [
        [1, true, []],
        [1, false, []],
      ],
    );
  });
});

describe('plan', () => {
  it('decides at most `limit` and says whether more would start', () => {
    const site = new Site().environment('ce', { maxvCpus: 3 }).queue('q', 'ce').jobs('q', 'a b c d');
    const sizes = [2, 0, 1, 5].map((limit) => {
      const { decisions, more } = site.plan(limit);
      return [decisions.length, more];
    });
    assert.deepEqual(sizes, [
      [2, true],
      [0, true],
      [1, false],
      [0, false],
    ]);
  });

  it('finds nothing when nothing has changed, and looks again after any event', () => {
    const site = new Site()
      .environment('ce', { maxvCpus: 1 })
      .queue('q', 'ce')
      .jobs('q', 'a b')
      .starts('a@ce')
      .starts('');
    site.environment('ce', { maxvCpus: 2 }).starts('b@ce');
  });
});

describe('positions', () => {
  it('are those in which jobs will start, whatever came and went', () => {
    const site = new Site().environment('ce', { maxvCpus: 1 }).queue('q', 'ce').jobs('q', 'a b c d').starts('a@ce');
    site.retry('a');
    site.cancel('b');
    const positions = ['c', 'd'].map((jobId) => {
      const reason = site.scheduler.explain(jobId as JobId, 0);
      return reason?.kind === 'waiting-for-head' && [reason.headJobId, reason.position, reason.waiting];
    });
    assert.deepEqual(positions, [
      ['a', 2, 3],
      ['a', 3, 3],
    ]);
  });
});

describe('events that contradict the model', () => {
  it('are invariant violations and change nothing', () => {
    const site = new Site().environment('ce').queue('q', 'ce').jobs('q', 'a b');
    site.plan(1);
    const before = site.scheduler.stats();
    const place = { computeEnvironmentArn: 'ce', pool: 'host', instance: 'i-host' };
    const nodes = [{ first: 0, last: 2, resources: { vcpus: 1, memoryMiB: 1, gpus: 0 } }];
    const gang = { jobId: 'g' as JobId, queueArn: 'q', sequence: 9, nodes };
    const contradictions = [
      () => site.submit('a', 'q', { vcpus: 1, memoryMiB: 1, gpus: 0 }),
      () => site.submit('b', 'q', { vcpus: 1, memoryMiB: 1, gpus: 0 }),
      () => site.submit('x', 'nowhere', { vcpus: 1, memoryMiB: 1, gpus: 0 }),
      () => site.cancel('a'),
      () => site.cancel('x'),
      () => site.scheduler.apply({ kind: 'task-finished', jobId: 'b' as JobId, ...place }, 0),
      () => site.scheduler.apply({ kind: 'task-finished', jobId: 'a' as JobId, ...place, instance: 'i-other' }, 0),
      () => site.scheduler.apply({ kind: 'task-finished', jobId: 'a' as JobId, ...place, pool: 'other' }, 0),
      () => site.scheduler.apply({ kind: 'pool-removed', pool: 'nowhere' }, 0),
      () => site.scheduler.apply({ ...gang, kind: 'job-queued', request: { vcpus: 2, memoryMiB: 2, gpus: 0 } }, 0),
      () => site.removeQueue('q'),
      () => site.removeQueue('nowhere'),
      () => site.scheduler.apply({ kind: 'compute-environment-removed', arn: 'nowhere' }, 0),
      () => site.pool('host', { vcpus: 0 }),
    ];
    for (const contradiction of contradictions) assert.throws(contradiction, InvariantViolation);
    assert.deepEqual(site.scheduler.stats(), before);
    site.starts('b@ce');
  });
});

describe('explanations', () => {
  it('of a thousand jobs of one queue rank the queues once, until something happens', (context) => {
    const site = new Site().environment('ce', { maxvCpus: 1 });
    for (let busy = 0; busy < 50; busy += 1) site.queue(`busy${busy}`, 'ce').jobs(`busy${busy}`, `b${busy}x b${busy}y`);
    const names = Array.from({ length: 1000 }, (_, index) => `j${index}`);
    site.queue('q', 'ce').jobs('q', names.join(' ')).starts('b0x@ce');
    const rankings = mock.method(Model.prototype, 'queuesWithJobs');
    context.after(() => rankings.mock.restore());
    const texts = names.map((name) => site.text(name));
    assert.equal(rankings.mock.callCount(), 1);
    assert.match(
      texts[999] ?? '',
      /^Waiting in position 1000 of 1000 in job queue q, behind job j0: Waiting for vCPUs/,
    );
    site.environment('ce', { maxvCpus: 1, state: 'DISABLED' });
    assert.match(site.text('j0'), /^No compute environment of the job queue is enabled/);
    site.environment('ce', { maxvCpus: 1 }).finish('b0x');
    assert.match(site.text('j0'), /^Waiting for job b0y of job queue busy0, which is served first/);
    site.plan();
    assert.match(site.text('j0'), /^Waiting for vCPUs/);
  });
});
