import { CommitFailed } from '../core/errors.ts';
import { failpoint } from '../core/failpoint.ts';
import type { Logger } from '../core/logger.ts';
import { isSystemError, systemErrorWords } from '../core/system-error.ts';
import type { Ledger } from '../store/index.ts';
import type { SealedValues } from './sealed-values.ts';
import type { Vault } from './vault.ts';

/** Values sealed anew in one transaction: a turn of 64 KiB each is the longest. */
const sliceSize = 50;

export interface KeyRotationOptions {
  readonly vault: Vault;
  readonly ledger: Ledger;
  /** Every type of record with values. */
  readonly values: readonly SealedValues[];
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
  #underWay: Promise<unknown> = Promise.resolve();

  constructor(options: KeyRotationOptions) {
    this.#options = options;
  }

  /** At start, and whenever memory was rebuilt: makes the first key, says what is wrong, goes on with what was cut short. */
  async begin(): Promise<void> {
    const { vault, logger } = this.#options;
    this.#stopped = new AbortController();
    if (this.#total() === 0) await this.#makeFirstKey();
    const problem = vault.problem();
    if (problem !== undefined) logger.error({}, problem);
    if (vault.retiredKeys.length === 0) return;
    this.#take(() => this.#sealAll()).catch((error) => {
      if (!this.#stopped.signal.aborted) logger.error({ err: error }, 'values could not be sealed anew yet');
    });
  }

  /** A disk without room, or a directory that may not be written: until there is a key no value is taken, and all else goes on. */
  async #makeFirstKey(): Promise<void> {
    try {
      await this.#options.vault.makeFirstKey();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#options.logger.error({ err: error }, `no key for values could be made: ${systemErrorWords(error)}`);
    }
  }

  /** Ends after the slice that is under way; what is left waits for `begin`. */
  pause(): void {
    this.#stopped.abort(new CommitFailed('failed', 'values are not all sealed anew yet; that goes on by itself'));
  }

  /** After `pause`: waits until the slice that is under way has ended. */
  idle(): Promise<unknown> {
    return this.#underWay;
  }

  /** Makes a new key and seals all values under it. Throws `KeysUnavailable` if the file of keys is damaged. */
  rotate(): Promise<Rotated> {
    return this.#take(async () => {
      await this.#options.vault.addKey();
      failpoint('keys.added');
      return this.#sealAll();
    });
  }

  /** One at a time. */
  #take<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#underWay.then(work);
    this.#underWay = mine.catch(() => {});
    return mine;
  }

  async #sealAll(): Promise<Rotated> {
    const { vault, logger } = this.#options;
    const retired = vault.retiredKeys;
    let sealedAnew = 0;
    for (const keyId of retired) sealedAnew += await this.#sealFrom(keyId);
    const needed = retired.filter((keyId) => this.#count(keyId) > 0);
    await vault.dropKeys(retired.filter((keyId) => !needed.includes(keyId)));
    const keyId = vault.currentKey ?? '';
    const unreadable = this.#total() - this.#count(keyId);
    logger.info({ keyId, sealedAnew, unreadable }, 'all values that open are sealed under one key');
    return { keyId, sealedAnew, unreadable };
  }

  async #sealFrom(keyId: string): Promise<number> {
    const { vault, ledger, values } = this.#options;
    let sum = 0;
    for (const each of values) {
      for (;;) {
        this.#stopped.signal.throwIfAborted();
        const sealed = each.sealAnew(ledger, vault, { keyId, limit: sliceSize });
        if (sealed === 0) break;
        // Other work gets its turn while the writer has this slice.
        await ledger.store.settled();
        failpoint('keys.slice-sealed');
        sum += sealed;
      }
    }
    failpoint('keys.all-sealed');
    return sum;
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
