import { usageAt } from './fair-share/decay.ts';
import { budgetOf, isWithinBudget } from './fair-share/reservation.ts';
import { DecayClock } from './fair-share/share-line.ts';
import type { Site } from './scheduler.fixture.ts';
import type { JobQueueSettings, QueuedJob } from './scheduler-event.ts';

/** A share as it is while one plan is made. */
interface NaiveShare {
  readonly identifier: string;
  usage: number;
  at: number;
  held: number;
  weight: number;
  isActive: boolean;
  readonly waiting: QueuedJob[];
}

interface NaiveQueue {
  readonly settings: JobQueueSettings;
  readonly shares: readonly NaiveShare[];
  /** What heads asked for that were blocked: a head that asks for the same is not asked. */
  readonly blocked: Set<string>;
  isOver: boolean;
  isHolding: boolean;
  readonly kept: Set<string>;
}

/**
 * What a plan decides, found anew from what is stored by sorting the heads of all shares before each decision and asking each of them:
 * no lanes, no tournament, nothing kept. Knows environments and consumable resources, and no pools.
 */
export function naivePlan(site: Site, limit: number): readonly string[] {
  const run = new NaiveRun(site);
  const decisions: string[] = [];
  for (let next = run.next(); next && decisions.length < limit; next = run.next()) {
    const decision = run.decide(next.queue, next.share, next.job);
    if (decision) decisions.push(decision);
    if (decision) run.forgetBlocked();
  }
  return decisions;
}

class NaiveRun {
  readonly #site: Site;
  readonly #queues: readonly NaiveQueue[];
  readonly #used = new Map<string, number>();
  readonly #held = new Map<string, number>();
  readonly #free = new Map<string, number>();
  readonly #kept = new Map<string, number>();

