import type { EpochMilliseconds, JobId } from '../core/ids.ts';
import type { ConsumableRequest } from '../core/job.ts';
import { type Amount, add, nothing } from './amount.ts';
import { type BudgetVerdict, judgeBudget } from './budget.ts';
import { type ConsumableVerdict, isUnobtainable, judgeConsumable } from './consumable-verdict.ts';
import {
  type Candidate,
  chooseFor,
  type EnvironmentVerdict,
  type Held,
  type Holder,
  instancesFor,
  isHeldByPool,
  isOpen,
  isWithinReach,
  judgeEnvironment,
  maxvCpusOf,
  nodesNeedOf,
} from './environment-verdict.ts';
import type { EnvironmentFleet, Instance, InstanceFilter } from './fleet/index.ts';
import type { Environment, Model } from './model.ts';
import { footprintOf, type Pool } from './pool.ts';
import type { Queue, WaitingJob } from './queue.ts';
import {
  chooseInstances,
  mayUse,
  type Reservation,
  reservationOf,
  type Standing,
  standingReservations,
} from './reservations.ts';
import { mayReserve } from './waiting-job.ts';

/**
 * What is in the way of a head: a verdict for each environment, in order, up to one that would take it, one for each consumable
 * resource of which it cannot have what it needs, and one if its queue may hold no more.
 */
export interface Obstacles {
  readonly verdicts: readonly EnvironmentVerdict[];
  readonly consumables: readonly ConsumableVerdict[];
  readonly budget?: BudgetVerdict | undefined;
}

/** Whether the head of a queue can start now, and if not, what is in its way. */
export type Judgement =
  | {
      readonly kind: 'placeable';
      readonly environment: Environment;
      readonly pool: Pool;
      readonly passedOver: readonly EnvironmentVerdict[];
      /** Of a fleet: where; for each node of a multi-node job one. */
      readonly instances?: readonly string[] | undefined;
    }
  | ({ readonly kind: 'blocked' } & Obstacles);

const none: readonly ConsumableVerdict[] = [];

/**
 * What capacity the heads of queues may use, asked in the order in which queues are served. A head that is blocked
 * holds what it waits for, so that no queue served after it can take it away and let it starve: first its place in an
 * environment; once it has that, its place in the pool. (A head whose environment is full holds nothing of a pool:
 * what would stay idle for it may be long.) One that waits for consumable resources holds those, as far as they are free, and no
 * capacity; one that waits for capacity holds both. Of the heads of one queue's shares the first that waits for capacity holds it,
 * the first that waits for a resource holds that; one for which its queue has no budget holds nothing. Lives for one pass over the
 * queues; nothing held outlives it, but for the instances that are reserved for a multi-node job of a queue whose shares take turns: they are kept for it
 * whichever share is first, from all but queues of greater priority, and from jobs that end before it can start.
 */
export class Admission {
  readonly #model: Model;
  readonly #now: EpochMilliseconds;
  /** Instances of fleets, by environment: kept for heads that nothing holds now. */
  readonly #kept = new Map<string, Held<Set<Instance>>>();
  /** By job: what stands, as far as the pass has come, or was chosen in it. */
  readonly #reserved = new Map<JobId, Reservation>();
  /** By job: what heads held of vCPUs in the environment of its reservation before that stood. */
  readonly #heldBefore = new Map<JobId, Held<number> | undefined>();
  /** What stands of queues that the pass has not come to, those of the greatest priority last. Undefined before its first head. */
  #standing: Standing[] | undefined;
  /** By job: what heads wait for that were found blocked in this pass. */
  readonly reservations = new Map<JobId, Reservation>();
  /** By id: instances that a head waits for, or would be on if its pool had room, and the first such head. They are not ended but for an earlier one. */
  readonly needed = new Map<string, WaitingJob>();
  /** Thousandths of a vCPU by environment. */
  readonly #heldVcpus = new Map<string, Held<number>>();
  readonly #heldOfPools = new Map<string, Held<Amount>>();
  /** Units by consumable resource. */
  readonly #heldConsumables = new Map<string, Held<number> & { readonly queues: Set<string> }>();
  /** Queues of which a head holds capacity. */
  readonly #holding = new Set<Queue>();
  /**
   * Of queues with a reservation: heads that hold anything, and the first that was blocked, which is told of. What was found stands while a start leaves
   * those their budget: they would let go of what they hold. Of others it makes no difference, as they do not start either way.
   */
  readonly #budgeted = new Map<Queue, WaitingJob[]>();

