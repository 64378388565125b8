import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { InvariantViolation } from '../core/errors.ts';
import type { JobId } from '../core/ids.ts';
import { Model } from './model.ts';
import { Yard } from './scheduler.fixture.ts';

describe('one queue', () => {
  it('starts jobs first in, first out, up to maxvCpus', () => {
    new Yard().environment('ce', { maxvCpus: 4 }).queue('q', 'ce').jobs('q', 'a:1 b:2 c:2').starts('a@ce b@ce');
  });

  it('is blocked by a head that does not fit, even if jobs behind it would', () => {
    const yard = new Yard().environment('ce', { maxvCpus: 4 }).queue('q', 'ce');
    yard.jobs('q', 'a:3 b:4 c:1').starts('a@ce').starts('');
    yard.finish('a').starts('b@ce').finish('b').starts('c@ce');
  });

  it('goes on when its head is cancelled', () => {
    const yard = new Yard().environment('ce', { maxvCpus: 4 }).queue('q', 'ce').jobs('q', 'a:3 b:4 c:1').starts('a@ce');
    yard.cancel('b');
    yard.starts('c@ce');
  });

  it('starts a retried job before all others', () => {
    const yard = new Yard().environment('ce', { maxvCpus: 1 }).queue('q', 'ce').jobs('q', 'a b c').starts('a@ce');
    yard.retry('a');
    yard.starts('a@ce').finish('a').starts('b@ce');
  });

  it('takes fractions of a vCPU without losing any', () => {
    const yard = new Yard().environment('ce', { maxvCpus: 1 }).queue('q', 'ce');
    const tenths = Array.from({ length: 11 }, (_, index) => `j${index}:0.1`).join(' ');
    yard.jobs('q', tenths);
    assert.equal(yard.plan().decisions.length, 10);
    yard.finish('j0', 'j1').starts('j10@ce');
  });

  it('places a job that needs a kind of machine where there is one, or where nobody says what there is', () => {
    const yard = new Yard({ machine: 'x86_64' }).pool('arm', { machine: 'arm64' }).pool('other');
    yard.environment('here').environment('far', { pool: 'arm' }).environment('unknown', { pool: 'other' });
    yard.queue('all', 'here far unknown').queue('last', 'here unknown').queue('windows', 'here far unknown');
    yard.jobs('all', 'a b', { machine: 'arm64' }).jobs('all', 'c').jobs('last', 'd', { machine: 'arm64' });
    yard.jobs('windows', 'e', { machine: 'windows' }).starts('a@far b@far c@here d@unknown');
  });

  it('starts nothing while it accepts no placement, and what it holds when it does again', () => {
    const yard = new Yard().environment('ce').queue('q', 'ce', { acceptsPlacement: false }).jobs('q', 'a').starts('');
    assert.equal(yard.reason('a').kind, 'queue-not-accepting');
    yard.queue('q', 'ce').starts('a@ce');
  });
});

