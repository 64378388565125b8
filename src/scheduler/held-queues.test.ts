import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeReason } from './describe-reason.ts';
import { queueSettings } from './resource-settings.ts';
import { Site } from './scheduler.fixture.ts';

const stored = { arn: 'q', priority: 1, computeEnvironmentOrder: [{ computeEnvironment: 'ce' }] };
const hold = { since: 0, by: 'ada' };
const held = queueSettings({ ...stored, status: 'VALID', hold });

describe('a queue that is held', () => {
  it('starts none of its jobs, which say so, until it is released; queues beside it go on', () => {
    const site = new Site().environment('ce').queue('q', 'ce', held).queue('other', 'ce').jobs('q', 'a b:99');
    site.jobs('other', 'c').starts('c@ce');
    assert.deepEqual(site.reason('a'), { kind: 'queue-held', queueArn: 'q' });
    assert.equal(describeReason(site.reason('a')), 'Job queue q is held: it starts no job until it is released.');
    const behind = site.reason('b');
    assert.deepEqual([behind.kind, 'head' in behind && behind.head.kind], ['waiting-for-head', 'queue-held']);
    site.queue('q', 'ce').starts('a@ce b@ce');
  });

  it('keeps no capacity for its head from queues of less priority', () => {
    const site = new Site()
      .environment('ce', { maxvCpus: 2 })
      .queue('low', 'ce')
      .queue('q', 'ce', { ...held, priority: 2 });
    site.jobs('q', 'a:2').jobs('low', 'b c').starts('b@ce c@ce');
  });

  it('is told as blocked for that reason, and no more once it is released', () => {
    const site = new Site().environment('ce').queue('q', 'ce', held).jobs('q', 'a');
    const told = () => site.plan().blocked.map((each) => (each.kind === 'blocked' ? each.reason.kind : each.kind));
    assert.deepEqual(told(), ['queue-held']);
    assert.deepEqual(told(), []);
    site.queue('q', 'ce');
    assert.deepEqual(told(), ['unblocked']);
  });

  it('that is on its way out is told as not VALID: nobody could release it', () => {
    const { acceptsPlacement, isHeld } = queueSettings({ ...stored, status: 'DELETING', hold });
    assert.deepEqual([acceptsPlacement, isHeld], [false, undefined]);
    assert.deepEqual([held.acceptsPlacement, held.isHeld], [false, true]);
    const updating = queueSettings({ ...stored, status: 'UPDATING', hold });
    assert.deepEqual([updating.acceptsPlacement, updating.isHeld], [false, true]);
  });
});

describe('how a queue stands', () => {
  it('is what its jobs hold and, where shares take turns, those that hold most, then those that have used most', () => {
    const site = new Site().environment('ce').fair('q', 'ce', { weights: [{ shareIdentifier: 'c', weightFactor: 2 }] });
    site.now = 1_790_000_000_000;
    site.share('q', 'a', 'a1:1').share('q', 'b', 'b1:3').share('q', 'c', 'c1').share('q', 'd', 'd1');
    site.starts('a1@ce b1@ce c1@ce d1@ce').wait(10).finish('c1', 'd1');
    const standing = (limit: number) => site.scheduler.standing('q', limit, site.now);
    const { heldVcpus, shares } = standing(9) ?? assert.fail('q is known');
    assert.equal(heldVcpus, 4);
    assert.equal(shares?.active, 4);
    assert.deepEqual(
      shares?.most.map(({ share, heldVcpus: held }) => [share, held]),
      [
        ['b', 3],
        ['a', 1],
        ['c', 0],
        ['d', 0],
      ],
    );
    assert.ok((shares?.most[0]?.usedVcpuSeconds ?? 0) > 29);
    assert.deepEqual(standing(1)?.shares, { active: 4, most: shares?.most.slice(0, 1) });
  });

  it('is without shares where the queue is first in, first out, and nothing of a queue that is not known', () => {
    const site = new Site().environment('ce').queue('q', 'ce').jobs('q', 'a:2').starts('a@ce');
    assert.deepEqual(site.scheduler.standing('q', 5, 0), { heldVcpus: 2 });
    assert.equal(site.scheduler.standing('p', 5, 0), undefined);
  });
});
