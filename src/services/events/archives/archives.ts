import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { DueKind, DueOutcome, DueWork, Ledger, Transaction } from '../../../store/index.ts';
import { type ArchiveIndex, archiveIndex } from '../matching/index.ts';
import { ArchiveBatch } from './archive-batch.ts';
import { ArchiveFiles } from './archive-files.ts';
import {
  type ArchiveSegmentRecord,
  archiveSegmentRecords,
  type EventArchiveRecord,
  eventArchiveRecords,
  segmentKey,
} from './records.ts';

const day = 86_400_000;
/** How often what is too old is looked for. */
const sweepInterval = 3_600_000;
/** Files that go in one transaction. */
const sweepSize = 100;

export interface ArchivesOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the files of archives are. */
  readonly directory: string;
}

/** What is in an archive. */
export interface ArchiveTotal {
  readonly events: number;
  readonly bytes: number;
}

/** The archives of all buses: which there are, what they hold, and how that goes when it is too old. */
export class Archives {
  readonly index: ArchiveIndex;
  readonly files: ArchiveFiles;
  readonly #options: ArchivesOptions;
  readonly #retention: DueKind<null>;
  readonly #failures = new Map<string, string>();
  #swept: Promise<void> | undefined;

  constructor(options: ArchivesOptions) {
    this.#options = options;
    const { ledger, directory, logger, due } = options;
    this.index = archiveIndex(ledger);
    this.files = new ArchiveFiles(directory, logger);
    this.#retention = {
      kind: 'eventsArchive',
      atOnce: 1,
      perform: async ({ key }) => this.#sweep(key),
    };
    due.register(this.#retention);
  }

  /** Memory was filled anew: what was appended and is not known there does not count. */
  async reset(): Promise<void> {
    this.index.reset();
    await this.files.letGo();
  }

  /** For the events of a slice of facts. */
  batch(): ArchiveBatch {
    const onWritten = (id: string, words: string | undefined) => {
      if (words === undefined) this.#failures.delete(id);
      else this.#failures.set(id, words);
    };
    return new ArchiveBatch({ ...this.#options, files: this.files, prepare: () => this.#removeLost(), onWritten });
  }

  /** Why the last events of an archive are not in it, in words. */
  failureOf({ id }: EventArchiveRecord): string | undefined {
    return this.#failures.get(id);
  }

  put(transaction: Transaction, archive: EventArchiveRecord): void {
    transaction.put(eventArchiveRecords, archive);
    transaction.onAccepted(() => this.index.changed(archive, archive.bus));
    const key = keyOf(archive);
    if (archive.retentionDays === 0) this.#options.due.delete(transaction, this.#retention, key);
    else this.#options.due.put(transaction, this.#retention, { key, dueAt: this.#options.clock.now(), body: null });
  }

  delete(transaction: Transaction, archive: EventArchiveRecord): void {
    transaction.delete(eventArchiveRecords, archive, archive.name);
    for (const segment of this.segmentsOf(archive)) {
      transaction.delete(archiveSegmentRecords, archive, segmentKey(segment));
    }
    this.#options.due.delete(transaction, this.#retention, keyOf(archive));
    transaction.onAccepted(() => this.index.changed(archive, archive.bus));
    transaction.onCommitted(() => void this.files.remove(archive.id));
  }

  segmentsOf(archive: EventArchiveRecord): readonly ArchiveSegmentRecord[] {
    return [...this.#options.ledger.by(archiveSegmentRecords, scopeOf(archive), 'archive', { value: archive.id })];
  }

  totalOf(archive: EventArchiveRecord): ArchiveTotal {
    const segments = this.segmentsOf(archive);
    return {
      events: segments.reduce((sum, { events }) => sum + events, 0),
      bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  /** What was archived before then is over. */
  keptSince({ retentionDays }: EventArchiveRecord): EpochMilliseconds {
    return retentionDays === 0 ? 0 : this.#options.clock.now() - retentionDays * day;
  }

  #sweep(key: string): DueOutcome<null> {
    const { ledger, clock } = this.#options;
    const [account, region, name = ''] = key.split(' ');
    const scope = { account, region } as Scope;
    const archive = ledger.get(eventArchiveRecords, scope, name);
    if (!archive || archive.retentionDays === 0) return { kind: 'done' };
    const before = this.keptSince(archive);
    const old = this.segmentsOf(archive).filter(({ lastArchivedAt }) => lastArchivedAt < before);
    const slice = old.slice(0, sweepSize);
    const consequence = (transaction: Transaction) => {
      for (const segment of slice) transaction.delete(archiveSegmentRecords, scope, segmentKey(segment));
      const names = slice.map(({ file }) => file);
      if (names.length > 0) transaction.onCommitted(() => void this.files.remove(archive.id, names));
    };
    return { kind: 'again', at: clock.now() + (slice.length < old.length ? 0 : sweepInterval), consequence };
  }

  /** Once, before anything is written: files that no transaction knows of. */
  #removeLost(): Promise<void> {
    this.#swept ??= this.files.removeOthers(this.#known());
    return this.#swept;
  }

  #known(): ReadonlyMap<string, ReadonlySet<string>> {
    const { ledger } = this.#options;
    const known = new Map<string, Set<string>>();
    for (const scope of ledger.scopes(eventArchiveRecords)) {
      for (const archive of ledger.list(eventArchiveRecords, scope)) {
        known.set(archive.id, new Set(this.segmentsOf(archive).map(({ file }) => file)));
      }
    }
    return known;
  }
}

function keyOf({ account, region, name }: EventArchiveRecord): string {
  return `${account} ${region} ${name}`;
}