describe('compute environments', () => {
  it('are tried in the order of the queue', () => {
    const yard = new Yard().environment('first', { maxvCpus: 2 }).environment('second').queue('q', 'first second');
    yard.jobs('q', 'a:2 b:2').starts('a@first b@second').finish('a').jobs('q', 'c:2').starts('c@first');
  });

  it('that are too small for a job are passed over, and the decision says why', () => {
    const yard = new Yard().environment('small', { maxvCpus: 1 }).environment('big').queue('q', 'small big');
    const [decision] = yard.jobs('q', 'a:2').plan().decisions;
    const tooSmall = { computeEnvironmentArn: 'small', kind: 'too-small', maxvCpus: 1, requestedVcpus: 2 };
    assert.deepEqual(decision?.reason, { kind: 'first-environment-that-fits', passedOver: [tooSmall], limits: [] });
  });

  it('that are disabled, not valid or without an engine take no jobs, and keep those that run', () => {
    for (const closed of [
      { state: 'DISABLED' },
      { status: 'UPDATING' },
      { engineUnavailable: 'docker is down' },
    ] as const) {
      const yard = new Yard().environment('ce', { maxvCpus: 2 }).queue('q', 'ce').jobs('q', 'a').starts('a@ce');
      yard
        .environment('ce', { maxvCpus: 2, ...closed })
        .jobs('q', 'b:2')
        .starts('')
        .finish('a')
        .starts('');
      yard.environment('ce', { maxvCpus: 2 }).starts('b@ce');
    }
  });

  it('made again under their name start with what the old one’s jobs still hold', () => {
    const yard = new Yard().environment('ce', { maxvCpus: 2 }).queue('q', 'ce').jobs('q', 'a:2 b:2').starts('a@ce');
    yard.removeEnvironment('ce');
    yard.environment('ce', { maxvCpus: 2 }).starts('').finish('a').starts('b@ce');
  });

  it('whose maxvCpus shrinks below what runs start nothing until there is room', () => {
    const yard = new Yard()
      .environment('ce', { maxvCpus: 4 })
      .queue('q', 'ce')
      .jobs('q', 'a:2 b:2 c:1')
      .starts('a@ce b@ce');
    yard.environment('ce', { maxvCpus: 2 }).finish('a').starts('').finish('b').starts('c@ce');
  });
});

describe('queues that share an environment', () => {
  it('are served by priority', () => {
    const yard = new Yard().environment('ce', { maxvCpus: 2 }).queue('low', 'ce').queue('high', 'ce', { priority: 10 });
    yard.jobs('low', 'l1 l2').jobs('high', 'h1 h2').starts('h1@ce h2@ce').finish('h1', 'h2').starts('l1@ce l2@ce');
  });

  it('of equal priority are served in the order of submission, so that neither starves', () => {
    const yard = new Yard().environment('ce', { maxvCpus: 2 }).queue('one', 'ce').queue('two', 'ce');
    yard.jobs('one', 'a1').jobs('two', 'b1 b2').jobs('one', 'a2');
    yard.starts('a1@ce b1@ce').finish('a1').starts('b2@ce').finish('b1').starts('a2@ce');
  });

  it('leave a blocked head of greater priority what it waits for', () => {
    const yard = new Yard().environment('ce', { maxvCpus: 4 }).queue('low', 'ce').queue('high', 'ce', { priority: 10 });
    yard.jobs('low', 'l1:2').starts('l1@ce').jobs('high', 'h1:4').jobs('low', 'l2:1').starts('');
    const holder = { queueArn: 'high', jobId: 'h1' };
    assert.deepEqual(yard.reason('l2'), { kind: 'outranked-by-queue', over: 'compute-environment', ...holder });
    yard.finish('l1').starts('h1@ce').finish('h1').starts('l2@ce');
  });

  it('go on below a head that can never start', () => {
    const yard = new Yard().environment('ce', { maxvCpus: 4 }).queue('low', 'ce').queue('high', 'ce', { priority: 10 });
    yard.jobs('high', 'h1:5').jobs('low', 'l1').starts('l1@ce');
  });

  it('may use another environment than the one that is kept', () => {
    const yard = new Yard().environment('one', { maxvCpus: 2 }).environment('two');
    yard.queue('low', 'one two').queue('high', 'one', { priority: 10 });
    yard.jobs('high', 'h1:1 h2:2').starts('h1@one').jobs('low', 'l1').starts('l1@two');
  });

  it('follow a change of priority', () => {
    const yard = new Yard().environment('ce', { maxvCpus: 1 }).queue('one', 'ce', { priority: 2 }).queue('two', 'ce');
    yard.jobs('one', 'a').jobs('two', 'b').queue('two', 'ce', { priority: 3 }).starts('b@ce');
  });
});

