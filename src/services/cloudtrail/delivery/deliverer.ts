import type { Scope } from '../../../core/arn.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { DueItem, DueKind, DueOutcome, DueWork, Transaction } from '../../../store/index.ts';
import { type TrailRecord, trailRecords } from '../records.ts';
import { digestDue, planDigest, writeDigest } from './digests.ts';
import { deliverNext, repeatPlan } from './log-files.ts';
import { advance, type DeliveryParts, stateOf } from './parts.ts';

interface DelivererOptions extends DeliveryParts {
  readonly due: DueWork;
  /** How often files are delivered. */
  readonly every: Milliseconds;
}

/** Until what failed is tried again, at most. */
const retryAfter: Milliseconds = 60_000;

/**
 * Delivers what trails want of the records. Each trail has a row of due work, and is looked after by one at a time: first what was
 * planned before, then new records, then digests whose time is over.
 */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #kind: DueKind<Record<never, never>>;

  constructor(options: DelivererOptions) {
    this.#options = options;
    this.#kind = {
      kind: 'cloudTrailDelivery',
      atOnce: 4,
      longestWait: options.every,
      perform: (item, signal) => this.#perform(item, signal),
    };
    options.due.register(this.#kind);
  }

  /** A trail began to log: it is looked after from now on. */
  begin(transaction: Transaction, trail: TrailRecord): void {
    const { due, clock, every } = this.#options;
    due.hasten(transaction, this.#kind, { key: keyOf(trail), dueAt: clock.now() + every, body: {} });
  }

  /** A trail is gone. */
  end(transaction: Transaction, trail: TrailRecord): void {
    this.#options.due.delete(transaction, this.#kind, keyOf(trail));
  }

  async #perform({ key }: DueItem<object>, signal: AbortSignal): Promise<DueOutcome<Record<never, never>>> {
    const { ledger, clock, every } = this.#options;
    const [account, region, name = ''] = key.split(' ');
    const trail = ledger.get(trailRecords, { account, region } as Scope, name);
    if (!trail) return { kind: 'done' };
    try {
      await this.#lookAfter(trail, signal);
    } catch (error) {
      signal.throwIfAborted();
      await this.#failed(trail, error);
      return { kind: 'again', at: clock.now() + Math.min(retryAfter, every) };
    }
    return this.#nextTime(trail);
  }

  /** What is recorded meanwhile waits for the next time: a trail that is busy has its digests all the same. */
  async #lookAfter(trail: TrailRecord, signal: AbortSignal): Promise<void> {
    const until = await this.#options.audit.end();
    for (let more = true; more; ) {
      signal.throwIfAborted();
      const state = stateOf(this.#options, trail);
      if (!state) return;
      const { plan } = state.progress;
      if (plan?.kind === 'logs') await repeatPlan(this.#options, trail, plan, signal);
      else if (plan?.kind === 'digest') await writeDigest(this.#options, state, plan, signal);
      else more = (await deliverNext(this.#options, state, until, signal)) || (await planDigest(this.#options, state));
    }
  }

  async #failed(trail: TrailRecord, error: unknown): Promise<void> {
    const words = error instanceof Error ? error.message : String(error);
    const before = stateOf(this.#options, trail)?.progress;
    const isDigest = before?.plan?.kind === 'digest';
    if ((isDigest ? before?.status.digestError : before?.status.error) !== words)
      this.#options.logger.warn(
        { trail: trail.name, words },
        'files of a trail cannot be delivered; they are tried again',
      );
    const told = isDigest ? { digestError: words } : { error: words };
    const attemptedAt = this.#options.clock.now();
    await advance(this.#options, trail, ({ progress }) => ({
      ...progress,
      status: { ...progress.status, attemptedAt, ...told },
    }));
  }

  #nextTime(trail: TrailRecord): DueOutcome<Record<never, never>> {
    const { clock, every, digestEvery } = this.#options;
    const progress = stateOf(this.#options, trail)?.progress;
    if (!progress || (progress.spans.length === 0 && progress.chains.length === 0)) return { kind: 'done' };
    const at = clock.now() + every;
    return { kind: 'again', at: Math.min(at, ...progress.chains.map((chain) => digestDue(chain, digestEvery))) };
  }
}

/** Account, region and name have no spaces. */
function keyOf({ account, region, name }: TrailRecord): string {
  return `${account} ${region} ${name}`;
}
