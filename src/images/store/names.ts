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
  /** Names of each image: each start of a job asks for one image's, and to make room for those of all. */
  readonly #ofImage = new Map<Digest, Set<string>>();
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
    for (const ref of refs) if (isHere(ref.configDigest)) this.#set(ref);
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
    const refs = this.#refsOf(configDigest);
    return refs.length === 0 ? undefined : Math.max(...refs.map((ref) => ref.lastUsed));
  }

  /** Durable when the promise resolves; but a full disk only delays that. */
  async put(named: Named): Promise<void> {
    this.#set({ ...named, lastUsed: this.#clock.now() });
    await this.save();
  }

  touch(configDigest: Digest): void {
    for (const ref of this.#refsOf(configDigest)) this.#set({ ...ref, lastUsed: this.#clock.now() });
    this.#saveLater();
  }

  /** Of an image, all its names; or one name. The file follows with the next `save`. */
  forget(which: { readonly configDigest: Digest } | { readonly name: string }): void {
    const names = 'name' in which ? [which.name] : this.#refsOf(which.configDigest).map(({ name }) => name);
    for (const name of names) this.#drop(name);
  }

  #refsOf(configDigest: Digest): readonly Ref[] {
    return [...(this.#ofImage.get(configDigest) ?? [])].flatMap((name) => this.#refs.get(name) ?? []);
  }

  #set(ref: Ref): void {
    this.#drop(ref.name);
    this.#refs.set(ref.name, ref);
    const names = this.#ofImage.get(ref.configDigest) ?? new Set();
    this.#ofImage.set(ref.configDigest, names.add(ref.name));
  }

  #drop(name: string): void {
    const ref = this.#refs.get(name);
    if (!ref) return;
    this.#refs.delete(name);
    const names = this.#ofImage.get(ref.configDigest);
    names?.delete(name);
    if (names?.size === 0) this.#ofImage.delete(ref.configDigest);
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