describe('a pool that holds jobs to what it has', () => {
  it('is shared by all environments that name it', () => {
    const yard = new Yard({ vcpus: 3 }).environment('one').environment('two').queue('q', 'one').queue('r', 'two');
    yard.jobs('q', 'a:2').jobs('r', 'b:2').starts('a@one').finish('a').starts('b@two');
  });

  it('holds a job to what it has, and says so', () => {
    const yard = new Yard({ vcpus: 4, memoryMiB: 15 * 1024 }).environment('ce').queue('q', 'ce');
    yard.jobs('q', 'a:8', { memoryMiB: 64 * 1024 });
    assert.match(yard.text('a'), /asked 8 vCPUs, limited to 4; asked 64 GiB of memory, limited to 15 GiB/);
    const limits = [
      { resource: 'vcpus', requested: 8, given: 4 },
      { resource: 'memoryMiB', requested: 65_536, given: 15_360 },
    ];
    assert.deepEqual(yard.scheduler.limits('a' as JobId), limits);
    assert.equal(yard.scheduler.footprint('a' as JobId, 'host'), undefined);
    assert.deepEqual(yard.plan().decisions[0]?.reason.limits, limits);
    assert.deepEqual(yard.scheduler.footprint('a' as JobId, 'host'), { vcpus: 4, memoryMiB: 15 * 1024, gpus: 0 });
    assert.deepEqual(yard.scheduler.limits('a' as JobId), limits);
    yard.jobs('q', 'b:1').starts('');
  });

  it('counts the full request against maxvCpus, whatever the footprint', () => {
    const yard = new Yard({ vcpus: 2 })
      .environment('ce', { maxvCpus: 10 })
      .queue('q', 'ce')
      .jobs('q', 'a:8')
      .starts('a@ce');
    assert.equal(yard.scheduler.stats().environments[0]?.usedVcpus, 8);
  });

  it('never overcommits memory', () => {
    const yard = new Yard({ memoryMiB: 100 }).environment('ce').queue('q', 'ce');
    yard.jobs('q', 'a b', { memoryMiB: 60 }).starts('a@ce');
    assert.deepEqual(yard.reason('b'), {
      kind: 'pool-capacity',
      pool: 'host',
      missing: { vcpus: 0, memoryMiB: 20, gpus: 0 },
      limits: [],
    });
  });

  it('is kept for the blocked head of a queue that is served first', () => {
    const yard = new Yard({ vcpus: 4 }).environment('ce').queue('low', 'ce').queue('high', 'ce', { priority: 10 });
    yard.jobs('low', 'l1:2').starts('l1@ce').jobs('high', 'h1:4').jobs('low', 'l2').starts('');
    assert.equal(yard.reason('h1').kind, 'pool-capacity');
    assert.deepEqual(yard.reason('l2'), { kind: 'outranked-by-queue', over: 'pool', queueArn: 'high', jobId: 'h1' });
    yard.finish('l1').starts('h1@ce');
  });

  it('lets others use what a head that waits for a GPU leaves over', () => {
    const yard = new Yard({ vcpus: 4, gpus: 1 })
      .environment('ce')
      .queue('low', 'ce')
      .queue('high', 'ce', { priority: 10 });
    yard.jobs('high', 'g1 g2', { gpus: 1 }).starts('g1@ce').jobs('low', 'l1 l2 l3').starts('l1@ce l2@ce');
    yard.finish('g1').starts('g2@ce l3@ce');
  });

  it('never runs a job without the GPUs that it asks for', () => {
    const yard = new Yard({ gpus: 1 }).environment('ce').queue('q', 'ce').jobs('q', 'a', { gpus: 2 }).starts('');
    const exceeds = { kind: 'exceeds-pool', pool: 'host', resource: 'gpus', requested: 2, offered: 1 };
    const environments = [{ computeEnvironmentArn: 'ce', ...exceeds }];
    assert.deepEqual(yard.reason('a'), { kind: 'request-exceeds-pool', environments });
    yard.pool('host', { gpus: 2 }).starts('a@ce');
  });

  it('that shrinks starts nothing until what runs fits again', () => {
    const yard = new Yard({ vcpus: 4 }).environment('ce').queue('q', 'ce').jobs('q', 'a:2 b:2 c:1').starts('a@ce b@ce');
    yard.pool('host', { vcpus: 2 });
    yard.finish('a').starts('').finish('b').starts('c@ce');
  });
});

