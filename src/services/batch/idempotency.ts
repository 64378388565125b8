import { createHash } from 'node:crypto';
import { scopeOf } from '../../core/arn.ts';
import type { Clock } from '../../core/clock.ts';
import { ServiceError } from '../../core/errors.ts';
import type { Milliseconds } from '../../core/ids.ts';
import type { RequestContext } from '../../core/operation.ts';
import { idempotencyRecordKey, type StoreReads, type Transaction } from '../../store/index.ts';

/** How long a repeat finds the first call's result. */
const lifetime: Milliseconds = 24 * 60 * 60_000;
/** For a key of Step Functions: as long as the execution that made it may run, which is a year, and be redriven. */
const statesLifetime: Milliseconds = 370 * 24 * 60 * 60_000;
/** For a `clientToken`. */
const tokenLifetime: Milliseconds = 8 * 60 * 60_000;
const statesPrefix = 'states:';

/** Stores a result beside its key: call it within the transaction of the effect. */
export type Remember<Result> = (transaction: Transaction, result: Result) => void;

/**
 * Makes a call with an idempotency key take effect once: key and result become durable with the effect, and a repeat
 * returns the result. A repeat with other input is refused, in words of our own: Batch has no such keys. Calls without a key pass straight through.
 */
export class Idempotency {
  readonly #reads: StoreReads;
  readonly #clock: Clock;
  /** Calls under way: two with one key must not both find nothing stored. */
  readonly #underWay = new Map<string, Promise<{ readonly fingerprint: string; readonly result: unknown }>>();

  constructor(reads: StoreReads, clock: Clock) {
    this.#reads = reads;
    this.#clock = clock;
  }

  /** Runs `work` unless `context.idempotencyKey` was used before for `operation`. */
  run<Result>(
    context: RequestContext,
    operation: string,
    input: unknown,
    work: (remember: Remember<Result>) => Result | Promise<Result>,
  ): Result | Promise<Result> {
    if (context.idempotencyKey === undefined) return work(() => {});
    const key = idempotencyRecordKey('batch', operation, context.idempotencyKey);
    return this.#once(context, key, input, work);
  }

  /**
   * The same for an operation that has a `clientToken` of its own: for 8 hours a call with the same token and input answers what the
   * first one did. One with other input is another call (API reference of UpdateConsumableResource).
   */
  runOnce<Result>(
    context: RequestContext,
    operation: string,
    clientToken: string,
    input: unknown,
    work: (remember: Remember<Result>) => Result | Promise<Result>,
  ): Promise<Result> {
    const key = idempotencyRecordKey('batch', operation, `${clientToken}:${fingerprintOf(input)}`);
    return this.#once(context, key, input, work, tokenLifetime);
  }

  async #once<Result>(
    context: RequestContext,
    key: string,
    input: unknown,
    work: (remember: Remember<Result>) => Result | Promise<Result>,
    lasts = lifetimeOf(context),
  ): Promise<Result> {
    const fingerprint = fingerprintOf(input);
    const place = `${context.account}|${context.region}|${key}`;
    const earlier = this.#underWay.get(place);
    if (earlier) return sameInput<Result>(await earlier, fingerprint);
    const call = this.#recallOrWork(context, key, fingerprint, work, lasts);
    this.#underWay.set(place, call);
    try {
      return sameInput<Result>(await call, fingerprint);
    } finally {
      this.#underWay.delete(place);
    }
  }

  async #recallOrWork<Result>(
    context: RequestContext,
    key: string,
    fingerprint: string,
    work: (remember: Remember<Result>) => Result | Promise<Result>,
    lasts: Milliseconds,
  ): Promise<{ readonly fingerprint: string; readonly result: unknown }> {
    const scope = scopeOf(context);
    const stored = await this.#reads.idempotency(scope, key);
    if (stored && stored.expiresAt > this.#clock.now()) return stored;
    const expiresAt = this.#clock.now() + lasts;
    const remember: Remember<Result> = (transaction, result) => {
      transaction.add({ kind: 'idempotency.put', record: { ...scope, key, fingerprint, result, expiresAt } });
    };
    return { fingerprint, result: await work(remember) };
  }
}

function lifetimeOf({ idempotencyKey }: RequestContext): Milliseconds {
  return idempotencyKey?.startsWith(statesPrefix) ? statesLifetime : lifetime;
}

function fingerprintOf(input: unknown): string {
  return createHash('sha256').update(JSON.stringify(input)).digest('hex');
}

function sameInput<Result>(
  call: { readonly fingerprint: string; readonly result: unknown },
  fingerprint: string,
): Result {
  if (call.fingerprint === fingerprint) return call.result as Result;
  throw new ServiceError('ClientException', 'The client token was used before with other parameters.');
}
