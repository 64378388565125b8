import type { EpochMilliseconds } from '../core/ids.ts';
import type { ConsumableRequest } from '../core/job.ts';
import { type Amount, add, nothing } from './amount.ts';
import { type BudgetVerdict, judgeBudget } from './budget.ts';
import { type ConsumableVerdict, isUnobtainable, judgeConsumable } from './consumable-verdict.ts';
import {
  type Candidate,
  type EnvironmentVerdict,
  type Held,
  type Holder,
  instancesFor,
  isHeldByPool,
  isOpen,
  isWithinReach,
  judgeEnvironment,
  nodesNeedOf,
} from './environment-verdict.ts';
import type { EnvironmentFleet, Instance } from './fleet/index.ts';
import type { Environment, Model } from './model.ts';
import { footprintOf, type Pool } from './pool.ts';
import type { Queue, WaitingJob } from './queue.ts';

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
 * queues; nothing held outlives it.
 */
export class Admission {
  readonly #model: Model;
  readonly #now: EpochMilliseconds;
  /** Instances of fleets, by environment: kept for heads that nothing holds now. */
  readonly #kept = new Map<string, Held<Set<Instance>>>();
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
    const verdicts: EnvironmentVerdict[] = [];
    const consumables = job.consumables ? this.#judgeConsumables(job.consumables) : none;
    const budget = judgeBudget(this.#model, job);
    for (const arn of job.share.queue.settings.computeEnvironmentArns) {
      const candidate = this.#candidate(arn);
      const { environment, pool } = candidate;
      const verdict = judgeEnvironment(candidate, job);
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
    return job.share.queue.settings.computeEnvironmentArns.map((arn) => judgeEnvironment(this.#candidate(arn), job));
  }

  #candidate(arn: string): Candidate {
    const environment = this.#model.environment(arn);
    const pool = this.#model.poolOf(environment);
    const heldVcpus = this.#heldVcpus.get(arn);
    const heldOfPool = pool && this.#heldOfPools.get(pool.id);
    return { arn, environment, pool, heldVcpus, heldOfPool, kept: this.#kept.get(arn), now: this.#now };
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
    const waitsForCapacity = consumables.length === 0 && !this.#holding.has(queue);
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
    if (fleet && roomy) this.#need(fleet, job);
    const kept = fleet && !roomy ? this.#keep(arn, fleet, job, holder) : [];
    this.#holdVcpus(arn, beyondUse(job, kept), holder);
    if (roomy) this.#holdOfPool(this.#model.poolOf(this.#model.environment(arn)), job, holder);
  }

  /** After a start in a queue: whether what was found of heads before may not be so any more. */
  isStale(queue: Queue): boolean {
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
    for (let count = 0; count < nodes; count += 1) {
      const nearest = fleet.instances.bins.nearest(largestNode, held.capacity, type);
      if (!nearest) break;
      held.capacity.add(nearest);
      found.push(nearest);
      this.#needs(nearest.id, job);
    }
    return found;
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
