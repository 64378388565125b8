import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JobId } from '../core/ids.ts';
import { describeChange } from './describe-change.ts';
import { describeHopeless } from './describe-reason.ts';
import { typeOf } from './fleet/fleet.fixture.ts';
import { Site } from './scheduler.fixture.ts';

const small = typeOf('c5.large', 2, 0.085);
const middle = typeOf('c5.xlarge', 4, 0.17);
const large = typeOf('c5.2xlarge', 8, 0.34);
const types = [small, middle, large];
const minute = 60;

/** A queue on one fleet. */
function siteOf(fleet: Parameters<Site['fleet']>[1] = {}, settings: Parameters<Site['fleet']>[2] = {}): Site {
  return new Site().fleet('ce', { types, ...fleet }, settings).queue('q', 'ce');
}

const typesOf = ({ instances }: Site) => [...instances.values()].map(({ type }) => type).sort();
const usedTypes = (site: Site, job: string) =>
  (site.running.get(job as JobId)?.instances ?? assert.fail(`${job} waits`)).map((id) => site.instances.get(id)?.type);
const instanceOf = (site: Site, job: string) => site.running.get(job as JobId)?.instance ?? assert.fail(`${job} waits`);

describe('an environment with a fleet', () => {
  test('launches what a job lacks, tells that an instance starts, and places the job on it once it is ready', () => {
    const site = siteOf().jobs('q', 'a:2').starts('');
    assert.deepEqual(typesOf(site), ['c5.large']);
    assert.match(site.text('a'), /^Instance starting\. \(ce: 1 instance starts\)$/);
    site.starts('').allReady().starts('a@ce');
    assert.equal(instanceOf(site, 'a'), [...site.instances.keys()][0]);
  });

  test('packs jobs where least is left over, and launches no more while there is room', () => {
    const site = siteOf().jobs('q', 'a:8').starts('').allReady().starts('a@ce').finish('a');
    site.jobs('q', 'b:3 c:3 d:2').starts('b@ce c@ce d@ce');
    assert.equal(new Set(['b', 'c', 'd'].map((job) => instanceOf(site, job))).size, 1);
    assert.deepEqual(typesOf(site), ['c5.2xlarge']);
  });

  test('stays within maxvCpus but for one instance, and BEST_FIT on demand within it', () => {
    const jobs = Array.from({ length: 12 }, (_, index) => `j${index}:2`).join(' ');
    const over = siteOf({ types: [middle] }, { maxvCpus: 10 }).jobs('q', jobs);
    over.plan();
    assert.equal(over.scheduler.allocatedvCpus('ce'), 12);
    const within = siteOf({ types: [middle], strategy: 'BEST_FIT' }, { maxvCpus: 10 }).jobs('q', jobs);
    within.plan();
    assert.equal(within.scheduler.allocatedvCpus('ce'), 8);
    within.allReady().plan();
    assert.equal(
      within.text('j4'),
      'Waiting for vCPUs: every compute environment that fits is at its maxvCpus. (ce: instances have 8 of 10 vCPUs and no room for 2, c5.xlarge of 4 would be next)',
    );
  });

  test('ends an instance that has been idle for long enough, keeps minvCpus, and one whose time began anew', () => {
    const site = siteOf({ types: [small], minvCpus: 2, scaleInDelay: 20 * minute * 1000 });
    site.jobs('q', 'a:2 b:2 c:2').starts('').allReady().starts('a@ce b@ce c@ce');
    site
      .wait(minute)
      .finish('a')
      .wait(10 * minute)
      .finish('b', 'c');
    assert.equal(site.plan().wakeAt, site.now + 10 * minute * 1000);
    site.wait(10 * minute).plan();
    assert.equal(site.instances.size, 2);
    site.wait(10 * minute - 1).plan();
    assert.equal(site.instances.size, 2);
    site.wait(1).plan();
    assert.equal(site.scheduler.allocatedvCpus('ce'), 2);
    assert.equal(site.wait(1000 * minute).plan().wakeAt, undefined);
    assert.equal(site.instances.size, 1);
  });

  test('says that minvCpus keeps instances that are too small for a job, for which maxvCpus leaves no room, and what would change it', () => {
    const site = siteOf({ types: [small], minvCpus: 4 }, { maxvCpus: 4 });
    site.plan();
    const uneven = [small, typeOf('uneven', 3, 0.1)];
    site.allReady().fleet('ce', { types: uneven, strategy: 'BEST_FIT', minvCpus: 4 }, { maxvCpus: 4 });
    site.jobs('q', 'a:3').starts('');
    assert.match(
      site.text('a'),
      /\(ce: instances have 4 of 4 vCPUs and no room for 3, uneven of 3 would be next, but minvCpus 4 keeps others\)$/,
    );
    assert.match(
      describeChange(site.reason('a')) ?? '',
      /^it starts with a smaller minvCpus, or with a greater maxvCpus \(ce: 7\)$/,
    );
    assert.equal(site.instances.size, 2);
    // Two idle instances are enough room, and one of them is what minvCpus leaves over.
    site.fleet('ce', { types, minvCpus: 0 }, { maxvCpus: 4 });
    while (site.plan().more);
    site.allReady().starts('a@ce');
  });

  test('has its minvCpus without jobs, launches once for a size that is asked for, and DISABLED launches for no job', () => {
    const site = siteOf({ types: [small], minvCpus: 4 });
    site.plan();
    assert.equal(site.scheduler.allocatedvCpus('ce'), 4);
    site.desire('ce', 7).plan();
    assert.equal(site.scheduler.allocatedvCpus('ce'), 8);
    site
      .allReady()
      .wait(2 * minute)
      .plan();
    site.wait(2 * minute).plan();
    assert.equal(site.scheduler.allocatedvCpus('ce'), 4);
    site
      .fleet('ce', { types: [small] }, { state: 'DISABLED' })
      .jobs('q', 'a:2')
      .plan();
    assert.equal(site.scheduler.allocatedvCpus('ce'), 0);
  });

  test('tells the size that it was launched for until instances come for jobs, or an idle one goes, and has it again where one is closed', () => {
    const site = siteOf({ types: [small], minvCpus: 3 });
    const target = () => site.fleets.get('ce')?.targetvCpus;
    site.plan();
    assert.deepEqual([site.scheduler.allocatedvCpus('ce'), target()], [4, 3]);
    assert.deepEqual(site.rebuilt().storedFleet('ce'), site.fleets.get('ce'));
    site.allReady().jobs('q', 'a:2 b:2 c:2').starts('a@ce b@ce').starts('');
    assert.equal(target(), undefined);
    const other = siteOf({ types: [small], minvCpus: 3 });
    other.plan();
    other.allReady();
    other.instance('closed', [...other.instances.keys()][0] ?? '');
    other.plan();
    assert.deepEqual([other.scheduler.allocatedvCpus('ce'), other.fleets.get('ce')?.targetvCpus], [4, 3]);
    const idle = siteOf({ types: [small] }).desire('ce', 7);
    idle.plan();
    idle.allReady();
    for (const id of idle.instances.keys()) idle.instance('closed', id);
    while (idle.plan().more);
    assert.deepEqual([idle.scheduler.allocatedvCpus('ce'), idle.fleets.get('ce')?.targetvCpus], [8, 7]);
    idle
      .allReady()
      .wait(2 * minute)
      .plan();
    assert.equal(idle.fleets.get('ce')?.targetvCpus, undefined);
  });

  test('ends idle instances at once where others are needed in their place, unless they are to stay', () => {
    const kept = siteOf({ scaleInDelay: 20 * minute * 1000 }, { maxvCpus: 4 });
    const own = siteOf({}, { maxvCpus: 4 });
    for (const site of [kept, own]) {
      site.fleet(
        'ce',
        { types, strategy: 'BEST_FIT', ...(site === kept && { scaleInDelay: 20 * minute * 1000 }) },
        { maxvCpus: 4 },
      );
      site.jobs('q', 'a:2').starts('').allReady().starts('a@ce').finish('a').jobs('q', 'b:4');
      while (site.plan().more);
    }
    assert.deepEqual(typesOf(own), ['c5.xlarge']);
    assert.deepEqual(typesOf(kept), ['c5.large']);
  });

  test('places nothing on an instance that is closed, and ends it with its last job', () => {
    const site = siteOf({ types: [middle] })
      .jobs('q', 'a:2')
      .starts('')
      .allReady()
      .starts('a@ce');
    const first = instanceOf(site, 'a');
    site.instance('closed', first);
    site.jobs('q', 'b:2').starts('').allReady().starts('b@ce');
    assert.notEqual(instanceOf(site, 'b'), first);
    site.finish('a').plan();
    assert.ok(!site.instances.has(first));
    assert.equal(site.instances.size, 1);
  });

  test('tries a type that failed again only after a while, and another one meanwhile', () => {
    const site = siteOf({ types: [small, typeOf('m5.large', 2, 0.096)] })
      .jobs('q', 'a:2')
      .starts('');
    site.instance('failed', [...site.instances.keys()][0] ?? '');
    site.starts('');
    assert.deepEqual(typesOf(site), ['m5.large']);
    const alone = siteOf({ types: [small] })
      .jobs('q', 'a:2')
      .starts('');
    alone.instance('failed', [...alone.instances.keys()][0] ?? '');
    assert.equal(alone.plan().wakeAt, minute * 1000);
    assert.match(
      alone.text('a'),
      /cannot be had now\. \(ce: no type is available\. Passed over: c5\.large \(no capacity, tried again/,
    );
    alone.wait(minute).plan();
    assert.deepEqual(typesOf(alone), ['c5.large']);
  });

  test('says which dimension no type has enough of, in the words of AWS', () => {
    const gpus = new Site({ gpus: 1 }).fleet('ce', { types }).queue('q', 'ce').jobs('q', 'a:2', { gpus: 1 }).starts('');
    const [verdict] = gpus.scheduler.hopeless('a' as JobId)?.environments ?? [];
    assert.equal(verdict?.kind, 'exceeds-types');
    assert.match(gpus.text('a'), /^MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT/);
  });

  test('says so too while all of maxvCpus is in use: the job waits for nothing that may come', () => {
    const site = siteOf({ types: [small] }, { maxvCpus: 4 })
      .jobs('q', 'a:2 b:2')
      .starts('')
      .allReady();
    site.starts('a@ce b@ce').jobs('q', 'big:4').starts('');
    assert.match(site.text('big'), /^MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT/);
    assert.equal(site.scheduler.hopeless('big' as JobId)?.environments[0]?.kind, 'exceeds-types');
    // An instance that was launched when larger types were named will take it.
    const other = siteOf({ types: [middle] }, { maxvCpus: 4 })
      .jobs('q', 'a:2 b:2')
      .starts('')
      .allReady();
    other.starts('a@ce b@ce').fleet('ce', { types: [small] }, { maxvCpus: 4 });
    other.jobs('q', 'big:4').starts('');
    assert.equal(other.scheduler.hopeless('big' as JobId), undefined);
    other.finish('a', 'b').starts('big@ce');
  });

  test('launches one instance where there is none though it is larger than maxvCpus, which then bounds what runs on it', () => {
    const site = siteOf({ types: [large], strategy: 'BEST_FIT' }, { maxvCpus: 3 })
      .jobs('q', 'a:2 b:2')
      .starts('');
    site.allReady().starts('a@ce');
    assert.match(site.text('b'), /\(ce: 2 of 3 vCPUs in use, 2 needed\)$/);
    assert.equal(site.scheduler.allocatedvCpus('ce'), 8);
  });

  test('is waited for where it may launch, though a later one of the queue has room', () => {
    const site = new Site()
      .fleet('first', { types })
      .fleet('second', { types, minvCpus: 2 })
      .queue('q', 'first second');
    site.plan();
    site.allReady().jobs('q', 'a:2').starts('').allReady().starts('a@first');
    site.fleet('first', { types }, { maxvCpus: 2 }).jobs('q', 'b:2').starts('b@second');
  });

  test('keeps the nearest instance for a large job, that small ones behind it do not starve it', () => {
    const fleet = { types: [middle], strategy: 'BEST_FIT' } as const;
    const site = new Site().fleet('ce', fleet, { maxvCpus: 7 }).queue('q', 'ce', { priority: 2 }).queue('low', 'ce');
    site.jobs('low', 'a:2 b:2').starts('').allReady().starts('a@ce b@ce');
    // Of maxvCpus there would be enough for both.
    site.jobs('q', 'big:4').jobs('low', 'c:1').finish('a').starts('');
    assert.match(site.text('c'), /Waiting for job big of job queue q/);
    site.finish('b').starts('big@ce');
  });

  test('launches nothing for a job that has an instance, and for which only the machine beneath is full', () => {
    const site = new Site({ vcpus: 2 }).fleet('ce', { types: [large] }).queue('q', 'ce');
    site.jobs('q', 'a:2').starts('').allReady().starts('a@ce').jobs('q', 'b:2 c:2').starts('');
    assert.equal(site.instances.size, 1);
    assert.match(site.text('b'), /^Waiting for the host: 2 vCPUs short/);
  });

  test('says of a multi-node job for whose nodes maxvCpus never leaves room that it can never start, in numbers', () => {
    const site = siteOf({ types: [middle, large] }, { maxvCpus: 8 });
    site.submitNodes('gang', 'q', 3, { vcpus: 1, memoryMiB: 1, gpus: 0 });
    site.starts('');
    assert.equal(site.instances.size, 0);
    const hopeless = site.scheduler.hopeless('gang' as JobId) ?? assert.fail('it is said to wait');
    assert.equal(
      describeHopeless(hopeless, 'gang', 'cancel it'),
      'gang never starts (ce: each of 3 nodes needs an instance, and maxvCpus 8 has room for 2 of c5.xlarge): cancel it, or raise maxvCpus.',
    );
    assert.match(site.text('gang'), /^MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE/);
    // Also while all vCPUs are in use, and not any more once there are enough instances.
    site.finish().jobs('q', 'a:1').cancel('gang');
    site.starts('').allReady().starts('a@ce');
    site.submitNodes('other', 'q', 8, { vcpus: 1, memoryMiB: 1, gpus: 0 });
    assert.equal(site.scheduler.hopeless('other' as JobId)?.environments[0]?.kind, 'too-few-instances');
    site.fleet('ce', { types: [middle, large] }, { maxvCpus: 32 });
    assert.equal(site.scheduler.hopeless('other' as JobId), undefined);
  });

  test('runs a multi-node job on the smallest type that holds its largest node, whatever its strategy launches for others', () => {
    const site = siteOf({ types: [large, middle, small], strategy: 'BEST_FIT_PROGRESSIVE_ORDERED' });
    const nodes = [1, 3].map((vcpus, at) => ({ first: at, last: at, resources: { vcpus, memoryMiB: 1, gpus: 0 } }));
    site.jobs('q', 'a:1 b:8').starts('').allReady().starts('a@ce b@ce').finish('a', 'b');
    site.submitRanges('gang', 'q', nodes);
    site.starts('').allReady().starts('gang@ce');
    assert.deepEqual(usedTypes(site, 'gang'), ['c5.xlarge', 'c5.xlarge']);
    assert.equal(typesOf(site).filter((type) => type === 'c5.2xlarge').length, 2);
  });

  test('runs a multi-node job that names no type on idle instances of another where maxvCpus leaves no room for its own', () => {
    const site = siteOf(
      { types: [middle, small], minvCpus: 8, strategy: 'BEST_FIT_PROGRESSIVE_ORDERED' },
      { maxvCpus: 8 },
    );
    site.plan();
    site.allReady().plan();
    site.submitNodes('gang', 'q', 2, { vcpus: 2, memoryMiB: 1, gpus: 0 });
    site.starts('gang@ce');
    assert.deepEqual(usedTypes(site, 'gang'), ['c5.xlarge', 'c5.xlarge']);
  });

  test('runs a multi-node job that names a type on instances of that type alone, though others are idle', () => {
    const site = siteOf({ types: [small, middle, large] }, { maxvCpus: 40 });
    site.submitNodes('first', 'q', 2, { vcpus: 1, memoryMiB: 1, gpus: 0, instanceType: 'c5.2xlarge' });
    site.starts('').allReady().starts('first@ce').finish('first');
    site.submitNodes('gang', 'q', 2, { vcpus: 1, memoryMiB: 1, gpus: 0, instanceType: 'c5.xlarge' });
    site.starts('');
    assert.match(site.text('gang'), /^Instance starting\. \(ce: 2 instances start\)$/);
    assert.deepEqual(site.rebuilt().explain('gang' as JobId, site.now), site.reason('gang'));
    site.allReady().starts('gang@ce');
    assert.deepEqual(usedTypes(site, 'gang'), ['c5.xlarge', 'c5.xlarge']);
  });

  test('never starts a multi-node job of a type that it does not launch, which blocks its queue, and says what it launches', () => {
    const site = siteOf({ types: [large, small, middle] }).queue('low', 'ce');
    site.submitNodes('gang', 'q', 2, { vcpus: 1, memoryMiB: 1, gpus: 0, instanceType: 'p3.2xlarge' });
    site.jobs('q', 'behind:1').jobs('low', 'other:1').starts('').allReady().starts('other@ce');
    assert.equal(
      site.text('gang'),
      'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue. ' +
        'Its nodes are for instances of type p3.2xlarge alone (ce: launches no p3.2xlarge, but c5.large, c5.xlarge, c5.2xlarge).',
    );
    assert.match(site.text('behind'), /^Waiting in position 2 of 2 in job queue q, behind job gang: MISCONFIGURATION/);
    const hopeless = site.scheduler.hopeless('gang' as JobId) ?? assert.fail('it is said to wait');
    assert.equal(
      describeHopeless(hopeless, 'It', 'cancel it'),
      'It never starts (ce: launches no p3.2xlarge, but c5.large, c5.xlarge, c5.2xlarge): cancel it, or add p3.2xlarge to the instanceTypes of an environment.',
    );
    assert.match(
      describeHopeless(hopeless, 'It', 'cancel it', (name) => name !== 'p3.2xlarge'),
      /: cancel it, or name another instanceType: none is called p3\.2xlarge\.$/,
    );
    assert.ok([...site.instances.values()].every(({ type }) => type === 'c5.large'));
    // Also while all vCPUs are in use.
    site.fleet('ce', { types }, { maxvCpus: 2 });
    assert.equal(site.scheduler.hopeless('gang' as JobId)?.kind, 'instance-type-not-launchable');
    site
      .fleet('ce', { types: [...types, typeOf('p3.2xlarge', 8, 3.06)] })
      .starts('')
      .allReady()
      .starts('gang@ce behind@ce');
    assert.deepEqual(usedTypes(site, 'gang'), ['p3.2xlarge', 'p3.2xlarge']);
  });

  test('never starts a multi-node job whose largest node is larger than the type that it names', () => {
    const site = siteOf();
    site.submitNodes('gang', 'q', 2, { vcpus: 3, memoryMiB: 1, gpus: 0, instanceType: 'c5.large' });
    site.starts('');
    const hopeless = site.scheduler.hopeless('gang' as JobId) ?? assert.fail('it is said to wait');
    assert.equal(
      describeHopeless(hopeless, 'It', 'cancel it'),
      'It never starts (ce: c5.large lacks 1 vCPU, launches c5.large, c5.xlarge, c5.2xlarge): cancel it, or name a larger instanceType.',
    );
    assert.equal(site.instances.size, 0);
  });

  test('lets a multi-node job go on to a later environment that launches its type, or to one that launches nothing', () => {
    const site = new Site()
      .fleet('first', { types: [small] })
      .fleet('second', { types: [middle] })
      .environment('pool');
    site.queue('q', 'first second').queue('p', 'first pool');
    site.submitNodes('gang', 'q', 2, { vcpus: 1, memoryMiB: 1, gpus: 0, instanceType: 'c5.xlarge' });
    site.submitNodes('other', 'p', 2, { vcpus: 1, memoryMiB: 1, gpus: 0, instanceType: 'c5.xlarge' });
    site.starts('other@pool').starts('').allReady().starts('gang@second');
    assert.deepEqual(typesOf(site), ['c5.xlarge', 'c5.xlarge']);
  });

  test('does not take a multi-node job for another that asks for the same, of another type, and in another share', () => {
    const site = new Site().fleet('ce', { types: [middle, small] }).fair('q', 'ce');
    const nodes = [{ first: 0, last: 1, resources: { vcpus: 1, memoryMiB: 1, gpus: 0 } }];
    site.submitRanges('strange', 'q', nodes, { share: 'a', instanceType: 'p3.2xlarge' });
    site.submitRanges('gang', 'q', nodes, { share: 'b', instanceType: 'c5.xlarge' });
    site.submitRanges('any', 'q', nodes, { share: 'c' });
    site.starts('').allReady();
    while (site.plan().more) site.allReady();
    assert.deepEqual([...site.running.keys()].sort(), ['any', 'gang']);
    assert.deepEqual([usedTypes(site, 'gang')[0], usedTypes(site, 'any')[0]], ['c5.xlarge', 'c5.large']);
  });

  test('does not take one multi-node job for another that asks for as much in all, and in another share', () => {
    const site = new Site().fleet('ce', { types: [middle] }, { maxvCpus: 64 }).fair('q', 'ce');
    const nodes = (...vcpus: readonly number[]) =>
      vcpus.map((each, at) => ({ first: at, last: at, resources: { vcpus: each, memoryMiB: 1, gpus: 0 } }));
    site.submitRanges('wide', 'q', nodes(1, 7), { share: 'a' });
    site.submitRanges('even', 'q', nodes(4, 4), { share: 'b' });
    site.starts('').allReady().starts('even@ce');
    assert.match(site.text('wide'), /^MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT/);
  });

  test('gives each node of a multi-node job an instance of one type for itself', () => {
    const site = siteOf({ types: [middle, small] }, { maxvCpus: 16 });
    site.submitNodes('gang', 'q', 3, { vcpus: 1, memoryMiB: 1, gpus: 0 });
    site.starts('').allReady().starts('gang@ce');
    const used = site.running.get('gang' as JobId)?.instances ?? [];
    assert.equal(new Set(used).size, 3);
    site.jobs('q', 'a:1').starts('').allReady().starts('a@ce');
    assert.ok(!used.includes(instanceOf(site, 'a')));
    assert.deepEqual(site.rebuilt().plan(site.now, 10).decisions, []);
    site
      .finish('gang', 'a')
      .wait(2 * minute)
      .plan();
    assert.equal(site.instances.size, 0);
  });
});
