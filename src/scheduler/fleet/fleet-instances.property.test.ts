import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Amount, covers, nothing } from '../amount.ts';
import { FleetInstances } from './fleet-instances.ts';
import { instanceIdOf } from './instance-id.ts';
import { byIdleSince } from './scale-in.ts';

const capacities: readonly Amount[] = [
  { vcpuMillis: 2_000, memoryMiB: 8, gpus: 0 },
  { vcpuMillis: 8_000, memoryMiB: 16, gpus: 1 },
];
const job: Amount = { vcpuMillis: 1_000, memoryMiB: 2, gpus: 0 };

/** An instance as plainly as can be. */
interface Plain {
  readonly id: string;
  readonly order: number;
  readonly type: string;
  readonly capacity: Amount;
  state: 'starting' | 'ready' | 'closed';
  jobs: number;
  idleSince: number;
}

const step = fc.record({
  kind: fc.constantFrom('launch', 'launch', 'ready', 'ready', 'occupy', 'occupy', 'release', 'close', 'remove'),
  at: fc.nat(),
});

class World {
  readonly instances = new FleetInstances();
  plain: Plain[] = [];
  #order = 0;
  #now = 0;

  apply(kind: string, at: number): void {
    this.#now += at % 3;
    if (kind === 'launch') this.#launch(at);
    const can = this.plain.filter((one) => canDo(kind, one));
    const one = can[at % Math.max(1, can.length)];
    if (one) this.#change(kind, one);
  }