describe('pools', () => {
  /** A cluster of 8 vCPUs beside the host of 4; each queue has an environment in one of them. */
  function hostAndCluster(): Yard {
    const yard = new Yard({ vcpus: 4 }).pool('cluster', { vcpus: 8, memoryMiB: 100, shrinks: false });
    yard.environment('here').environment('there', { pool: 'cluster' });
    return yard.queue('near', 'here').queue('far', 'there').queue('both', 'here there');
  }

  it('never bound each other', () => {
    const yard = hostAndCluster().jobs('near', 'n1:4 n2:1').jobs('far', 'f1:8 f2:1').starts('n1@here f1@there');
    assert.deepEqual(yard.reason('n2'), {
      kind: 'pool-capacity',
      pool: 'host',
      missing: { vcpus: 1, memoryMiB: 0, gpus: 0 },
      limits: [],
    });
    assert.equal(yard.text('f2'), 'Waiting for the pool cluster: 1 vCPU short.');
    yard.finish('n1').starts('n2@here').finish('f1').starts('f2@there');
  });

  it('keep what a blocked head waits for in its own pool only', () => {
    const yard = hostAndCluster().queue('near', 'here', { priority: 10 }).jobs('near', 'n1:2').starts('n1@here');
    yard.jobs('near', 'n2:4').jobs('both', 'b1:1 b2:1').starts('b1@there b2@there');
    assert.deepEqual(yard.reason('n2').kind, 'pool-capacity');
  });

  it('are tried in the order of the queue’s environments: a full one is passed over, and the decision says why', () => {
    const yard = hostAndCluster().jobs('near', 'n1:4').starts('n1@here').jobs('both', 'b1:2');
    const [decision] = yard.plan().decisions;
    assert.deepEqual([decision?.computeEnvironmentArn, decision?.pool], ['there', 'cluster']);
    const missing = { vcpus: 2, memoryMiB: 0, gpus: 0 };
    const full = { computeEnvironmentArn: 'here', kind: 'pool-full', pool: 'host', missing, limits: [] };
    assert.deepEqual(decision?.reason.passedOver, [full]);
  });

  it('that do not shrink take a request whole, and refuse with a reason what never fits', () => {
    const yard = hostAndCluster().jobs('far', 'f1:8', { memoryMiB: 100 }).starts('f1@there');
    assert.deepEqual(yard.scheduler.footprint('f1' as JobId, 'cluster'), { vcpus: 8, memoryMiB: 100, gpus: 0 });
    yard.finish('f1').jobs('far', 'f2:9').starts('');
    const exceeds = { kind: 'exceeds-pool', pool: 'cluster', resource: 'vcpus', requested: 9, offered: 8 };
    const environments = [{ computeEnvironmentArn: 'there', ...exceeds }];
    assert.deepEqual(yard.reason('f2'), { kind: 'request-exceeds-pool', environments });
    assert.match(yard.text('f2'), /^MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT/);
    yard.cancel('f2');
    yard.jobs('both', 'b1:9').starts('b1@here');
  });

  it('that nobody has reported let nothing start, and what is placed in them counts once they are known', () => {
    const yard = new Yard().environment('ce', { pool: 'cluster' }).queue('q', 'ce').jobs('q', 'a').starts('');
    assert.equal(
      yard.text('a'),
      'Nothing can start in compute environment ce now: no engine has said what pool cluster has',
    );
    const request = { vcpus: 3, memoryMiB: 1, gpus: 0 };
    const place = { computeEnvironmentArn: 'ce', pool: 'cluster', instance: 'i-1' };
    yard.scheduler.apply({ kind: 'job-running', jobId: 'r' as JobId, queueArn: 'q', ...place, request });
    yard.pool('cluster', { vcpus: 3 }).starts('');
    yard.scheduler.apply({ kind: 'task-finished', jobId: 'r' as JobId, ...place });
    yard.starts('a@ce');
  });

  it('that an environment does not name yet let nothing start in it', () => {
    const yard = new Yard().queue('q', 'ce');
    const put = { arn: 'ce', state: 'ENABLED', status: 'VALID', maxvCpus: 4 } as const;
    yard.scheduler.apply({ kind: 'compute-environment-put', ...put });
    yard.jobs('q', 'a').starts('');
    assert.equal(
      yard.text('a'),
      'Nothing can start in compute environment ce now: its engine has not said what it has',
    );
  });

  it('that are unavailable start nothing, keep what runs, and say why', () => {
    const yard = hostAndCluster().jobs('far', 'f1:1').starts('f1@there');
    yard
      .pool('cluster', { unavailable: 'the partition is down' })
      .jobs('far', 'f2:8')
      .jobs('near', 'n1')
      .starts('n1@here');
    assert.equal(yard.text('f2'), 'Nothing can start in compute environment there now: the partition is down');
    yard.pools.delete('cluster');
    yard.pool('cluster', { vcpus: 8, shrinks: false }).starts('').finish('f1').starts('f2@there');
  });

  it('that have few places start no more jobs at once than those, and say why', () => {
    const places = { most: 2, reason: 'the limit of open files has room for 2' };
    const yard = new Yard({ vcpus: 8, places }).environment('ce').queue('q', 'ce').jobs('q', 'a b c d');
    yard.starts('a@ce b@ce');
    assert.equal(
      yard.text('c'),
      'Nothing can start in compute environment ce now: the limit of open files has room for 2',
    );
    yard.finish('a').starts('c@ce').finish('b').finish('c').starts('d@ce');
  });

  it('are an unmanaged environment’s maxvCpus', () => {
    const yard = new Yard({ vcpus: 4 });
    const put = { arn: 'ce', state: 'ENABLED', status: 'VALID', pool: 'host' } as const;
    yard.scheduler.apply({ kind: 'compute-environment-put', ...put });
    yard.queue('q', 'ce').jobs('q', 'a:4 b:5').starts('a@ce');
    yard.finish('a').starts('');
    assert.equal(yard.reason('b').kind, 'request-exceeds-every-environment');
  });

  it('hold a job where it was placed, whatever pool its environment has later', () => {
    const yard = hostAndCluster().jobs('near', 'n1:4').starts('n1@here').environment('here', { pool: 'cluster' });
    yard.environment('late').queue('q', 'late').jobs('q', 'a').starts('').finish('n1').starts('a@late');
  });
});

