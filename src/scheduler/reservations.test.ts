import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JobId } from '../core/ids.ts';
import { describeChange } from './describe-change.ts';
import { typeOf } from './fleet/fleet.fixture.ts';
import { Site } from './scheduler.fixture.ts';
import { Scheduler } from './scheduler.ts';

const small = typeOf('c5.large', 2, 0.1);
const middle = typeOf('c5.xlarge', 4, 0.2);
const node = { vcpus: 2, memoryMiB: 1, gpus: 0 };
const startOfDay = Date.UTC(2026, 0, 1);

/** Four instances of two vCPUs that are full of jobs of one vCPU each, named a to h, of 600 seconds unless told otherwise. */
function fullSite(timeouts: Readonly<Record<string, number | undefined>> = {}): Site {
  const site = new Site().fleet('ce', { types: [small], scaleInDelay: 60_000 }, { maxvCpus: 8 }).fair('q', 'ce');
  site.now = startOfDay;
  // Two by two, so that each instance is filled before the next.
  for (const pair of ['ab', 'cd', 'ef', 'gh']) {
    for (const name of pair) submit(site, name, name in timeouts ? timeouts[name] : 600);
    while (site.plan().more);
    site.allReady();
    while (site.plan().more);
  }
  assert.equal(site.running.size, 8);
  site.run(...site.running.keys());
  return site;
}

function submit(site: Site, name: string, timeoutSeconds?: number, vcpus = 1): void {
  site.submit(name, 'q', { vcpus, memoryMiB: 1, gpus: 0 }, { share: 'small', timeoutSeconds });
}

function gang(site: Site, name = 'gang', share = 'wide', nodes = 2): void {
  site.submitNodes(name, 'q', nodes, node, { share });
  settle(site);
}

function settle(site: Site): string {
  const started: string[] = [];
  for (let plan = site.plan(); ; plan = site.plan()) {
    started.push(...plan.decisions.map(({ jobId }) => jobId));
    if (!plan.more) return started.join(' ');
  }
}

const on = (site: Site, name: string) => site.running.get(name as JobId)?.instance ?? assert.fail(`${name} runs`);
const at = (seconds: number) => new Date(startOfDay + seconds * 1000).toISOString().replace('.000', '');