  #launch(at: number): void {
    this.#order += 1;
    const capacity = capacities[at % capacities.length] ?? nothing;
    const [id, order] = [instanceIdOf('environment', this.#order), this.#order];
    // Two types, and one of them in several sizes, as after a change of the catalogue.
    const type = at % 5 === 0 ? 'u' : 't';
    this.instances.launch({ id, order, type, vcpus: capacity.vcpuMillis / 1_000, capacity });
    this.plain.push({ id, order, type, capacity, state: 'starting', jobs: 0, idleSince: 0 });
  }

  #change(kind: string, one: Plain): void {
    const { id } = one;
    if (kind === 'ready') this.instances.ready(id, this.#now);
    if (kind === 'occupy') this.instances.hold(id, job);
    if (kind === 'release') this.instances.release(id, job, this.#now);
    if (kind === 'close') this.instances.close(id);
    if (kind === 'remove') this.instances.remove(id);
    if (kind === 'ready') one.state = 'ready';
    if (kind === 'close') one.state = 'closed';
    if (kind === 'occupy') one.jobs += 1;
    if (kind === 'release') one.jobs -= 1;
    if (kind === 'ready' || (kind === 'release' && one.jobs === 0)) one.idleSince = this.#now;
    if (kind === 'remove') this.plain = this.plain.filter((other) => other !== one);
  }

  /** The same, of what is stored, in another order. */
  rebuilt(): FleetInstances {
    const instances = new FleetInstances();
    for (const { jobs, ...stored } of this.plain.toReversed()) {
      const vcpus = stored.capacity.vcpuMillis / 1_000;
      const running = Array.from({ length: jobs }, () => job);
      instances.restore({ ...stored, vcpus }, running);
    }
    return instances;
  }

  /** Of one type and size. */
  #checkAlike(instances: FleetInstances, ofType: string, room: Amount): void {
    const alike = this.plain.filter(({ type, capacity }) => type === ofType && capacity === room);
    const empty = alike.filter(({ state, jobs }) => state !== 'closed' && jobs === 0);
    const kind = { name: ofType, vcpus: room.vcpuMillis / 1_000, capacity: room };
    const supply = instances.supply().find((one) => one.type === ofType && one.room === room);
    assert.deepEqual([supply?.instances ?? 0, instances.emptyOf(kind)], [empty.length, empty.length]);
    const isSmallest = capacities.every((other) => other === room || !covers(room, other));
    const idle = empty.filter(({ state }) => state === 'ready').map(({ id }) => id);
    const open = alike.filter(({ state }) => state !== 'closed').length;
    if (open > 0) assert.ok(instances.typeOfAlike(room, open) !== undefined);
    if (isSmallest && idle.length > 0) assert.ok(instances.idleAlike(room, idle.length, undefined));
  }

  check(instances = this.instances): void {
    const { plain } = this;
    const vcpus = plain.reduce((sum, { capacity }) => sum + capacity.vcpuMillis / 1_000, 0);
    assert.equal(instances.allocatedvCpus, vcpus);
    const idle = plain.filter(({ state, jobs }) => state === 'ready' && jobs === 0);
    const inOrder = idle.sort((a, b) => a.idleSince - b.idleSince || a.order - b.order).map(({ id }) => id);
    assert.deepEqual(
      instances
        .idle()
        .flatMap((list) => [...list])
        .sort(byIdleSince)
        .map(({ id }) => id),
      inOrder,
    );
    for (const list of instances.idle()) {
      const ids = [...list].map(({ id }) => id);
      assert.deepEqual(
        ids,
        inOrder.filter((id) => ids.includes(id)),
      );
    }
    for (const room of capacities) for (const type of ['t', 'u']) this.#checkAlike(instances, type, room);
    const open = plain.filter(({ state, jobs, capacity }) => state === 'ready' && roomOf(capacity, jobs) >= 1_000);
    const least = open.sort(
      (a, b) =>
        a.capacity.gpus - b.capacity.gpus ||
        roomOf(a.capacity, a.jobs) - roomOf(b.capacity, b.jobs) ||
        memoryOf(a) - memoryOf(b) ||
        a.order - b.order,
    );
    assert.equal(instances.bins.bestFit(job)?.id, least[0]?.id);
  }
}

function canDo(kind: string, { state, jobs, capacity }: Plain): boolean {
  if (kind === 'ready') return state === 'starting';
  if (kind === 'occupy') return state === 'ready' && roomOf(capacity, jobs) >= 1_000;
  if (kind === 'release') return jobs > 0;
  if (kind === 'remove') return jobs === 0;
  return kind === 'close';
}

function roomOf({ vcpuMillis }: Amount, jobs: number): number {
  return vcpuMillis - jobs * job.vcpuMillis;
}

function memoryOf({ capacity, jobs }: Plain): number {
  return capacity.memoryMiB - jobs * job.memoryMiB;
}

describe('the instances of an environment', () => {
  test('are counted, idle and free as a plain list of them says, also where they are built from what is stored', () => {
    const history = fc.array(step, { maxLength: 80, size: 'max' });
    fc.assert(
      fc.property(history, (steps) => {
        const world = new World();
        for (const { kind, at } of steps) {
          world.apply(kind, at);
          world.check();
        }
        world.check(world.rebuilt());
      }),
      { numRuns: 300 },
    );
  });

  test('refuse what cannot be', () => {
    const [instances, [capacity = nothing]] = [new FleetInstances(), capacities];
    const given = { id: 'i-1', order: 1, type: 't', vcpus: 2, capacity };
    assert.throws(() => instances.ready('i-1', 0), /i-1 is not known/);
    instances.launch(given);
    assert.throws(() => instances.launch(given), /i-1 is known already/);
    assert.throws(() => instances.demandOpen('i-1'), /i-1 is starting, and takes no jobs/);
    assert.throws(() => instances.hold('i-1', job), /i-1 is starting, and runs no jobs/);
    instances.ready('i-1', 0);
    assert.throws(() => instances.ready('i-1', 0), /i-1 is ready already/);
    assert.throws(() => instances.release('i-1', job, 0), /no job runs on instance i-1/);
    instances.hold('i-1', job);
    assert.throws(() => instances.remove('i-1'), /1 jobs run on instance i-1/);
    assert.throws(() => instances.demandOpen('i-1'), /closed, and takes no jobs/);
  });
});

test('ids of instances have the form of EC2, differ, and are pinned', () => {
  const ids = Array.from({ length: 5_000 }, (_, order) => instanceIdOf('a', order));
  assert.ok(ids.every((id) => /^i-[0-9a-f]{17}$/.test(id)));
  assert.equal(new Set([...ids, instanceIdOf('b', 0)]).size, ids.length + 1);
  assert.equal(ids[1], 'i-f49a7b94125146598');
});