describe('an array', () => {
  const array = { jobId: 'a' as JobId, queueArn: 'q', request: { vcpus: 1, memoryMiB: 1, gpus: 0 } };
  const host = { pool: 'host', instance: 'i-host' };

  it('waits as one job, and each decision takes one child', () => {
    const yard = new Yard().environment('ce', { maxvCpus: 3 }).queue('q', 'ce');
    yard.scheduler.apply({ kind: 'job-queued', ...array, sequence: -1, count: 4 });
    yard.jobs('q', 'b');
    assert.equal(yard.scheduler.stats().waiting, 2);
    const started = yard.scheduler.plan(0, 10).decisions.map(({ jobId }) => jobId);
    assert.deepEqual(started, ['a', 'a', 'a']);
    assert.equal(yard.scheduler.stats().running, 3);
    const ended = { kind: 'task-finished', ...array, computeEnvironmentArn: 'ce', ...host } as const;
    yard.scheduler.apply(ended);
    assert.deepEqual(yard.scheduler.plan(0, 10).decisions.length, 1);
    yard.scheduler.apply(ended);
    yard.starts('b@ce');
  });

  it('grows by children that may start later, and loses those that are cancelled', () => {
    const yard = new Yard().environment('ce').queue('q', 'ce');
    yard.scheduler.apply({ kind: 'job-queued', ...array, sequence: 1, count: 2 });
    yard.scheduler.apply({ kind: 'job-queued', ...array, sequence: 1, count: 3 });
    yard.scheduler.apply({ kind: 'job-removed', jobId: array.jobId, count: 4 });
    assert.equal(yard.scheduler.plan(0, 10).decisions.length, 1);
    assert.throws(() => yard.scheduler.apply({ kind: 'job-removed', jobId: array.jobId }), InvariantViolation);
  });

  it('frees the place of a child by its environment', () => {
    const yard = new Yard().environment('one', { maxvCpus: 1 }).environment('two', { maxvCpus: 1 });
    yard.queue('q', 'one two');
    yard.scheduler.apply({ kind: 'job-queued', ...array, sequence: 1, count: 3 });
    assert.equal(yard.scheduler.plan(0, 10).decisions.length, 2);
    const ended = { kind: 'task-finished', jobId: array.jobId, ...host } as const;
    assert.throws(() => yard.scheduler.apply({ ...ended, computeEnvironmentArn: 'three' }), InvariantViolation);
    yard.scheduler.apply({ ...ended, computeEnvironmentArn: 'two' });
    assert.equal(yard.scheduler.plan(0, 10).decisions[0]?.computeEnvironmentArn, 'two');
  });
});

