import { scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { CommitFailed } from '../../../core/errors.ts';
import { failpoint } from '../../../core/failpoint.ts';
import type { Logger } from '../../../core/logger.ts';
import { isSystemError, systemErrorWords } from '../../../core/system-error.ts';
import type { AppendedRecord } from '../../../segments/index.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import type { BusEvent } from '../matching/index.ts';
import type { ArchiveFiles, WrittenSegment } from './archive-files.ts';
import { toArchived } from './archived-event.ts';
import {
  type ArchiveSegmentRecord,
  archiveSegmentRecords,
  type EventArchiveRecord,
  eventArchiveRecords,
  segmentKey,
} from './records.ts';

/** What waits in memory before it is written: a slice of facts may be hundreds of megabytes. */
const mostWaiting = 4 * 1024 * 1024;
/** What a record of a file may hold; an event that AWS takes is a quarter of it. */
const longestEvent = 4 * 1024 * 1024;
/** An event may say that it is of any time; a file knows those of the next 6,900 years. */
const latestTime = 2 ** 48 - 1;

export interface ArchiveBatchOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly files: ArchiveFiles;
  /** Awaited before anything is written. */
  readonly prepare: () => Promise<void>;
  /** Hears that an archive cannot be written, in words, and, with none, that it could. */
  readonly onWritten: (archiveId: string, words: string | undefined) => void;
}

/** Events of one slice of facts on their way into archives: on the medium before the cursor moves, counted in its transaction. */
export class ArchiveBatch {
  readonly #options: ArchiveBatchOptions;
  readonly #waiting = new Map<string, { readonly archive: EventArchiveRecord; readonly records: AppendedRecord[] }>();
  readonly #written = new Map<string, { readonly archive: EventArchiveRecord; readonly segment: WrittenSegment }>();
  #size = 0;

  constructor(options: ArchiveBatchOptions) {
    this.#options = options;
  }

  /** Throws `CommitFailed` where the disk is full: then all events wait. */
  async add(archives: readonly EventArchiveRecord[], event: BusEvent): Promise<void> {
    if (archives.length === 0) return;
    const payload = toArchived(event, this.#options.clock.now());
    if (payload.length > longestEvent) {
      this.#options.logger.error({ eventId: event.id }, 'an event is too long for an archive; it is not archived');
      return;
    }
    const timestamp = Math.min(Math.max(0, event.time), latestTime);
    const record = { timestamp, ingestedAt: timestamp, payload };
    for (const archive of archives) {
      const of = this.#waiting.get(archive.id) ?? { archive, records: [] };
      of.records.push(record);
      this.#waiting.set(archive.id, of);
      this.#size += payload.length;
    }
    if (this.#size > mostWaiting) await this.flush();
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    for (const { archive, records } of this.#waiting.values()) await this.#write(archive, records);
    this.#waiting.clear();
    this.#size = 0;
  }

  /** Makes what was written count. */
  commit(transaction: Transaction): void {
    const { ledger, clock, files } = this.#options;
    for (const { archive, segment } of this.#written.values()) {
      const scope = scopeOf(archive);
      if (ledger.get(eventArchiveRecords, scope, archive.name)?.id !== archive.id) {
        // Deleted meanwhile: the directory was made anew.
        transaction.onCommitted(() => void files.remove(archive.id));
        continue;
      }
      const before = ledger.get(archiveSegmentRecords, scope, segmentKey(segment));
      if (before && before.bytes >= segment.bytes) continue;
      const lastArchivedAt = clock.now();
      const firstArchivedAt = before?.firstArchivedAt ?? lastArchivedAt;
      const record: ArchiveSegmentRecord = { ...scope, ...segment, firstArchivedAt, lastArchivedAt };
      transaction.put(archiveSegmentRecords, record);
    }
  }

  /** It will not be committed: nothing of it may count. */
  async abandon(): Promise<void> {
    const ids = [...this.#written.values()].map(({ archive }) => archive.id);
    await Promise.all(ids.map((id) => this.#options.files.letGo(id)));
  }

  async #write(archive: EventArchiveRecord, records: readonly AppendedRecord[]): Promise<void> {
    const { files, clock, prepare, onWritten } = this.#options;
    try {
      await prepare();
      const segment = await files.append(archive.id, records, clock.now());
      failpoint('events.archived');
      this.#written.set(segmentKey(segment), { archive, segment });
      onWritten(archive.id, undefined);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
        throw new CommitFailed('disk-full', 'no room for archived events', { cause: error });
      }
      // One archive that cannot be written must not keep events from every rule.
      onWritten(archive.id, systemErrorWords(error));
      const details = { err: error, archive: archive.name, events: records.length };
      this.#options.logger.error(details, 'events could not be archived; the archive misses them');
    }
  }
}
