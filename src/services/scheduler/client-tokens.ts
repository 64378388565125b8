import { createHash } from 'node:crypto';
import { scopeOf } from '../../core/arn.ts';
import type { Clock } from '../../core/clock.ts';
import type { RequestContext } from '../../core/operation.ts';
import { idempotencyRecordKey, type Ledger, type Transaction } from '../../store/index.ts';
import { tokenLifetime } from './limits.ts';
import { tokenUsed } from './refusals.ts';

interface ClientTokensOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** A call that has a token of its client. */
interface TokenCall {
  readonly operation: string;
  readonly input: { readonly ClientToken?: string | undefined };
}

/** What a call with a token had as its input and its answer. */
interface Done {
  readonly fingerprint: string;
  readonly result: unknown;
}

/** Makes what has a `ClientToken` take effect once: a repeat, as SDKs send one when an answer was lost, is answered as the first was. */
export class ClientTokens {
  readonly #options: ClientTokensOptions;
  /** Calls that are not durable yet: a repeat waits for them. */
  readonly #underWay = new Map<string, Promise<Done>>();

  constructor(options: ClientTokensOptions) {
    this.#options = options;
  }

  /** Runs `work` in a transaction unless a call with the token had its effect. The token is durable with that. */
  async once<Result>(
    context: RequestContext,
    { operation, input }: TokenCall,
    work: (transaction: Transaction) => Result,
  ): Promise<Result> {
    const token = input.ClientToken ?? context.idempotencyKey;
    if (token === undefined) return this.#options.ledger.transact(work);
    const key = idempotencyRecordKey('scheduler', operation, token);
    const fingerprint = createHash('sha256').update(JSON.stringify(input)).digest('hex');
    const place = `${context.account} ${context.region} ${key}`;
    const earlier = this.#underWay.get(place);
    if (earlier) return resultFor<Result>(await earlier, fingerprint);
    const durable = Promise.withResolvers<Done>();
    this.#underWay.set(place, durable.promise);
    // Who waits for it is told of an error; nobody may.
    durable.promise.catch(() => {}).finally(() => this.#underWay.delete(place));
    try {
      const known = await this.#recall(context, key);
      if (!known) return this.#work({ ...scopeOf(context), key, fingerprint }, work, durable.resolve);
      durable.resolve(known);
      return resultFor<Result>(known, fingerprint);
    } catch (error) {
      durable.reject(error);
      throw error;
    }
  }

  async #recall(context: RequestContext, key: string): Promise<Done | undefined> {
    const { ledger, clock } = this.#options;
    const known = await ledger.store.reads.idempotency(scopeOf(context), key);
    return known && known.expiresAt > clock.now() ? known : undefined;
  }

  #work<Result>(
    call: ReturnType<typeof scopeOf> & { readonly key: string; readonly fingerprint: string },
    work: (transaction: Transaction) => Result,
    onDurable: (done: Done) => void,
  ): Result {
    const { ledger, clock } = this.#options;
    return ledger.transact((transaction) => {
      const result = work(transaction);
      const record = { ...call, result, expiresAt: clock.now() + tokenLifetime };
      transaction.add({ kind: 'idempotency.put', record });
      transaction.onCommitted(() => onDurable(record));
      return result;
    });
  }
}

function resultFor<Result>(done: Done, fingerprint: string): Result {
  return done.fingerprint === fingerprint ? (done.result as Result) : tokenUsed();
}