describe('blocked heads', () => {
  it('are told once, again for another reason, and when they are blocked no more', () => {
    const yard = new Yard({ vcpus: 4 }).environment('ce', { maxvCpus: 4 }).queue('q', 'ce').jobs('q', 'a:3 b:2 c:2');
    const changes = (limit = 10) =>
      yard.plan(limit).blocked.map((change) => [change.jobId, change.kind === 'blocked' ? change.reason.kind : '-']);
    assert.deepEqual(changes(), [['b', 'compute-environments-at-max-vcpus']]);
    yard.environment('ce', { maxvCpus: 4 });
    assert.deepEqual(changes(), []);
    yard.environment('ce', { maxvCpus: 5 });
    assert.deepEqual(changes(), [['b', 'pool-capacity']]);
    yard.queue('q', 'ce', { acceptsPlacement: false });
    assert.deepEqual(changes(), [['b', 'queue-not-accepting']]);
    yard.queue('q', 'ce').finish('a').pool('host', { vcpus: 3 });
    assert.deepEqual(changes(), [
      ['b', '-'],
      ['c', 'pool-capacity'],
    ]);
    yard.cancel('c');
    assert.deepEqual(changes(), [['c', '-']]);
  });

  it('are neither told again nor given up by a plan that stops before it comes to them', () => {
    const yard = new Yard().environment('one', { maxvCpus: 1 }).environment('two', { maxvCpus: 2 });
    yard.queue('low', 'one').queue('high', 'two', { priority: 2 }).jobs('low', 'l1 l2').starts('l1@one');
    yard.jobs('high', 'h1 h2');
    const plans = [yard.plan(1), yard.plan(1)];
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
    const yard = new Yard().environment('ce', { maxvCpus: 3 }).queue('q', 'ce').jobs('q', 'a b c d');
    const sizes = [2, 0, 1, 5].map((limit) => {
      const { decisions, more } = yard.plan(limit);
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
    const yard = new Yard()
      .environment('ce', { maxvCpus: 1 })
      .queue('q', 'ce')
      .jobs('q', 'a b')
      .starts('a@ce')
      .starts('');
    yard.environment('ce', { maxvCpus: 2 }).starts('b@ce');
  });
});

describe('positions', () => {
  it('are those in which jobs will start, whatever came and went', () => {
    const yard = new Yard().environment('ce', { maxvCpus: 1 }).queue('q', 'ce').jobs('q', 'a b c d').starts('a@ce');
    yard.retry('a');
    yard.cancel('b');
    const positions = ['c', 'd'].map((jobId) => {
      const reason = yard.scheduler.explain(jobId as JobId);
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
    const yard = new Yard().environment('ce').queue('q', 'ce').jobs('q', 'a b');
    yard.plan(1);
    const before = yard.scheduler.stats();
    const place = { computeEnvironmentArn: 'ce', pool: 'host', instance: 'i-host' };
    const nodes = [{ first: 0, last: 2, resources: { vcpus: 1, memoryMiB: 1, gpus: 0 } }];
    const gang = { jobId: 'g' as JobId, queueArn: 'q', sequence: 9, nodes };
    const contradictions = [
      () => yard.submit('a', 'q', { vcpus: 1, memoryMiB: 1, gpus: 0 }),
      () => yard.submit('b', 'q', { vcpus: 1, memoryMiB: 1, gpus: 0 }),
      () => yard.submit('x', 'nowhere', { vcpus: 1, memoryMiB: 1, gpus: 0 }),
      () => yard.cancel('a'),
      () => yard.cancel('x'),
      () => yard.scheduler.apply({ kind: 'task-finished', jobId: 'b' as JobId, ...place }),
      () => yard.scheduler.apply({ kind: 'task-finished', jobId: 'a' as JobId, ...place, instance: 'i-other' }),
      () => yard.scheduler.apply({ kind: 'task-finished', jobId: 'a' as JobId, ...place, pool: 'other' }),
      () => yard.scheduler.apply({ kind: 'pool-removed', pool: 'nowhere' }),
      () => yard.scheduler.apply({ ...gang, kind: 'job-queued', request: { vcpus: 2, memoryMiB: 2, gpus: 0 } }),
      () => yard.removeQueue('q'),
      () => yard.removeQueue('nowhere'),
      () => yard.scheduler.apply({ kind: 'compute-environment-removed', arn: 'nowhere' }),
      () => yard.pool('host', { vcpus: 0 }),
    ];
    for (const contradiction of contradictions) assert.throws(contradiction, InvariantViolation);
    assert.deepEqual(yard.scheduler.stats(), before);
    yard.starts('b@ce');
  });
});

describe('explanations', () => {
  it('of a thousand jobs of one queue rank the queues once, until something happens', (context) => {
    const yard = new Yard().environment('ce', { maxvCpus: 1 });
    for (let busy = 0; busy < 50; busy += 1) yard.queue(`busy${busy}`, 'ce').jobs(`busy${busy}`, `b${busy}x b${busy}y`);
    const names = Array.from({ length: 1000 }, (_, index) => `j${index}`);
    yard.queue('q', 'ce').jobs('q', names.join(' ')).starts('b0x@ce');
    const rankings = mock.method(Model.prototype, 'queuesWithJobs');
    context.after(() => rankings.mock.restore());
    const texts = names.map((name) => yard.text(name));
    assert.equal(rankings.mock.callCount(), 1);
    assert.match(
      texts[999] ?? '',
      /^Waiting in position 1000 of 1000 in job queue q, behind job j0: Waiting for vCPUs/,
    );
    yard.environment('ce', { maxvCpus: 1, state: 'DISABLED' });
    assert.match(yard.text('j0'), /^No compute environment of the job queue is enabled/);
    yard.environment('ce', { maxvCpus: 1 }).finish('b0x');
    assert.match(yard.text('j0'), /^Waiting for job b0y of job queue busy0, which is served first/);
    yard.plan();
    assert.match(yard.text('j0'), /^Waiting for vCPUs/);
  });
});
