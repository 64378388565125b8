import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvariantViolation } from '../core/errors.ts';
import type { JobId } from '../core/ids.ts';
import { Yard } from './scheduler.fixture.ts';
import { Scheduler } from './scheduler.ts';

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

describe('the host', () => {
  it('is one pool under all environments', () => {
    const yard = new Yard({ vcpus: 3 }).environment('one').environment('two').queue('q', 'one').queue('r', 'two');
    yard.jobs('q', 'a:2').jobs('r', 'b:2').starts('a@one').finish('a').starts('b@two');
  });

  it('holds a job to what it has, and says so', () => {
    const yard = new Yard({ vcpus: 4, memoryMiB: 15 * 1024 }).environment('ce').queue('q', 'ce');
    yard.jobs('q', 'a:8', { memoryMiB: 64 * 1024 });
    assert.match(yard.text('a'), /asked 8 vCPUs, limited to 4; asked 64 GiB of memory, limited to 15 GiB/);
    const [decision] = yard.plan().decisions;
    assert.deepEqual(decision?.footprint, { vcpus: 4, memoryMiB: 15 * 1024, gpus: 0 });
    assert.deepEqual(decision?.reason.limits, [
      { resource: 'vcpus', requested: 8, given: 4 },
      { resource: 'memoryMiB', requested: 65_536, given: 15_360 },
    ]);
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
      kind: 'host-capacity',
      missing: { vcpus: 0, memoryMiB: 20, gpus: 0 },
      limits: [],
    });
  });

  it('is kept for the blocked head of a queue that is served first', () => {
    const yard = new Yard({ vcpus: 4 }).environment('ce').queue('low', 'ce').queue('high', 'ce', { priority: 10 });
    yard.jobs('low', 'l1:2').starts('l1@ce').jobs('high', 'h1:4').jobs('low', 'l2').starts('');
    assert.equal(yard.reason('h1').kind, 'host-capacity');
    assert.deepEqual(yard.reason('l2'), { kind: 'outranked-by-queue', over: 'host', queueArn: 'high', jobId: 'h1' });
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
    assert.deepEqual(yard.reason('a'), { kind: 'request-exceeds-host', requestedGpus: 2, hostGpus: 1 });
    yard.setHost({ ...yard.host, gpus: 2 });
    yard.starts('a@ce');
  });

  it('that shrinks starts nothing until what runs fits again', () => {
    const yard = new Yard({ vcpus: 4 }).environment('ce').queue('q', 'ce').jobs('q', 'a:2 b:2 c:1').starts('a@ce b@ce');
    yard.setHost({ ...yard.host, vcpus: 2 });
    yard.finish('a').starts('').finish('b').starts('c@ce');
  });

  it('unknown, lets nothing start', () => {
    const scheduler = new Scheduler();
    scheduler.apply({ kind: 'compute-environment-put', arn: 'ce', state: 'ENABLED', status: 'VALID', maxvCpus: 4 });
    scheduler.apply({
      kind: 'job-queue-put',
      arn: 'q',
      priority: 1,
      computeEnvironmentArns: ['ce'],
      acceptsPlacement: true,
    });
    const request = { vcpus: 1, memoryMiB: 1, gpus: 1 };
    scheduler.apply({ kind: 'job-queued', jobId: 'a' as JobId, queueArn: 'q', sequence: 1, request });
    assert.deepEqual(scheduler.plan(0, 10), { decisions: [], more: false });
    assert.deepEqual(scheduler.explain('a' as JobId), { kind: 'host-capacity', missing: request, limits: [] });
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

describe('front', () => {
  it('lists the first jobs of a queue in the order that they will start', () => {
    const yard = new Yard().environment('ce', { maxvCpus: 1 }).queue('q', 'ce').jobs('q', 'a b c d').starts('a@ce');
    yard.retry('a');
    yard.cancel('b');
    assert.deepEqual(
      yard.scheduler.front('q', 2).map(({ jobId, position }) => [jobId, position]),
      [
        ['a', 1],
        ['c', 2],
      ],
    );
    assert.deepEqual(yard.scheduler.front('nowhere', 2), []);
  });
});

describe('events that contradict the model', () => {
  it('are invariant violations and change nothing', () => {
    const yard = new Yard().environment('ce').queue('q', 'ce').jobs('q', 'a b');
    yard.plan(1);
    const before = yard.scheduler.stats();
    const contradictions = [
      () => yard.submit('a', 'q', { vcpus: 1, memoryMiB: 1, gpus: 0 }),
      () => yard.submit('b', 'q', { vcpus: 1, memoryMiB: 1, gpus: 0 }),
      () => yard.submit('x', 'nowhere', { vcpus: 1, memoryMiB: 1, gpus: 0 }),
      () => yard.cancel('a'),
      () => yard.cancel('x'),
      () => yard.finish('b'),
      () => yard.removeQueue('q'),
      () => yard.removeQueue('nowhere'),
      () => yard.scheduler.apply({ kind: 'compute-environment-removed', arn: 'nowhere' }),
      () => yard.scheduler.apply({ kind: 'host-capacity', vcpus: 0, memoryMiB: 1, gpus: 0 }),
    ];
    for (const contradiction of contradictions) assert.throws(contradiction, InvariantViolation);
    assert.deepEqual(yard.scheduler.stats(), before);
    yard.starts('b@ce');
  });
});
