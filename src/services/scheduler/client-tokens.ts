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

/** Makes what has a `ClientToken` take effect once: a repeat, as SDKs send one when an answer was lost, is answered as the first was. */
export class ClientTokens {
  readonly #options: ClientTokensOptions;

  constructor(options: ClientTokensOptions) {
    this.#options = options;
  }

  /** Runs `work` in a transaction unless a call with the token had its effect. The token is durable with that. */
  async once<Result>(
    context: RequestContext,
    { operation, input }: TokenCall,
    work: (transaction: Transaction) => Result,
  ): Promise<Result> {
    const { ledger, clock } = this.#options;
    const token = input.ClientToken ?? context.idempotencyKey;
    if (token === undefined) return ledger.transact(work);
    const key = idempotencyRecordKey('scheduler', operation, token);
    const fingerprint = createHash('sha256').update(JSON.stringify(input)).digest('hex');
    const known = await ledger.store.reads.idempotency(scopeOf(context), key);
    if (known && known.expiresAt > clock.now()) {
      return known.fingerprint === fingerprint ? (known.result as Result) : tokenUsed();
    }
    return ledger.transact((transaction) => {
      const result = work(transaction);
      const record = { ...scopeOf(context), key, fingerprint, result, expiresAt: clock.now() + tokenLifetime };
      transaction.add({ kind: 'idempotency.put', record });
      return result;
    });
  }
}
