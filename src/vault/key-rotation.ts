import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Scope } from '../core/arn.ts';
import type { CancelTimer, Clock } from '../core/clock.ts';
import { CommitFailed } from '../core/errors.ts';
import { failpoint } from '../core/failpoint.ts';
import type { Milliseconds } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { Ledger } from '../store/index.ts';
import type { SealedValues } from './sealed-values.ts';
import type { Vault } from './vault.ts';

/** Values looked at in one turn, and sealed anew in one transaction: 64 KiB each at most. */
const sliceSize = 50;
/** Between tries to write the first key. */
const firstKeyRetry: Milliseconds = 10_000;

export interface KeyRotationOptions {
  readonly vault: Vault;
  readonly ledger: Ledger;
  /** Every type of record with values. */
  readonly values: readonly SealedValues[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a rotation has come to. */
export interface Rotated {
  /** The key that all values are sealed under now. */
  readonly keyId: string;
  /** How many were sealed anew. */
  readonly sealedAnew: number;
  /** Values that do not open, and so stay as they are, with their keys where these are known. */
  readonly unreadable: number;
}

/**
 * Seals every value under a new key, slice by slice, and forgets the old ones once the last value that needs them is durable
 * under the new one. What a crash leaves, the file of keys and the envelopes alone say: `begin` goes on with it.
 */
export class KeyRotation {
  readonly #options: KeyRotationOptions;
  #stopped = new AbortController();
  #cancelRetry: CancelTimer | undefined;
  #underWay: Promise<unknown> = Promise.resolve();

  constructor(options: KeyRotationOptions) {
    this.#options = options;
  }

  /** At start, and whenever memory was rebuilt: makes the first key, says what is wrong, goes on with what was cut short. */
  async begin(): Promise<void> {
    const { vault, logger } = this.#options;
    this.#stopped = new AbortController();
    const { signal } = this.#stopped;
    if (vault.currentKey === undefined && this.#total() === 0) await this.#makeFirstKey();
    const problem = vault.problem() ?? this.#strangeKeys();
    if (problem !== undefined) logger.error({}, problem);
    if (vault.retiredKeys.length === 0) return;
    this.#take((stopped) => this.#sealAll(stopped)).catch((error) => {
      if (!signal.aborted) logger.error({ err: error }, 'values could not be sealed anew yet');
    });
  }

  /** That the file of keys is not the one that the values were sealed with: a copy of another installation's, or an old one. */
  #strangeKeys(): string | undefined {
    const { vault } = this.#options;
    const total = this.#total();
    const known = vault.keyIds.reduce((sum, keyId) => sum + this.#count(keyId), 0);
    return known === total ? undefined : vault.strangeKeys(total - known, total);
  }

  /** Until it can be written no value is taken, and all else goes on: a disk has room again, a directory its rights. */
  async #makeFirstKey(): Promise<void> {
    const { vault, clock, logger } = this.#options;
    await this.#take(async (stopped) => {
      if (!stopped.aborted) await vault.makeFirstKey();
      if (stopped.aborted || !vault.isUnwritten) return;
      this.#cancelRetry = clock.after(firstKeyRetry, () => {
        this.#makeFirstKey().catch((error) => logger.error({ err: error }, 'the first key could not be made'));
      });
    });
  }

  /** Ends after the slice that is under way; what is left waits for `begin`. */
  pause(): void {
    this.#cancelRetry?.();
    this.#stopped.abort(new CommitFailed('failed', 'values are not all sealed anew yet; that goes on by itself'));
  }

  /** After `pause`: waits until the slice that is under way has ended. */
  idle(): Promise<unknown> {
    return this.#underWay;
  }

  /**
   * Makes a new key and seals all values under it. Throws `KeysUnavailable` if the file of keys is damaged, and `CommitFailed`,
   * with the file as it was, where nothing may change.
   */
  rotate(): Promise<Rotated> {
    return this.#take(async (stopped) => {
      this.#options.ledger.demandChanges();
      await this.#options.vault.addKey();
      failpoint('keys.added');
      return this.#sealAll(stopped);
    });
  }

  /** One at a time. Each is stopped by the `pause` after its beginning, and stays so when `begin` has begun the next. */
  #take<Result>(work: (stopped: AbortSignal) => Promise<Result>): Promise<Result> {
    const mine = this.#underWay.then(() => work(this.#stopped.signal));
    this.#underWay = mine.catch(() => {});
    return mine;
  }

  async #sealAll(stopped: AbortSignal): Promise<Rotated> {
    const { vault, logger } = this.#options;
    const retired = vault.retiredKeys;
    let sealedAnew = 0;
    for (const keyId of retired) sealedAnew += await this.#sealFrom(keyId, stopped);
    await this.#dropUnneeded(retired, stopped);
    const keyId = vault.currentKey ?? '';
    const unreadable = this.#total() - this.#count(keyId);
    logger.info({ keyId, sealedAnew, unreadable }, 'all values that open are sealed under one key');
    return { keyId, sealedAnew, unreadable };
  }

  /**
   * Memory counts what may not be durable yet: a value that was deleted there comes back if that commit fails. So a key goes
   * only if nothing needed it, what said so became durable, and nothing has stopped this meanwhile.
   */
  async #dropUnneeded(keyIds: readonly string[], stopped: AbortSignal): Promise<void> {
    const { vault, ledger } = this.#options;
    const unneeded = keyIds.filter((keyId) => this.#count(keyId) === 0);
    await ledger.store.settled();
    await vault.dropKeys(() => {
      stopped.throwIfAborted();
      ledger.demandChanges();
      return unneeded.filter((keyId) => this.#count(keyId) === 0);
    });
  }

  async #sealFrom(keyId: string, stopped: AbortSignal): Promise<number> {
    const { values, ledger } = this.#options;
    let sum = 0;
    for (const each of values) {
      for (const scope of each.scopes(ledger)) sum += await this.#sealIn(each, { scope, keyId }, stopped);
    }
    failpoint('keys.all-sealed');
    return sum;
  }

  async #sealIn(values: SealedValues, place: { scope: Scope; keyId: string }, stopped: AbortSignal): Promise<number> {
    const { vault, ledger } = this.#options;
    let sum = 0;
    for (let after: string | undefined; ; ) {
      stopped.throwIfAborted();
      const { sealed, last } = values.sealAnew(ledger, vault, { ...place, after, limit: sliceSize });
      if (last === undefined) return sum;
      after = last;
      sum += sealed;
      // Other work gets its turn, while the writer has this slice and where there is nothing to write.
      await nextTurn();
      await ledger.store.settled();
      if (sealed > 0) failpoint('keys.slice-sealed');
    }
  }

  #count(keyId: string): number {
    const { values, ledger } = this.#options;
    return values.reduce((sum, each) => sum + each.count(ledger, keyId), 0);
  }

  #total(): number {
    const { values, ledger } = this.#options;
    return values.reduce((sum, each) => sum + each.total(ledger), 0);
  }
}