describe('a multi-node job in a queue whose shares take turns', () => {
  test('reserves the instances that will be empty first, and starts there', () => {
    const site = fullSite({ c: 100, d: 200, e: 300, f: 100 });
    gang(site);
    assert.deepEqual(site.reservedFor('gang'), [on(site, 'c'), on(site, 'e')].sort());
    for (const name of ['x', 'y', 'z']) submit(site, name);
    site.finish('c').wait(1).starts('').finish('e', 'f').wait(1).starts('').finish('d').starts('gang@ce');
    assert.deepEqual(site.reservedFor('gang'), []);
  });

  test('chooses those last of which nobody knows when they are empty, and of these the ones with most room', () => {
    const site = fullSite({ a: undefined, c: undefined, e: 100_000 });
    site.finish('d');
    gang(site, 'gang', 'wide', 3);
    assert.deepEqual(site.reservedFor('gang'), [on(site, 'c'), on(site, 'e'), on(site, 'g')].sort());
  });

  test('keeps them though others would be empty sooner by now: what was emptied would be filled up', () => {
    const site = fullSite({ a: undefined, b: undefined, c: undefined, d: undefined });
    gang(site, 'gang', 'wide', 3);
    const before = site.reservedFor('gang');
    assert.ok(before.includes(on(site, 'a')) && !before.includes(on(site, 'c')));
    site.finish('c', 'd');
    submit(site, 'x', 700);
    submit(site, 'y', 700);
    assert.equal(settle(site), 'x y');
    assert.deepEqual(site.reservedFor('gang'), before);
  });

  test('starts on any that are empty', () => {
    const site = fullSite();
    gang(site);
    const free = [...site.instances.keys()].filter((id) => !site.reservedFor('gang').includes(id));
    const others = [...site.running.values()].filter(({ instance = '' }) => free.includes(instance));
    site.finish(...others.map(({ jobId }) => jobId)).starts('gang@ce');
    assert.deepEqual([...(site.running.get('gang' as JobId)?.instances ?? [])].sort(), free.sort());
    assert.equal([...site.instances.values()].filter(({ reservedFor }) => reservedFor !== undefined).length, 0);
  });

  test('chooses anew when one of them is lost', () => {
    const site = fullSite();
    gang(site);
    const [lost = '', kept = ''] = site.reservedFor('gang');
    site.instance('closed', lost);
    settle(site);
    const now = site.reservedFor('gang').filter((id) => id !== lost);
    assert.equal(now.length, 2);
    assert.ok(now.includes(kept));
  });

  test('gives them back when it waits no more, or its environment takes no jobs', () => {
    const site = fullSite();
    gang(site);
    submit(site, 'x');
    const reserved = site.reservedFor('gang');
    const there = [...site.running.values()].find(({ instance = '' }) => reserved.includes(instance));
    site.finish(there?.jobId ?? '');
    assert.equal(settle(site), '');
    site.cancel('gang');
    assert.equal(settle(site), 'x');
    assert.deepEqual(site.reservedFor('gang'), []);
    gang(site);
    assert.equal(site.reservedFor('gang').length, 2);
    site.fleet('ce', { types: [small] }, { maxvCpus: 8, state: 'DISABLED' });
    settle(site);
    assert.deepEqual(site.reservedFor('gang'), []);
  });

  test('reserves nothing once maxvCpus could never hold it', () => {
    const site = fullSite();
    gang(site, 'gang', 'wide', 4);
    assert.equal(site.reservedFor('gang').length, 4);
    site.fleet('ce', { types: [small] }, { maxvCpus: 6 });
    settle(site);
    assert.deepEqual(site.reservedFor('gang'), []);
    site.finish('a', 'b', 'c', 'd');
    submit(site, 'x');
    assert.equal(settle(site), 'x');
  });

  test('reserves anew with another attempt, as whatever holds capacity then ends', () => {
    const site = fullSite({ a: 10, b: 10, c: 20, d: 20 });
    gang(site);
    const [first, second] = [on(site, 'a'), on(site, 'c')].sort();
    site.wait(30).finish('a', 'b', 'c', 'd').starts('gang@ce');
    site.queue('high', 'ce', { priority: 9 });
    for (const name of ['v', 'w', 'x', 'y'])
      site.submit(name, 'high', { vcpus: 1, memoryMiB: 1, gpus: 0 }, { timeoutSeconds: 60 });
    site.retry('gang');
    assert.equal(settle(site), 'v w x y');
    assert.deepEqual(site.reservedFor('gang'), [first, second]);
  });

  test('does not lose them to a share that goes first by now', () => {
    const site = fullSite();
    gang(site);
    const [reserved = ''] = site.reservedFor('gang');
    site.submit('new', 'q', { vcpus: 1, memoryMiB: 1, gpus: 0 }, { share: 'another', timeoutSeconds: 10_000 });
    const one = [...site.running.values()].find(({ instance }) => instance === reserved);
    site.finish(one?.jobId ?? '');
    assert.equal(settle(site), '');
    assert.match(site.text('new'), /share wide/);
  });

  test('loses what a queue of greater priority takes, and chooses anew', () => {
    const site = fullSite();
    gang(site);
    const [first = ''] = site.reservedFor('gang');
    site.queue('high', 'ce', { priority: 9 });
    site.submit('urgent', 'high', { vcpus: 1, memoryMiB: 1, gpus: 0 });
    const one = [...site.running.values()].find(({ instance }) => instance === first);
    site.finish(one?.jobId ?? '').starts('urgent@ce');
    settle(site);
    assert.equal(site.reservedFor('gang').length, 2);
    const fair = { ...site.queues.get('q'), arn: 'fair', priority: 10 };
    site.queue('fair', 'ce', fair);
    site.submitNodes('above', 'fair', 3, node, { share: 's' });
    settle(site);
    assert.equal(site.reservedFor('above').length, 3);
    assert.ok(site.reservedFor('gang').length < 2);
  });

  test('of two one reserves, and the other once that one runs', () => {
    const site = fullSite();
    gang(site, 'one', 'wide', 3);
    gang(site, 'two', 'other', 3);
    assert.deepEqual([site.reservedFor('one').length, site.reservedFor('two').length], [3, 0]);
    const all = [...site.running.keys()];
    site.finish(...all).starts('one@ce');
    settle(site);
    assert.equal(site.reservedFor('two').length, 3);
    site.finish('one').starts('two@ce');
  });

  test('lets go with its start of what it reserved: what waits behind it keeps what it needs from then on', () => {
    const site = new Site().fleet('ce', { types: [middle] }, { maxvCpus: 20 }).fair('q', 'ce');
    site.queue('low', 'ce', { priority: 0 });
    site.now = startOfDay;
    const jobs = (letter: string) => [1, 2, 3, 4].map((number) => `${letter}${number}`);
    for (const letter of ['a', 'b', 'c', 'd', 'e']) {
      for (const name of jobs(letter)) submit(site, name, letter < 'c' ? 100 : 600);
      settle(site);
      site.allReady();
      settle(site);
    }
    site.run(...site.running.keys());
    site.submitNodes('gang', 'q', 2, { vcpus: 4, memoryMiB: 1, gpus: 0 }, { share: 'wide' });
    settle(site);
    assert.deepEqual(site.reservedFor('gang'), [on(site, 'a1'), on(site, 'b1')].sort());
    site.submit('big', 'q', { vcpus: 4, memoryMiB: 1, gpus: 0 }, { share: 'big' });
    site.submit('below', 'low', { vcpus: 1, memoryMiB: 1, gpus: 0 });
    site.finish('c1', 'c2', 'c3', ...jobs('d'), ...jobs('e')).starts('gang@ce');
    assert.equal(settle(site), '');
    site.finish('c4').starts('big@ce');
  });

  test('waits for nothing of a queue that waits for it, though that is served first', () => {
    const site = new Site()
      .fleet('ce', { types: [small] }, { maxvCpus: 8 })
      .fair('q', 'ce')
      .fair('other', 'ce');
    site.submitNodes('first', 'q', 3, node, { share: 'wide' });
    settle(site);
    site.allReady().starts('first@ce');
    site.submitNodes('second', 'other', 3, node, { share: 'wide' });
    settle(site);
    assert.equal(site.reservedFor('second').length, 3);
    site.retry('first');
    assert.equal(settle(site.allReady()), 'second');
    site.finish('second');
    assert.equal(settle(site.allReady()), 'first');
  });

  test('of two that stand, and for both of which maxvCpus has no room any more, one starts after the other', () => {
    const site = fullSite();
    site.fair('other', 'ce');
    gang(site, 'one');
    site.submitNodes('two', 'other', 2, node, { share: 'wide' });
    settle(site);
    assert.deepEqual([site.reservedFor('one').length, site.reservedFor('two').length], [2, 2]);
    site.fleet('ce', { types: [small], scaleInDelay: 60_000 }, { maxvCpus: 6 });
    site.finish(...site.running.keys());
    assert.equal(settle(site), 'one');
    site.finish('one');
    assert.equal(settle(site), 'two');
  });

  test('first in, first out it reserves nothing: what it waits for is kept, and no job passes', () => {
    const site = new Site()
      .fleet('ce', { types: [small] }, { maxvCpus: 4 })
      .queue('q', 'ce')
      .queue('low', 'ce', {
        priority: 0,
      });
    for (const name of ['a', 'b']) site.submit(name, 'q', node, { timeoutSeconds: 600 });
    settle(site);
    site.allReady().starts('a@ce b@ce').run('a', 'b');
    site.submitNodes('gang', 'q', 2, node);
    site.submit('behind', 'q', node, { timeoutSeconds: 1 });
    site.submit('below', 'low', node, { timeoutSeconds: 1 });
    site.finish('a').starts('');
    assert.deepEqual(site.reservedFor('gang'), []);
    site.finish('b').starts('gang@ce');
  });
});