  constructor(model: Model, now: EpochMilliseconds) {
    this.#model = model;
    this.#now = now;
  }

  judge(job: WaitingJob): Judgement {
    this.#comeTo(job.share.queue);
    const verdicts: EnvironmentVerdict[] = [];
    const consumables = job.consumables ? this.#judgeConsumables(job.consumables) : none;
    const budget = judgeBudget(this.#model, job);
    for (const arn of job.share.queue.settings.computeEnvironmentArns) {
      const candidate = this.#candidate(arn, job);
      const { environment, pool } = candidate;
      const verdict = this.#withReserved(judgeEnvironment(candidate, job), job);
      const fits = environment && pool && verdict.kind === 'fits';
      if (fits && consumables.length === 0 && !budget)
        return { kind: 'placeable', environment, pool, passedOver: verdicts, instances: verdict.instances };
      verdicts.push(verdict);
      // What starts there is for it: it is not placed in a later one meanwhile.
      if (fits || verdict.kind === 'awaits-instance') break;
    }
    return { kind: 'blocked', verdicts, consumables, budget };
  }

  #judgeConsumables(requests: readonly ConsumableRequest[]): readonly ConsumableVerdict[] {
    return requests.flatMap((request) => {
      const { resource } = request;
      const known = this.#model.consumables.get(resource);
      return judgeConsumable(request, known, this.#heldConsumables.get(resource)) ?? [];
    });
  }

  /** What each environment of its queue can do for a job, whether one before it fits or not. */
  verdicts(job: WaitingJob): readonly EnvironmentVerdict[] {
    this.#comeTo(job.share.queue);
    return job.share.queue.settings.computeEnvironmentArns.map((arn) =>
      judgeEnvironment(this.#candidate(arn, job), job),
    );
  }

  /** A queue ignores what is reserved for those of lower priority. */
  #comeTo({ settings: { priority } }: Queue): void {
    this.#standing ??= standingReservations(this.#model).toSorted((one, other) => byPriority(other, one));
    for (let next = this.#standing.at(-1); next && priorityOf(next) >= priority; next = this.#standing.at(-1)) {
      this.#standing.pop();
      this.#admit(next);
    }
  }

  #candidate(arn: string, job: WaitingJob): Candidate {
    const environment = this.#model.environment(arn);
    const pool = this.#model.poolOf(environment);
    const heldOfPool = pool && this.#heldOfPools.get(pool.id);
    const others = this.#reserved.size === 0 ? noReservations : this.#barred(arn, job);
    const heldVcpus = this.#vcpusHeldFrom(arn, job, others);
    return { arn, environment, pool, heldVcpus, heldOfPool, kept: this.#keptFrom(arn, others), now: this.#now };
  }

  /** What is reserved in an environment and not for this job. */
  #barred(arn: string, job: WaitingJob): readonly Reservation[] {
    return [...this.#reserved.values()].filter(
      (one) => one.computeEnvironmentArn === arn && !mayUse(one, job, this.#now),
    );
  }

  /** One for which instances are reserved waits for nothing that came after those: that may wait for them, and both would for ever. */
  #vcpusHeldFrom(arn: string, { jobId }: WaitingJob, others: readonly Reservation[]): Held<number> | undefined {
    // To look for an id costs as much as all else here.
    const own = this.#reserved.size === 0 ? undefined : this.#reserved.get(jobId);
    if (own?.computeEnvironmentArn !== arn) return withVcpusOf(this.#heldVcpus.get(arn), others);
    const inOrder = [...this.#reserved.values()];
    const before = new Set(inOrder.slice(0, inOrder.indexOf(own)));
    return withVcpusOf(
      this.#heldBefore.get(jobId),
      others.filter((one) => before.has(one)),
    );
  }

  #keptFrom(arn: string, others: readonly Reservation[]): Candidate['kept'] {
    const held = this.#kept.get(arn);
    if (!held && others.length === 0) return undefined;
    const sets = [...(held ? [held.capacity] : []), ...others.map(({ instances }) => instances)];
    const holder = held?.holder ?? others[0]?.holder;
    if (!holder) return undefined;
    const vcpus = () => {
      const kept = [...new Set(sets.flatMap((set) => [...set]))];
      return kept.reduce((sum, { capacity }) => sum + capacity.vcpuMillis / 1000, 0);
    };
    return { capacity: { has: (instance) => sets.some((set) => set.has(instance)) }, holder, vcpus };
  }

  /** Says of a multi-node job that waits for vCPUs what waits for it. */
  #withReserved(verdict: EnvironmentVerdict, { jobId }: WaitingJob): EnvironmentVerdict {
    if (this.#reserved.size === 0) return verdict;
    const own = this.#reserved.get(jobId);
    const isThere = own?.computeEnvironmentArn === verdict.computeEnvironmentArn;
    return own && isThere && verdict.kind === 'at-max-vcpus' ? { ...verdict, reserved: own.reserved } : verdict;
  }

  /** From now on its instances are kept. What queues of greater priority have taken of them is theirs first, and nobody knows until when. */
  #admit({ job, fleet, instances }: Standing): void {
    const { arn } = fleet.settings;
    const chosen = [...this.#reserved.values()];
    const isTaken = [...instances].some((one) => chosen.some((other) => other.instances.has(one)));
    if (isTaken) return;
    const reservation = reservationOf(fleet, job, instances, this.#now);
    this.#put(isKept(this.#kept.get(arn), instances) ? withoutStart(reservation) : reservation);
    this.#holding.add(job.share.queue);
  }

  /** Holds for a blocked head what it waits for, if it can ever start. */
  hold(job: WaitingJob, { verdicts, consumables, budget }: Obstacles): void {
    if (budget || consumables.some(isUnobtainable) || !verdicts.some(isWithinReach)) return;
    const { queue } = job.share;
    const share = queue.settings.fairShare && { share: job.share.identifier };
    const holder: Holder = { queueArn: queue.settings.arn, jobId: job.jobId, ...share };
    let holds = false;
    for (const { resource, quantity } of job.consumables ?? [])
      holds = this.#holdConsumable(resource, quantity, holder) || holds;
    const isReserved = this.#reserved.size > 0 && this.#reserved.has(job.jobId);
    const waitsForCapacity = consumables.length === 0 && (isReserved || !this.#holding.has(queue));
    this.#noteBudget(job, holds || waitsForCapacity);
    if (!waitsForCapacity) return;
    const roomy = verdicts.find(isHeldByPool);
    // Those of its instances that are there first are kept for a multi-node job until all are.
    const isGathered = (one: EnvironmentVerdict) =>
      job.nodes !== undefined && one.kind === 'awaits-instance' && one.starting > 0;
    const arn = (roomy ?? verdicts.find((one) => isOpen(one) || isGathered(one)))?.computeEnvironmentArn;
    if (arn === undefined) return;
    this.#holding.add(queue);
    const fleet = this.#model.environment(arn)?.fleet;
    const hasReserved = fleet !== undefined && (!roomy || isReserved) && this.#reserve(arn, fleet, job);
    if (hasReserved && !roomy) return;
    if (fleet && roomy) this.#need(fleet, job);
    const kept = fleet && !roomy ? this.#keep(arn, fleet, job, holder) : [];
    // What is reserved for it counts already.
    if (!hasReserved) this.#holdVcpus(arn, beyondUse(job, kept), holder);
    if (roomy) this.#holdOfPool(this.#model.poolOf(this.#model.environment(arn)), job, holder);
  }

  /**
   * After a start: whether what was found of heads before may not be so any more. What was reserved for the one that started is not any more, and heads before it
   * were told that, and held nothing beside it.
   */
  isStaleAfter({ jobId, share: { queue } }: WaitingJob): boolean {
    if (this.#reserved.size > 0 && this.#reserved.has(jobId)) return true;
    return this.#budgeted.get(queue)?.some((job) => judgeBudget(this.#model, job)) ?? false;
  }

  #noteBudget(job: WaitingJob, holds: boolean): void {
    const { queue } = job.share;
    if ((queue.settings.fairShare?.computeReservation ?? 0) === 0) return;
    const noted = this.#budgeted.get(queue);
    if (!noted) this.#budgeted.set(queue, [job]);
    else if (holds) noted.push(job);
  }

  /** Answers whether it holds it: of a queue's heads the first does. */
  #holdConsumable(resource: string, quantity: number, holder: Holder): boolean {
    const held = this.#heldConsumables.get(resource);
    if (held?.queues.has(holder.queueArn)) return false;
    const queues = (held?.queues ?? new Set()).add(holder.queueArn);
    const capacity = (held?.capacity ?? 0) + quantity;
    this.#heldConsumables.set(resource, { capacity, holder: held?.holder ?? holder, queues });
    return true;
  }

  /** Where it would be. */
  #need(fleet: EnvironmentFleet, job: WaitingJob): void {
    for (const id of instancesFor(fleet, job, { kept: undefined, now: this.#now }) ?? []) this.#needs(id, job);
  }

  /** Answers false where nothing can be reserved for it. */
  #reserve(arn: string, fleet: EnvironmentFleet, job: WaitingJob): boolean {
    if (!mayReserve(job)) return false;
    const standing = this.#reserved.get(job.jobId);
    const found = standing?.computeEnvironmentArn === arn ? standing : this.#choose(arn, fleet, job);
    if (!found) return false;
    if (found !== standing) this.#put(found);
    this.reservations.set(job.jobId, found);
    for (const { id } of found.instances) this.#needs(id, job);
    return true;
  }

  /** After all that stand, and what heads hold by now. */
  #put(reservation: Reservation): void {
    const { jobId } = reservation.job;
    this.#reserved.delete(jobId);
    this.#reserved.set(jobId, reservation);
    this.#heldBefore.set(jobId, this.#heldVcpus.get(reservation.computeEnvironmentArn));
  }

  #choose(arn: string, fleet: EnvironmentFleet, job: WaitingJob): Reservation | undefined {
    const others = [...this.#reserved.values()].filter((one) => one.computeEnvironmentArn === arn && one.job !== job);
    const isTaken = (instance: Instance) =>
      this.#kept.get(arn)?.capacity.has(instance) === true || others.some(({ instances }) => instances.has(instance));
    const found = chooseInstances(fleet, job, isTaken, this.#now);
    return found && this.#isRoomBeside(withVcpusOf(this.#heldVcpus.get(arn), others), found) ? found : undefined;
  }

  /**
   * From the next pass on what is reserved goes before every head, also before one that is served first now. So it is only where maxvCpus has room for both:
   * else jobs that reserve one after another would go before that one for ever.
   */
  #isRoomBeside(held: Held<number> | undefined, { computeEnvironmentArn: arn, lackingMillis }: Reservation): boolean {
    const environment = this.#model.environment(arn);
    if (!held || !environment?.settings) return true;
    const maxvCpus = maxvCpusOf(environment.settings, this.#model.poolOf(environment));
    return environment.usedVcpuMillis + held.capacity + lackingMillis <= maxvCpus * 1000;
  }

  /**
   * The instance that is nearest to holding it, or for each node of a multi-node job one: nobody else gets those. All nodes need one type: instances of
   * another one would stay, and leave no room for those that it waits for.
   */
  #keep(arn: string, fleet: EnvironmentFleet, job: WaitingJob, holder: Holder): readonly Instance[] {
    const found: Instance[] = [];
    const { nodes = 1, largestNode = job } = job;
    const need = nodesNeedOf(job);
    const type = need && fleet.typeForNodes(need, this.#now);
    const held = this.#kept.get(arn) ?? { capacity: new Set<Instance>(), holder };
    this.#kept.set(arn, held);
    const reserved = [...this.#reserved.values()].filter((one) => one.computeEnvironmentArn === arn && one.job !== job);
    const isTaken = { has: (one: Instance) => held.capacity.has(one) || reserved.some((by) => by.instances.has(one)) };
    for (let count = 0; count < nodes; count += 1) {
      const nearest = fleet.instances.bins.nearest(largestNode, isTaken, type);
      if (!nearest) break;
      held.capacity.add(nearest);
      found.push(nearest);
      this.#needs(nearest.id, job);
    }
    if (found.length < nodes) this.#keepFromWay(fleet, job, nodes - found.length, held.capacity, isTaken);
    return found;
  }

  /**
   * Where maxvCpus leaves no room to launch what it lacks, what must end first takes no other job until it does. Nobody needs it: it ends once all
   * of it is idle.
   */
  #keepFromWay(
    fleet: EnvironmentFleet,
    job: WaitingJob,
    lacked: number,
    kept: Set<Instance>,
    isTaken: InstanceFilter,
  ): void {
    const choice = chooseFor(fleet, job, this.#now);
    if (choice.kind !== 'chosen' || fleet.settings.scales !== 'with-demand') return;
    for (const one of fleet.inTheWay(choice.type, lacked, isTaken)) kept.add(one);
  }

  #needs(id: string, job: WaitingJob): void {
    if (!this.needed.has(id)) this.needed.set(id, job);
  }

  #holdVcpus(arn: string, vcpuMillis: number, holder: Holder): void {
    const held = this.#heldVcpus.get(arn);
    this.#heldVcpus.set(arn, { capacity: (held?.capacity ?? 0) + vcpuMillis, holder: held?.holder ?? holder });
  }

  #holdOfPool(pool: Pool | undefined, wanted: Amount, holder: Holder): void {
    if (!pool) return;
    const held = this.#heldOfPools.get(pool.id);
    const capacity = add(held?.capacity ?? nothing, footprintOf(wanted, pool));
    this.#heldOfPools.set(pool.id, { capacity, holder: held?.holder ?? holder });
  }
}

/**
 * Thousandths of a vCPU that a head takes beyond what is in use now, if it starts on the instances that are kept for it: what runs there ends before, as
 * far as it is in its way; where a node is to be all of it.
 */
function beyondUse(job: WaitingJob, kept: readonly Instance[]): number {
  const { nodes, largestNode } = job;
  if (nodes === undefined || !largestNode) return Math.min(job.vcpuMillis, ...kept.map(({ free }) => free.vcpuMillis));
  const each = largestNode.vcpuMillis;
  const used = kept.map(({ capacity, free }) => capacity.vcpuMillis - free.vcpuMillis);
  const saved = used.reduce((sum, one) => sum + Math.min(each, one), 0);
  return Math.min(job.vcpuMillis, Math.max(0, nodes * each - saved));
}

const noReservations: readonly Reservation[] = [];

function priorityOf({ job }: Standing): number {
  return job.share.queue.settings.priority;
}

/** As queues are served; ids only make the order total. */
function byPriority(one: Standing, other: Standing): number {
  return priorityOf(other) - priorityOf(one) || one.job.sequence - other.job.sequence;
}

function isKept(kept: Held<ReadonlySet<Instance>> | undefined, instances: ReadonlySet<Instance>): boolean {
  return kept !== undefined && [...instances].some((one) => kept.capacity.has(one));
}

function withoutStart(reservation: Reservation): Reservation {
  const { startsBy: _, ...reserved } = reservation.reserved;
  return { ...reservation, reserved, holder: { ...reservation.holder, reserved } };
}

/** What jobs are to hold that wait for their instances counts as held, as far as it is not in use there. */
function withVcpusOf(held: Held<number> | undefined, others: readonly Reservation[]): Held<number> | undefined {
  const [first] = others;
  if (!first) return held;
  const capacity = others.reduce((sum, { lackingMillis }) => sum + lackingMillis, held?.capacity ?? 0);
  return { capacity, holder: held?.holder ?? first.holder };
}
