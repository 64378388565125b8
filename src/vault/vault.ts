import { createSecretKey } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { RandomSource } from '../core/random.ts';
import { isSystemError, systemErrorWords } from '../core/system-error.ts';
import { keyIdOf, openEnvelope, sealEnvelope } from './envelope.ts';
import { type KeptKey, type KeyFile, keyFileOf, readKeyFile, writeKeyFile } from './key-file.ts';

/** No value can be sealed, or none that is sealed already opened. The message is for the operator and names the file. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** A sealed value that does not open. The message says why, never with anything of the value. */
export class ValueUnreadable extends Error {
  override readonly name = 'ValueUnreadable';
}

export interface VaultOptions {
  /** The data directory, whose file of keys it is. */
  readonly directory: string;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** @default that of `key-file.ts` */
  readonly write?: typeof writeKeyFile;
}

const remedy = 'Put the file of a backup in its place and start again';

/** There was never a key here, and the first one could not be written: why, in words. */
interface Unwritten {
  readonly kind: 'unwritten';
  readonly why: string;
}

/**
 * Seals values before they enter any record, and opens them. The keys are in a file of the data directory. Reads that file
 * when it is made, and throws what the file system does; a file that is missing or damaged is told of by `problem`.
 */
export class Vault {
  readonly #options: VaultOptions;
  #file: KeyFile | Unwritten;
  /** Ends when whatever still reads the file of keys has ended: until then no key goes. */
  #held: Promise<unknown> = Promise.resolve();

  constructor(options: VaultOptions) {
    this.#options = options;
    this.#file = readKeyFile(options.directory);
  }

  /** Why nothing can be sealed, in words; undefined when all is well. */
  problem(): string | undefined {
    const path = keyFileOf(this.#options.directory);
    switch (this.#file.kind) {
      case 'keys':
        return undefined;
      case 'missing':
        return (
          `${path} is missing, and with it the keys of all values of secrets and parameters. ${remedy}; ` +
          'if there is none, "batchyard keys rotate" makes a new key, and what was sealed before stays unreadable.'
        );
      case 'unwritten':
        return (
          `${path}, the keys of values of secrets and parameters, cannot be made: ${this.#file.why}. ` +
          'Until it is, no such value is taken; it is tried again every few seconds.'
        );
      case 'damaged':
        return `${path} cannot be read: ${this.#file.damage}. ${remedy}; or move it away, as if it were missing.`;
    }
  }

  /** In words: the file has not the keys of so many of all values. */
  strangeKeys(without: number, all: number): string {
    const path = keyFileOf(this.#options.directory);
    return (
      `${path} does not have the keys of ${without} of ${all} values of secrets and parameters: it is of another installation, or ` +
      `older than they are. ${remedy}; if there is none, put these values anew. All others are read.`
    );
  }

  /** Makes the first key, if there is none. If it cannot be written, `problem` says so, and another call tries again. */
  async makeFirstKey(): Promise<void> {
    if (this.#file.kind !== 'missing' && !this.isUnwritten) return;
    try {
      await this.addKey();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#file = { kind: 'unwritten', why: systemErrorWords(error) };
    }
  }

  /** Whether the first key could not be written yet. */
  get isUnwritten(): boolean {
    return this.#file.kind === 'unwritten';
  }

  /** Encrypts a value for a place (`envelope.ts`). Throws `KeysUnavailable`. */
  seal(value: Uint8Array, place: string): string {
    const [current] = this.#keys();
    if (!current) throw new KeysUnavailable(this.problem());
    return sealEnvelope(value, place, current, this.#options.random);
  }

  /** The value that was sealed for a place. Throws `ValueUnreadable`. */
  open(envelope: string, place: string): Buffer {
    const id = keyIdOf(envelope);
    const key = this.#keys().find((each) => each.id === id);
    if (!key) {
      throw new ValueUnreadable(`its key ${id ?? ''} is not in ${keyFileOf(this.#options.directory)}`);
    }
    const value = openEnvelope(envelope, place, key);
    if (!value) throw new ValueUnreadable(`it is not what was sealed under key ${key.id} for this place`);
    return value;
  }

  /** The id of the key that seals; undefined without keys. */
  get currentKey(): string | undefined {
    return this.#keys()[0]?.id;
  }

  /** Ids of all keys. */
  get keyIds(): readonly string[] {
    return this.#keys().map(({ id }) => id);
  }

  /** Ids of keys that only open. */
  get retiredKeys(): readonly string[] {
    return this.#keys()
      .slice(1)
      .map(({ id }) => id);
  }

  /** A new key that seals from now on. Durable before anything is sealed under it. Throws `KeysUnavailable` for a damaged file. */
  async addKey(): Promise<void> {
    if (this.#file.kind === 'damaged') throw new KeysUnavailable(this.problem());
    const { clock, random } = this.#options;
    const added: KeptKey = {
      id: Buffer.from(random.bytes(8)).toString('hex'),
      createdAt: clock.now(),
      key: createSecretKey(Buffer.from(random.bytes(32))),
    };
    const keys: readonly [KeptKey, ...KeptKey[]] = [added, ...this.#keys()];
    await this.#write(keys);
  }

  /** Forgets the keys that nothing is sealed under any more, for which it asks once nobody holds the file (`holdKeys`). */
  async dropKeys(unneeded: () => readonly string[]): Promise<void> {
    for (let held: unknown; held !== this.#held; ) {
      held = this.#held;
      await held;
    }
    const ids = unneeded();
    const [current, ...others] = this.#keys();
    const kept = others.filter(({ id }) => !ids.includes(id));
    if (current && kept.length < others.length) await this.#write([current, ...kept]);
  }

  /** While `work` goes on, a key that the file has stays there: a backup copies it after the values. */
  async holdKeys<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = work();
    this.#held = Promise.allSettled([this.#held, done]);
    return done;
  }

  async #write(keys: readonly [KeptKey, ...KeptKey[]]): Promise<void> {
    const { directory, write = writeKeyFile } = this.#options;
    await write(directory, keys);
    this.#file = { kind: 'keys', keys };
  }

  #keys(): readonly KeptKey[] {
    return this.#file.kind === 'keys' ? this.#file.keys : [];
  }
}
