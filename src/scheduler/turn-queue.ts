import { invariant } from '../core/errors.ts';
import type { EpochMilliseconds } from '../core/ids.ts';
import { usageAt } from './fair-share/decay.ts';
import { DecayClock } from './fair-share/share-line.ts';
import { isBefore, Tournament } from './fair-share/tournament.ts';
import { effectiveWeight, Weights } from './fair-share/weights.ts';
import { type Lane, newLane, type Queue, Share, type WaitingJob } from './queue.ts';
import type { JobQueueSettings, StoredShare } from './scheduler-event.ts';

/**
 * A queue whose shares take turns: the share goes first that has used least for its weight; among equals that whose head came first.
 * Without a fair share policy it is one share without name, first in, first out.
 */
export class TurnQueue implements Queue {
  readonly #shares = new Map<string, Share>();
  /** Those that may be active. Any other has neither a job nor had one a mean life ago, and costs nothing until it has one. */
  readonly #lively = new Set<Share>();
  readonly #lanes = new Map<Lane['shape'], Lane>();
  readonly #changed: Set<Share>;
  readonly #seating: Seating;
  #settings: JobQueueSettings;
  #weights: Weights;
  /** Draws the lines of shares; undefined while they are to be drawn anew. */
  #clock: DecayClock | undefined;
  #x = 1;
  /** Until when it stands how many shares are active; it does not when it is in the past. */
  #activeUntil: EpochMilliseconds = Number.NEGATIVE_INFINITY;
  #activeShares = 0;
  #size = 0;
  #heldVcpuMillis = 0;

  /** `changed` gathers shares of which something else is to be stored. */
  constructor(settings: JobQueueSettings, changed: Set<Share>, seating: Seating) {
    this.#settings = settings;
    this.#changed = changed;
    this.#seating = seating;
    this.#weights = new Weights(settings.fairShare?.weights ?? []);
  }

  get settings(): JobQueueSettings {
    return this.#settings;
  }

