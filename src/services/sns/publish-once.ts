import { createHash } from 'node:crypto';
import { scopeOf } from '../../core/arn.ts';
import type { Milliseconds } from '../../core/ids.ts';
import type { RequestContext } from '../../core/operation.ts';
import { idempotencyRecordKey, type Transaction } from '../../store/index.ts';
import type { SnsRuntime } from './runtime.ts';

/** As long as an execution of Step Functions, which gives the keys, may run and be redriven. */
const lifetime: Milliseconds = 370 * 24 * 60 * 60_000;

/**
 * Makes a Publish with an idempotency key take effect once: a repeat, such as that of a task of Step Functions after a
 * crash, has the first one's answer. `work` adds what it is given to the commit of its deliveries.
 */
export async function publishOnce(
  { ledger, clock }: SnsRuntime,
  context: RequestContext,
  input: object,
  work: (remember?: (transaction: Transaction, messageId: string) => void) => Promise<string>,
): Promise<string> {
  if (context.idempotencyKey === undefined) return work();
  const scope = scopeOf(context);
  const key = idempotencyRecordKey('sns', 'Publish', context.idempotencyKey);
  const stored = await ledger.store.reads.idempotency(scope, key);
  if (stored && stored.expiresAt > clock.now()) return String(stored.result);
  const fingerprint = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  return work((transaction, result) => {
    const expiresAt = clock.now() + lifetime;
    transaction.add({ kind: 'idempotency.put', record: { ...scope, key, fingerprint, result, expiresAt } });
  });
}
