import { type Scope, scopeOf } from '../../core/arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import type { DueKind, DueWork, Ledger, Transaction } from '../../store/index.ts';
import { type SecretRecord, secretRecords, secretVersionRecords } from './records.ts';
import { lookUpSecret } from './secrets.ts';

interface Deletion extends Scope {
  readonly arn: string;
}

/** Secrets whose recovery window has ended: each goes with its versions when its time has come. */
export class Deletions implements DueKind<Deletion> {
  readonly kind = 'secretsmanager.deletion';
  readonly atOnce = 4;
  readonly #ledger: Ledger;
  readonly #due: DueWork;

  constructor(ledger: Ledger, due: DueWork) {
    this.#ledger = ledger;
    this.#due = due;
    due.register(this);
  }

  /** Has a secret go at a time; again, for another time. */
  schedule(transaction: Transaction, secret: SecretRecord, dueAt: EpochMilliseconds): void {
    this.#due.put(transaction, this, { key: secret.arn, dueAt, body: { ...scopeOf(secret), arn: secret.arn } });
  }

  cancel(transaction: Transaction, secret: SecretRecord): void {
    this.#due.delete(transaction, this, secret.arn);
  }

  async perform({ dueAt, body }: { readonly dueAt: EpochMilliseconds; readonly body: Deletion }) {
    const consequence = (transaction: Transaction) => {
      // As it is in the transaction: restored, or marked anew for a later time, until just before.
      const secret = lookUpSecret(this.#ledger, body, body.arn);
      if (secret?.deletedAt !== undefined && secret.deletedAt <= dueAt) removeSecret(this.#ledger, transaction, secret);
    };
    return { kind: 'done', consequence } as const;
  }
}

/** Removes a secret and its versions, which are no more than `quotas.versions`. */
export function removeSecret(ledger: Ledger, transaction: Transaction, secret: SecretRecord): void {
  for (const version of [...ledger.by(secretVersionRecords, secret, 'secret', { value: secret.arn })]) {
    transaction.delete(secretVersionRecords, version, secretVersionRecords.keyOf(version));
  }
  transaction.delete(secretRecords, secret, secret.name);
}