  /** Whether shares take turns never changes (spec 03 §9.6). */
  set settings(settings: JobQueueSettings) {
    const isSame = (settings.fairShare === undefined) === (this.#settings.fairShare === undefined);
    invariant(isSame || this.#shares.size === 0, `job queue ${settings.arn} has jobs, and changes its order`);
    this.#settings = settings;
    this.#weights = new Weights(settings.fairShare?.weights ?? []);
    for (const share of this.#shares.values()) {
      share.entry = this.#weights.entryOf(share.identifier);
      // With a longer mean life it may be active again.
      this.#recount(share);
    }
    this.#clock = undefined;
  }

  get size(): number {
    return this.#size;
  }

  get heldVcpuMillis(): number {
    return this.#heldVcpuMillis;
  }

  get activeShares(): number {
    return this.#activeShares;
  }

  get x(): number {
    return this.#x;
  }

  shares(): Iterable<Share> {
    return this.#shares.values();
  }

  share(identifier: string): Share | undefined {
    return this.#shares.get(identifier);
  }

  shareFor(identifier: string | undefined): Share {
    const key = this.#settings.fairShare ? (identifier ?? '') : '';
    const known = this.#shares.get(key);
    if (known) return known;
    const share = new Share(this, key);
    share.entry = this.#weights.entryOf(key);
    this.#shares.set(key, share);
    this.#redraw(share);
    return share;
  }

  add(job: WaitingJob): void {
    const { share } = job;
    if (!share.isBusy) this.#recount(share);
    share.waiting.add(job);
    this.#size += 1;
    this.#seat(share);
  }

  remove(job: WaitingJob): boolean {
    const { share } = job;
    if (!share.waiting.remove(job)) return false;
    this.#size -= 1;
    this.#seat(share);
    this.#settle(share);
    return true;
  }

  hold(share: Share, vcpuMillis: number, count: number, now: EpochMilliseconds): void {
    if (!share.isBusy) this.#recount(share);
    const decays = this.#settings.fairShare?.decays;
    if (decays) {
      share.usage = usageAt(share, share.heldVcpuMillis / 1000, decays, now);
      share.at = Math.max(share.at, now);
      this.#changed.add(share);
    }
    share.heldVcpuMillis += vcpuMillis;
    share.places += count;
    this.#heldVcpuMillis += vcpuMillis;
    this.#redraw(share);
    this.#settle(share);
  }

  countJobs(share: Share, by: 1 | -1, now: EpochMilliseconds): void {
    const { isBusy, idleSince } = share;
    share.jobs += by;
    invariant(share.jobs >= 0, `share ${share.identifier} has less than no jobs`);
    share.idleSince = share.jobs === 0 ? now : undefined;
    if (share.idleSince !== idleSince) this.#changed.add(share);
    if (share.isBusy !== isBusy) this.#recount(share);
  }

  restore({ share: identifier, usage, at, idleSince }: StoredShare): void {
    const share = this.shareFor(identifier);
    share.usage = usage;
    share.at = at;
    share.idleSince = share.jobs > 0 ? undefined : idleSince;
    this.#redraw(share);
    this.#recount(share);
    this.#settle(share);
  }

  forget(identifier: string): void {
    const share = this.#shares.get(identifier);
    if (!share) return;
    invariant(!share.isBusy, `share ${identifier} is forgotten with jobs`);
    this.#changed.delete(share);
    this.#recount(share);
    this.#drop(share);
  }

  isActive(share: Share, now: EpochMilliseconds): boolean {
    return share.isBusy || (share.idleSince !== undefined && share.idleSince + this.#meanLife > now);
  }

  refresh(now: EpochMilliseconds): void {
    const { fairShare } = this.#settings;
    if (!fairShare) return;
    const isNew = !this.#clock || now >= this.#clock.until;
    const clock = isNew ? new DecayClock(fairShare.decays, now) : this.#clock;
    invariant(clock, 'a queue that is fair has a clock');
    this.#clock = clock;
    if (isNew) this.#drawAll(clock);
    this.#x = clock.x(now);
    if (isNew || now >= this.#activeUntil) this.#weigh(now);
  }

  reseat(): void {
    for (const share of this.#shares.values()) {
      share.head = undefined;
      this.#seat(share);
    }
  }

  first(): WaitingJob | undefined {
    let best: Share | undefined;
    for (const lane of this.#lanes.values()) {
      const winner = lane.tournament.winner(this.#x);
      if (winner && (!best || isBefore(winner, best, this.#x))) best = winner;
    }
    return best?.head;
  }

  lanes(): Iterable<Lane> {
    return this.#lanes.values();
  }

  *front(now: EpochMilliseconds): Generator<WaitingJob> {
    const places = new Tournament<Runner>();
    for (const share of this.#shares.values()) {
      const jobs = share.waiting.rows();
      const { value: job, done } = jobs.next();
      if (done) continue;
      const usage = usageAt(share, share.heldVcpuMillis / 1000, this.#settings.fairShare?.decays ?? [], now);
      const { line, tie, heldVcpuMillis } = share;
      places.add({ share, jobs, job, left: job.left ?? 1, line, tie, usage, heldVcpuMillis });
    }
    for (let next = places.winner(this.#x); next; next = places.winner(this.#x)) {
      yield next.job;
      this.#advance(places, next, now);
    }
  }

  #advance(places: Tournament<Runner>, runner: Runner, now: EpochMilliseconds): void {
    runner.heldVcpuMillis += runner.job.vcpuMillis;
    runner.left -= 1;
    const { usage, heldVcpuMillis, share } = runner;
    if (this.#clock) runner.line = this.#clock.line({ usage, at: now }, heldVcpuMillis / 1000, share.weight);
    if (runner.left === 0) {
      const { value: job, done } = runner.jobs.next();
      if (done) {
        places.remove(runner);
        return;
      }
      runner.job = job;
      runner.left = job.left ?? 1;
      runner.tie = job.sequence;
    }
    places.changed(runner);
  }

  /** In milliseconds. */
  get #meanLife(): number {
    return (this.#settings.fairShare?.decays.at(-1)?.seconds ?? 0) * 1000;
  }

  /** It may be active now, or no longer. */
  #recount(share: Share): void {
    this.#lively.add(share);
    this.#activeUntil = Number.NEGATIVE_INFINITY;
  }

  #drop(share: Share): void {
    this.#shares.delete(share.identifier);
    this.#lively.delete(share);
  }

  #drawAll(clock: DecayClock): void {
    for (const lane of this.#lanes.values()) lane.tournament = new Tournament();
    for (const share of this.#shares.values()) {
      share.line = clock.line(share, share.heldVcpuMillis / 1000, share.weight);
      share.lane?.tournament.add(share);
    }
  }

  #redraw(share: Share): void {
    if (!this.#clock) return;
    share.line = this.#clock.line(share, share.heldVcpuMillis / 1000, share.weight);
    share.lane?.tournament.changed(share);
  }

  /** Counts the active shares: those under one prefix share its weight. */
  #weigh(now: EpochMilliseconds): void {
    const byPrefix = new Map<string, number>();
    this.#activeShares = 0;
    this.#activeUntil = Number.POSITIVE_INFINITY;
    for (const share of this.#lively) {
      if (!this.isActive(share, now)) {
        this.#lively.delete(share);
        continue;
      }
      const { prefix } = share.entry;
      this.#activeShares += 1;
      if (prefix !== undefined) byPrefix.set(prefix, (byPrefix.get(prefix) ?? 0) + 1);
      const until = share.isBusy || share.idleSince === undefined ? undefined : share.idleSince + this.#meanLife;
      if (until !== undefined) this.#activeUntil = Math.min(this.#activeUntil, until);
    }
    for (const share of this.#lively) {
      const weight = effectiveWeight(share.entry, byPrefix.get(share.entry.prefix ?? '') ?? 0);
      if (weight === share.weight) continue;
      share.weight = weight;
      this.#redraw(share);
    }
  }

  /** The share's head may be another one: it stands in the lane of what that asks for. */
  #seat(share: Share): void {
    const head = share.waiting.first;
    if (head === share.head) return;
    share.head = head;
    const shape = head && (this.#settings.fairShare ? this.#shapeFor(head) : '');
    if (head) share.tie = head.sequence;
    if (share.lane?.shape === shape) {
      share.lane?.tournament.changed(share);
      return;
    }
    if (share.lane) this.#leave(share, share.lane);
    if (shape === undefined) return;
    const lane = this.#lanes.get(shape) ?? newLane(shape);
    this.#lanes.set(shape, lane);
    lane.tournament.add(share);
    share.lane = lane;
  }

  #shapeFor(head: WaitingJob): Lane['shape'] {
    return this.#seating.byEnd ? seatOf(head) : shapeOf(head);
  }

  #leave(share: Share, lane: Lane): void {
    lane.tournament.remove(share);
    share.lane = undefined;
    if (lane.tournament.size === 0) this.#lanes.delete(lane.shape);
  }

  /** It may have become inactive, or nothing at all. */
  #settle(share: Share): void {
    if (share.isBusy) return;
    this.#recount(share);
    if (share.isForgettable) this.#drop(share);
  }
}

/** How heads of all queues whose shares take turns stand in lanes. */
export interface Seating {
  /** Also by when they would end: once there has been a multi-node job, which others may pass that end in time. */
  byEnd: boolean;
}

/** Thousandths of a vCPU. */
const mostPlainMillis = 2 ** 22;

/** A share as it goes through its waiting jobs. */
interface Runner {
  readonly share: Share;
  readonly jobs: Iterator<WaitingJob, undefined>;
  job: WaitingJob;
  left: number;
  line: Share['line'];
  tie: number;
  readonly usage: number;
  heldVcpuMillis: number;
}

/**
 * What decides whether there is room for the head of a share: beside what it asks for, when it would end, as it may then have what is reserved for a multi-node
 * job; and such a job may have what is reserved for itself.
 */
function seatOf(head: WaitingJob): Lane['shape'] {
  const { timeout, nodes, jobId } = head;
  const shape = shapeOf(head);
  if (timeout === undefined && nodes === undefined) return shape;
  return `${shape} ${timeout ?? ''} ${nodes === undefined ? '' : jobId}`;
}

/** What a job asks for. A number where one can say it: a text is made and hashed for each head. */
export function shapeOf(job: WaitingJob): Lane['shape'] {
  const { vcpuMillis, memoryMiB, gpus, machine, nodes, largestNode, instanceType = '', consumables } = job;
  const isPlain = gpus === 0 && machine === undefined && nodes === undefined && !consumables;
  const number = memoryMiB * mostPlainMillis + vcpuMillis;
  if (isPlain && vcpuMillis < mostPlainMillis && Number.isSafeInteger(number)) return number;
  const largest = largestNode ? `${largestNode.vcpuMillis}*${largestNode.memoryMiB}*${largestNode.gpus}` : '';
  const needs = consumables?.map(({ resource, quantity }) => `${resource}*${quantity}`).join() ?? '';
  return `${vcpuMillis}|${memoryMiB}|${gpus}|${machine ?? ''}|${nodes ?? ''}|${largest}|${instanceType}|${needs}`;
}
