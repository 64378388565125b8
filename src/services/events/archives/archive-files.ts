import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import { isSystemError } from '../../../core/system-error.ts';
import { Turns } from '../../../core/turns.ts';
import {
  type AppendedRecord,
  SegmentAppender,
  SegmentIndexes,
  type SegmentPosition,
  SegmentReader,
} from '../../../segments/index.ts';
import type { ArchiveSegmentRecord } from './records.ts';

/** What was written into one file, and how much of the file counts once that is committed. */
export type WrittenSegment = Pick<
  ArchiveSegmentRecord,
  'archiveId' | 'file' | 'bytes' | 'events' | 'firstEventAt' | 'lastEventAt'
>;

/** Segments a day at least, so that what is kept for days goes by the day. */
const longestSegment = 86_400_000;

interface OpenAppender {
  readonly appender: SegmentAppender;
  readonly openedAt: EpochMilliseconds;
}

/** The files of archives: a directory for each, whose name is the archive's id. */
export class ArchiveFiles {
  readonly #root: string;
  readonly #logger: Logger;
  readonly #turns = new Turns();
  readonly #appenders = new Map<string, OpenAppender>();
  readonly #indexes = new SegmentIndexes();

  constructor(root: string, logger: Logger) {
    this.#root = root;
    this.#logger = logger;
  }

  /** Appends records, which are on the medium when it resolves. After a failure none of them counts. */
  append(archiveId: string, records: readonly AppendedRecord[], now: EpochMilliseconds): Promise<WrittenSegment> {
    return this.#turns.take(archiveId, async () => {
      const open = await this.#appenderOf(archiveId, now);
      return { archiveId, ...(await open.append(records)) };
    });
  }

  /**
   * What comes next goes into another file: what was appended and not committed would else be taken for committed with it. All
   * archives, unless one is named.
   */
  async letGo(archiveId?: string): Promise<void> {
    const ids = archiveId === undefined ? [...this.#appenders.keys()] : [archiveId];
    await Promise.all(ids.map((id) => this.#turns.take(id, () => this.#close(id))));
  }

  /** Walks the records of an archive on from a position. `onDamage` hears of what cannot be read. */
  reader(
    archiveId: string,
    files: readonly ArchiveSegmentRecord[],
    at: { readonly position: SegmentPosition; readonly from: number; readonly to: number },
    onDamage: (words: string) => void,
  ): SegmentReader {
    const options = { files, direction: 'forward', ...at, onDamage } as const;
    return new SegmentReader(this.#indexes, join(this.#root, archiveId), options);
  }

  /** Removes files of an archive, or all of it. What cannot be removed is logged, and goes at the next start. */
  async remove(archiveId: string, files?: readonly string[]): Promise<void> {
    const directory = join(this.#root, archiveId);
    const paths = files ? files.map((file) => join(directory, file)) : [directory];
    await this.#turns.take(archiveId, async () => {
      await this.#close(archiveId);
      for (const path of paths) await this.#removePath(path);
    });
  }

  /** Removes whatever none of the archives has: a crash came between a commit and the removal. */
  async removeOthers(filesOf: ReadonlyMap<string, ReadonlySet<string>>): Promise<void> {
    for (const name of await namesIn(this.#root)) {
      const kept = filesOf.get(name);
      const ofArchive = kept ? await namesIn(join(this.#root, name)) : [];
      const lost = ofArchive.filter((file) => kept && !kept.has(file));
      if (!kept) await this.#removePath(join(this.#root, name));
      else for (const file of lost) await this.#removePath(join(this.#root, name, file));
    }
  }

  async #appenderOf(archiveId: string, now: EpochMilliseconds): Promise<SegmentAppender> {
    const known = this.#appenders.get(archiveId);
    if (known && now - known.openedAt < longestSegment && now >= known.openedAt) return known.appender;
    await this.#close(archiveId);
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    const onDamage = (words: string) => this.#logger.warn({ archiveId }, words);
    const appender = new SegmentAppender(join(this.#root, archiveId), { prefix: '', onDamage });
    this.#appenders.set(archiveId, { appender, openedAt: now });
    return appender;
  }

  async #close(archiveId: string): Promise<void> {
    const known = this.#appenders.get(archiveId);
    this.#appenders.delete(archiveId);
    await known?.appender.close();
  }

  async #removePath(path: string): Promise<void> {
    try {
      await rm(path, { recursive: true, force: true });
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#logger.warn({ err: error, path }, 'a file of an archive of events could not be removed');
    }
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}