describe('what is reserved', () => {
  test('a job has whose timeout ends before the multi-node job could start, and no other', () => {
    const site = fullSite({ a: 100, b: 300, c: 200, d: 100, e: 1_000, f: 1_000, g: 1_000, h: 1_000 });
    gang(site);
    assert.deepEqual(site.reservedFor('gang'), [on(site, 'a'), on(site, 'c')].sort());
    site.wait(50).finish('a');
    // All is empty after 300 seconds: these have 250, as long as they need to be stopped included on both sides.
    submit(site, 'late', 251);
    submit(site, 'endless');
    assert.equal(settle(site), '');
    site.cancel('late');
    site.cancel('endless');
    submit(site, 'short', 250);
    assert.equal(settle(site), 'short');
    site.run('short');
    site.finish('d').wait(1);
    submit(site, 'second', 250);
    assert.equal(settle(site), '');
    site.wait(249).finish('short', 'b', 'c').starts('gang@ce');
  });

  test('a job has that ends in time, though one of a share before its own asks for the same and does not', () => {
    const site = fullSite({ a: 100, b: 300, c: 200, d: 100 });
    gang(site);
    for (const [share, timeoutSeconds] of [
      ['endless', undefined],
      ['long', 800],
      ['short', 60],
    ] as const)
      site.submit(share, 'q', { vcpus: 1, memoryMiB: 1, gpus: 0 }, { share, timeoutSeconds });
    site.finish('a').starts('short@ce');
  });

  test('nobody has while a job without timeout runs there', () => {
    const site = fullSite({ a: undefined, c: undefined, e: undefined, g: undefined });
    gang(site);
    const [one = '', other = ''] = site.reservedFor('gang');
    const timed = [...site.running.values()].find(
      ({ instance, timeoutSeconds }) => instance === one && timeoutSeconds !== undefined,
    );
    site.finish(timed?.jobId ?? '');
    submit(site, 'short', 1);
    assert.equal(settle(site), '');
    assert.match(
      site.text('short'),
      /2 instances reserved for its nodes, 0 free, .*not known, as jobs without timeout run there\.$/,
    );
    // What is being stopped ends soon.
    const endless = [...site.running.values()].filter(
      ({ instance = '', timeoutSeconds }) => [one, other].includes(instance) && timeoutSeconds === undefined,
    );
    for (const { jobId, computeEnvironmentArn, pool, instance } of endless)
      site.scheduler.apply(
        { kind: 'task-ends', jobId, computeEnvironmentArn, pool, instance, endsAt: site.now },
        site.now,
      );
    assert.deepEqual(
      site.scheduler.plan(site.now, 10).decisions.map(({ jobId }) => jobId),
      ['short'],
    );
  });

  test('of children of an array and of a job that was placed and does not run yet is known what their timeout says', () => {
    const site = fullSite({ e: 100_000, g: 100_000 });
    site.finish('a', 'b', 'c', 'd').wait(10);
    for (const name of ['v', 'w', 'x', 'y']) submit(site, name, 100);
    assert.equal(settle(site), 'v w x y');
    site.run('v', 'w', 'x').wait(50);
    gang(site);
    // y may run from now on for 100 seconds.
    assert.match(site.text('gang'), new RegExp(`0 of 2 instances .* are free, all by ${at(10 + 50 + 100 + 40)}`));
    site.run('y').wait(10);
    assert.match(site.text('gang'), new RegExp(`all by ${at(10 + 50 + 100 + 40)}`));
  });

  test('is what it was for a scheduler that is built anew', () => {
    const site = fullSite({ a: 100, b: 300, c: 200, d: 100 });
    gang(site);
    site.finish('a');
    submit(site, 'short', 250);
    submit(site, 'x', 800);
    site.wait(1);
    for (const name of ['gang', 'short', 'x'] as JobId[])
      assert.deepEqual(site.rebuilt().explain(name, site.now), site.scheduler.explain(name, site.now));
    const rebuilt = site.rebuilt();
    const [now, anew] = [site.scheduler.plan(site.now, 10), rebuilt.plan(site.now, 10)];
    assert.deepEqual([now.decisions.length, now.decisions, now.instances], [1, anew.decisions, anew.instances]);
  });

  test('is what it was for a copy that is played on', () => {
    const site = fullSite({ a: 100, b: 300, c: 200, d: 100 });
    gang(site);
    // By now it would choose others.
    site.finish('e', 'f', 'g');
    const copy = new Scheduler();
    for (const event of site.scheduler.copy().resources) copy.apply(event, site.now);
    for (const job of site.running.values()) copy.apply({ ...job, kind: 'job-running' }, site.now);
    for (const job of site.waiting.values()) copy.apply({ ...job, kind: 'job-queued' }, site.now);
    assert.match(site.text('gang'), /^Waiting for vCPUs: .*0 of 2 instances that are reserved for its nodes are free/);
    assert.deepEqual(copy.explain('gang' as JobId, site.now), site.reason('gang'));
  });

  test('is told of the multi-node job, and of those that wait for it', () => {
    const site = fullSite({ a: 100, b: 300, c: 200, d: 100 });
    gang(site);
    assert.match(
      site.text('gang'),
      new RegExp(
        `^Waiting for vCPUs: .*\\(ce: .*, 0 of 2 instances that are reserved for its nodes are free, all by ${at(340)}\\)$`,
      ),
    );
    site.finish('a', 'b');
    submit(site, 'x', 800);
    assert.equal(settle(site), '');
    assert.match(
      site.text('x'),
      new RegExp(
        `Waiting for job gang of share wide, which is first and for which the vCPUs of the compute environment are kept: 2 instances reserved for its nodes, 1 free, all by ${at(240)}; a job goes first whose timeout ends before\\.$`,
      ),
    );
    const reason = site.reason('x');
    assert.match(
      describeChange('head' in reason ? reason.head : reason) ?? '',
      new RegExp(`or with a timeout by which it ends before ${at(240)}`),
    );
  });

  test('is not ended though nothing runs there', () => {
    const site = fullSite();
    gang(site);
    const reserved = site.reservedFor('gang');
    const all = [...site.running.values()];
    site.finish(...all.filter(({ instance }) => instance === reserved[0]).map(({ jobId }) => jobId));
    settle(site);
    site.wait(500);
    settle(site);
    assert.ok(site.instances.has(reserved[0] ?? ''));
  });

  test('moves with a clock that jumps ahead: what should have ended may end any time', () => {
    const site = fullSite({ a: 100, b: 300, c: 200, d: 100 });
    gang(site);
    site.finish('a').wait(86_400);
    submit(site, 'short', 1);
    assert.equal(settle(site), '');
    assert.match(site.text('gang'), new RegExp(`all by ${at(86_400)}`));
  });
});
