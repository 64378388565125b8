import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { isSystemError } from '../../core/system-error.ts';
import { Turns } from '../../core/turns.ts';
import { type Digest, PullFailed } from '../contract.ts';
import { hexOf, isDigest } from '../digest.ts';
import type { Patience, RegistrySession } from '../registry/index.ts';
import { download, hashOfFile, type Wanted, wrongLength } from './download.ts';
import { SharedWork, type Waiter } from './shared-work.ts';

/** Parts of blobs wait so long for the pull that goes on with them. */
const keepParts = 24 * 3_600_000;

export interface BlobFile {
  readonly path: string;
  /** Absent for a part, which nobody needs while it is not being brought. */
  readonly digest?: Digest;
  readonly bytes: number;
  readonly lastUsed: number;
}

/** Layers and configurations as registries send them: whole and verified under their digest's name, else a `.partial`. */
export class Blobs {
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #patience: Patience;
  readonly #downloads = new SharedWork<number, void>();
  /** By path: what is being removed is here no more. */
  readonly #turns = new Turns();

  constructor(directory: string, clock: Clock, patience: Patience) {
    this.#directory = directory;
    this.#clock = clock;
    this.#patience = patience;
  }

  path(digest: Digest): string {
    return join(this.#directory, hexOf(digest));
  }

  /**
   * Whether it is here whole. Of another length it was damaged, and goes; or it is what its name says, and the manifest is wrong:
   * then this throws `PullFailed`, since others have a right to it.
   */
  async has({ digest, size }: Wanted): Promise<boolean> {
    const path = this.path(digest);
    const found = await this.#turns.take(path, () => statOf(path));
    if (found === undefined) return false;
    if (found.size === size) return true;
    if (await this.removeDamaged([digest])) return false;
    throw wrongLength({ digest, size });
  }

  /** Bytes of it that are here, for how much is still to come. */
  async lengthHere({ digest, size }: Wanted): Promise<number> {
    const here = (await this.has({ digest, size })) ? size : (await statOf(this.#part(digest)))?.size;
    return Math.min(here ?? 0, size);
  }

  /** Answers whether it was here already. Several that want one get it by one download, whoever of them asked the registry. */
  async bring(wanted: Wanted, session: RegistrySession, waiter: Waiter<number>): Promise<'here' | 'brought'> {
    if (await this.has(wanted)) {
      const now = this.#clock.now() / 1000;
      await utimes(this.path(wanted.digest), now, now);
      waiter.onProgress?.(wanted.size);
      return 'here';
    }
    const isOthers = this.#downloads.isUnderWay(wanted.digest);
    try {
      await this.#downloads.run(wanted.digest, waiter, (tell, signal) => this.#download(wanted, session, tell, signal));
    } catch (error) {
      // What another registry or user was refused may be ours.
      if (!isOthers || !(error instanceof PullFailed)) throw error;
      return await this.bring(wanted, session, waiter);
    }
    return 'brought';
  }

  /** Removes those that are not what their names say; answers whether there were any. */
  async removeDamaged(digests: readonly Digest[]): Promise<boolean> {
    let found = false;
    for (const digest of new Set(digests)) {
      if (`sha256:${(await hashOfFile(this.path(digest))).digest('hex')}` === digest) continue;
      await this.remove(this.path(digest));
      found = true;
    }
    return found;
  }

  /** Deletes what is here of a blob that is not whole. */
  async removePart(digest: Digest): Promise<void> {
    if (!this.#downloads.isUnderWay(digest)) await rm(this.#part(digest), { force: true });
  }

  /** All that may go: not what is being brought just now. */
  async list(): Promise<BlobFile[]> {
    const names = await readdir(this.#directory);
    const files = await Promise.all(names.map((name) => this.#describe(name)));
    return files.filter((file) => file !== undefined);
  }

  async remove(path: string): Promise<void> {
    await this.#turns.take(path, () => rm(path, { force: true, recursive: true }));
  }

  /** Deletes parts that no pull has gone on with for a day. */
  async removeOldParts(): Promise<void> {
    const now = this.#clock.now();
    for (const { path, digest, lastUsed } of await this.list())
      if (digest === undefined && Math.abs(now - lastUsed) > keepParts) await this.remove(path);
  }

  async close(reason: unknown): Promise<void> {
    await this.#downloads.close(reason);
  }

  async #describe(name: string): Promise<BlobFile | undefined> {
    const path = join(this.#directory, name);
    const found = await statOf(path);
    const digest = `sha256:${name.replace('.partial', '')}`;
    if (!found || (isDigest(digest) && this.#downloads.isUnderWay(digest))) return undefined;
    const isWhole = isDigest(digest) && !name.endsWith('.partial');
    return { path, bytes: found.size, lastUsed: found.mtimeMs, ...(isWhole && { digest }) };
  }

  async #download(
    wanted: Wanted,
    session: RegistrySession,
    tell: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    await download({
      wanted,
      path: this.path(wanted.digest),
      part: this.#part(wanted.digest),
      clock: this.#clock,
      patience: this.#patience,
      signal,
      ask: (from) => session.blob(wanted.digest, from, signal),
      onBytes: tell,
    });
  }

  #part(digest: Digest): string {
    return `${this.path(digest)}.partial`;
  }
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