  constructor(site: Site) {
    this.#site = site;
    for (const { computeEnvironmentArn: arn, request } of site.running.values())
      this.#used.set(arn, (this.#used.get(arn) ?? 0) + request.vcpus);
    for (const { arn, total } of site.consumables.values()) this.#free.set(arn, total - site.heldOf(arn));
    this.#queues = [...site.queues.values()].map((settings) => ({
      settings,
      shares: sharesOf(site, settings),
      blocked: new Set<string>(),
      isOver: !settings.acceptsPlacement,
      isHolding: false,
      kept: new Set<string>(),
    }));
  }

  /** What a start leaves for the heads that were blocked is found anew. */
  forgetBlocked(): void {
    this.#held.clear();
    this.#kept.clear();
    for (const queue of this.#queues) {
      queue.blocked.clear();
      queue.kept.clear();
      queue.isHolding = false;
      queue.isOver = !queue.settings.acceptsPlacement;
    }
  }

  /** The head that is asked next. */
  next() {
    const heads = this.#queues.flatMap((queue) => {
      const [first] = queue.isOver ? [] : this.#headsOf(queue);
      return first ? [{ queue, ...first }] : [];
    });
    heads.sort((a, b) => b.queue.settings.priority - a.queue.settings.priority || a.job.sequence - b.job.sequence);
    return heads[0];
  }

  #headsOf({ settings, shares, blocked }: NaiveQueue) {
    const heads = shares.flatMap((share) => {
      const [job] = share.waiting;
      return job && !blocked.has(shapeOf(job)) ? [{ share, job, key: this.#keyOf(settings, share) }] : [];
    });
    return heads.sort((a, b) => a.key - b.key || a.job.sequence - b.job.sequence);
  }

  #keyOf({ fairShare }: JobQueueSettings, share: NaiveShare): number {
    if (!fairShare) return 0;
    const clock = new DecayClock(fairShare.decays, this.#site.now);
    const { constant, slope } = clock.line(share, share.held, share.weight);
    return constant + slope * clock.x(this.#site.now);
  }

  /** Places the job, or answers nothing and holds what it waits for. */
  decide(queue: NaiveQueue, share: NaiveShare, job: QueuedJob): string | undefined {
    const { vcpus, consumables = [] } = job.request;
    const isShort = consumables.some(
      ({ resource, quantity }) => quantity > (this.#free.get(resource) ?? 0) - (this.#kept.get(resource) ?? 0),
    );
    const usable = queue.settings.computeEnvironmentArns.filter((arn) => this.#isUsable(arn, vcpus));
    const place = usable.find((arn) => this.#roomIn(arn) - (this.#held.get(arn) ?? 0) >= vcpus);
    const isWithin = this.#isWithin(queue, vcpus);
    if (place !== undefined && !isShort && isWithin) {
      this.#start(queue, share, job, place);
      return `${job.jobId}@${place}`;
    }
    queue.blocked.add(shapeOf(job));
    const { fairShare } = queue.settings;
    if (!fairShare || fairShare.blocking === 'queue') queue.isOver = true;
    const isHopeless = usable.length === 0 || consumables.some((one) => this.#neverHas(one.resource, one.quantity));
    if (!isWithin || isHopeless) return undefined;
    for (const { resource, quantity } of consumables) this.#keep(queue, resource, quantity);
    const [first = ''] = usable;
    if (!isShort && !queue.isHolding) {
      queue.isHolding = true;
      this.#held.set(first, (this.#held.get(first) ?? 0) + vcpus);
    }
    return undefined;
  }

  #start({ settings }: NaiveQueue, share: NaiveShare, job: QueuedJob, arn: string): void {
    const { now } = this.#site;
    const { vcpus, consumables = [] } = job.request;
    share.waiting.shift();
    if (settings.fairShare) share.usage = usageAt(share, share.held, settings.fairShare.decays, now);
    share.at = Math.max(share.at, now);
    share.held += vcpus;
    this.#used.set(arn, (this.#used.get(arn) ?? 0) + vcpus);
    for (const { resource, quantity } of consumables)
      this.#free.set(resource, (this.#free.get(resource) ?? 0) - quantity);
  }

  #keep(queue: NaiveQueue, resource: string, quantity: number): void {
    if (queue.kept.has(resource)) return;
    queue.kept.add(resource);
    this.#kept.set(resource, (this.#kept.get(resource) ?? 0) + quantity);
  }

  #neverHas(resource: string, quantity: number): boolean {
    return quantity > (this.#site.consumables.get(resource)?.total ?? 0);
  }

  #isUsable(arn: string, vcpus: number): boolean {
    const environment = this.#site.environments.get(arn);
    const isOpen = environment?.state === 'ENABLED' && environment.status === 'VALID';
    return isOpen && vcpus <= (environment.maxvCpus ?? 0);
  }

  #roomIn(arn: string): number {
    return (this.#site.environments.get(arn)?.maxvCpus ?? 0) - (this.#used.get(arn) ?? 0);
  }

  #isWithin({ settings, shares }: NaiveQueue, vcpus: number): boolean {
    const reservation = settings.fairShare?.computeReservation ?? 0;
    if (reservation === 0) return true;
    const open = settings.computeEnvironmentArns.filter((arn) => this.#isUsable(arn, 0));
    const total = open.reduce((sum, arn) => sum + (this.#site.environments.get(arn)?.maxvCpus ?? 0), 0);
    const active = shares.filter(({ isActive }) => isActive).length;
    const held = shares.reduce((sum, share) => sum + share.held * 1000, 0);
    return isWithinBudget(held, vcpus * 1000, budgetOf(total * 1000, reservation, active));
  }
}

const shapeOf = ({ request }: QueuedJob) => JSON.stringify(request);

function sharesOf(site: Site, settings: JobQueueSettings): readonly NaiveShare[] {
  const { fairShare, arn } = settings;
  const waiting = site.waitingInOrder().filter(({ queueArn }) => queueArn === arn);
  const running = [...site.running.values()].filter(({ queueArn }) => queueArn === arn);
  const stored = [...site.shares.values()].filter(({ queueArn }) => queueArn === arn);
  const named = [...waiting, ...running, ...stored].map(({ share = '' }) => share);
  const shares = [...new Set(fairShare ? named : [''])].map((identifier): NaiveShare => {
    const isOwn = ({ share = '' }: { share?: string | undefined }) => !fairShare || share === identifier;
    const jobs = waiting.filter(isOwn);
    const urgency = ({ priority = 0 }: QueuedJob) => (fairShare ? priority : 0);
    const own = stored.find(({ share }) => share === identifier);
    const decay = (fairShare?.decays.at(-1)?.seconds ?? 0) * 1000;
    const isRecent = own?.idleSince !== undefined && own.idleSince + decay > site.now;
    return {
      identifier,
      usage: own?.usage ?? 0,
      at: own?.at ?? 0,
      held: running.filter(isOwn).reduce((sum, { request }) => sum + request.vcpus, 0),
      weight: 1,
      isActive: jobs.length > 0 || running.some(isOwn) || isRecent,
      waiting: jobs.sort((a, b) => urgency(b) - urgency(a) || a.sequence - b.sequence),
    };
  });
  for (const share of shares) share.weight = weightOf(share, shares, settings);
  return shares;
}

function weightOf({ identifier }: NaiveShare, shares: readonly NaiveShare[], { fairShare }: JobQueueSettings): number {
  const matches = (entry: string, name: string) => entry.endsWith('*') && name.startsWith(entry.slice(0, -1));
  const weights = fairShare?.weights ?? [];
  const exact = weights.find(({ shareIdentifier }) => shareIdentifier === identifier);
  if (exact) return exact.weightFactor;
  const prefix = weights.find(({ shareIdentifier }) => matches(shareIdentifier, identifier));
  if (!prefix) return 1;
  const active = shares.filter((share) => {
    const isNamed = weights.some(({ shareIdentifier }) => shareIdentifier === share.identifier);
    return share.isActive && !isNamed && matches(prefix.shareIdentifier, share.identifier);
  });
  return prefix.weightFactor * Math.max(1, active.length);
}
