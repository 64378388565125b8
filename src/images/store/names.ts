import type { CancelTimer, Clock } from '../../core/clock.ts';
import { failpoint } from '../../core/failpoint.ts';
import { Turns } from '../../core/turns.ts';
import { replaceFileAside } from '../../core/whole-file.ts';
import type { Digest } from '../contract.ts';
import { type Named, type Ref, readRefs, writeRefs } from './refs-file.ts';

/** When a name was last used is written about so often, for what is used most must not cost a write each time. */
const touchesSavedEvery = 60_000;

export interface NamesOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly warn: (words: string) => void;
}

/** What names of images stand for, and when they were last used; kept in `refs.json`. */
export class Names {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #warn: (words: string) => void;
  readonly #refs = new Map<string, Ref>();
  readonly #turns = new Turns();
  #laterSave: CancelTimer | undefined;
  #isStale = false;

  constructor({ path, clock, warn }: NamesOptions) {
    this.#path = path;
    this.#clock = clock;
    this.#warn = warn;
  }

  /** Reads the file; where it is lost, `rest` says what can still be known. Names of what is not here are dropped. */
  load(rest: readonly Named[], isHere: (configDigest: Digest) => boolean): void {
    const refs = readRefs(this.#path, this.#warn) ?? rest.map((each) => ({ ...each, lastUsed: this.#clock.now() }));
    for (const ref of refs) if (isHere(ref.configDigest)) this.#refs.set(ref.name, ref);
  }

  get(name: string): Ref | undefined {
    return this.#refs.get(name);
  }

  /** By name. */
  all(): readonly Ref[] {
    return [...this.#refs.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** When an image was last used under any of its names; undefined for one that has none. */
  lastUsed(configDigest: Digest): number | undefined {
    let latest: number | undefined;
    for (const ref of this.#refs.values())
      if (ref.configDigest === configDigest) latest = Math.max(latest ?? 0, ref.lastUsed);
    return latest;
  }

  /** Durable when the promise resolves; but a full disk only delays that. */
  async put(named: Named): Promise<void> {
    this.#refs.set(named.name, { ...named, lastUsed: this.#clock.now() });
    await this.save();
  }

  touch(configDigest: Digest): void {
    for (const ref of this.#refs.values())
      if (ref.configDigest === configDigest) this.#refs.set(ref.name, { ...ref, lastUsed: this.#clock.now() });
    this.#saveLater();
  }

  /** Of an image, all its names; or one name. The file follows with the next `save`. */
  forget(which: { readonly configDigest: Digest } | { readonly name: string }): void {
    for (const ref of this.#refs.values())
      if ('name' in which ? ref.name === which.name : ref.configDigest === which.configDigest)
        this.#refs.delete(ref.name);
  }

  /** Writes the file. What keeps it from being written is said, and tried again: the images are here all the same. */
  async save(): Promise<void> {
    this.#isStale = true;
    await this.#turns.take('file', async () => {
      if (!this.#isStale) return;
      this.#isStale = false;
      try {
        await replaceFileAside(this.#path, writeRefs(this.all()));
        failpoint('images.name-written');
      } catch (error) {
        this.#warn(`${this.#path} cannot be written: ${error instanceof Error ? error.message : error}`);
        this.#saveLater();
      }
    });
  }

  async close(): Promise<void> {
    await this.save();
    this.#laterSave?.();
    this.#laterSave = undefined;
  }

  #saveLater(): void {
    this.#laterSave ??= this.#clock.after(touchesSavedEvery, () => {
      this.#laterSave = undefined;
      void this.save();
    });
  }
}
