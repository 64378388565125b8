import type { AuditKind, AuditRecord, AuditSink, ChangeUnderWay } from '../core/audit.ts';
import type { CancelTimer, Clock } from '../core/clock.ts';
import { failpoint } from '../core/failpoint.ts';
import type { Milliseconds } from '../core/ids.ts';
import { LinkedList } from '../core/linked-list.ts';
import type { Logger } from '../core/logger.ts';
import { type RandomSource, uuidV7 } from '../core/random.ts';
import type { Collected, CollectQuery } from './collect.ts';
import type { LookupPage, LookupQuery, Position } from './lookup.ts';
import { noteText } from './note.ts';
import type { ThreadData } from './protocol.ts';
import { recordText } from './record-text.ts';
import { AuditThread } from './thread.ts';

export interface AuditLogOptions extends ThreadData {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
}

/** Lookups are made one after the other, and each may read 32 MiB. */
const mostLookups = 16;

/** Records that go to the thread together. */
interface Batch {
  readonly texts: string[];
  readonly kept: PromiseWithResolvers<void>;
  /** Some of them are of changes, whose commit must not be without them. */
  ofChanges: boolean;
}

/** While records cannot be written those that could not be are tried again so often. */
const retryAfter: Milliseconds = 1000;

/** What could not be written is kept, up to so many characters, until it can be. */
const mostUnwritten = 16 * 1024 * 1024;

/**
 * Keeps the records of calls, by a thread that starts with the first one. What a turn of the event loop records is handed over
 * together, and what comes while the thread writes goes with its next batch.
 */
export class AuditLog implements AuditSink {
  readonly #options: AuditLogOptions;
  #thread: AuditThread | undefined;
  #open: Batch | undefined;
  #writing: Promise<void> | undefined;
  /** What the thread writes now. */
  #handedOver: Batch | undefined;
  /** A record of a change could not be written: what is to be committed next may be that change. */
  #owed: Error | undefined;
  /** Why the last batch could not be written; undefined while all is well. */
  #failure: Error | undefined;
  readonly #unwritten: string[] = [];
  #unwrittenSize = 0;
  /** Records that could be neither written nor kept. */
  #lost = 0;
  #cancelRetry: CancelTimer = () => {};
  /** Changes that have begun and have neither record nor note yet. */
  readonly #underWay = new LinkedList<ChangeUnderWay>();
  #wantsData: (service: string) => boolean = () => false;
  #isClosed = false;
  #lookups = 0;

  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  /** From now on records of messages, log lines and results of a service are kept too, as long as `wanted` says so. */
  keepData(wanted: (service: string) => boolean): void {
    this.#wantsData = wanted;
  }

  wants(kind: AuditKind, service: string): boolean {
    return kind === 'management' || this.#wantsData(service);
  }

  admit(): undefined | Promise<void> {
    return this.#failure === undefined ? undefined : Promise.reject(unwritable(this.#failure));
  }

  begin(change: ChangeUnderWay): undefined | Promise<void> {
    this.#underWay.add(change);
    return change.ahead ? this.#noteNow(change) : undefined;
  }

  drop(change: ChangeUnderWay): void {
    this.#underWay.delete(change);
  }

  /**
   * Before what calls have changed so far is committed: resolves once all of it is on record, what is over by its record and
   * what is under way by a note. Undefined: it is. Rejects if it cannot be.
   */
  onRecord(): undefined | Promise<void> {
    if (this.#isClosed) return undefined;
    for (const change of this.#underWay) this.#note(change);
    const written = this.#owed ? Promise.reject(this.#owed) : this.#changesWritten();
    return written?.catch((error: Error) => {
      // What is committed behind it fails with it.
      this.#owed = undefined;
      throw unwritable(error);
    });
  }

  #noteNow(change: ChangeUnderWay): undefined | Promise<void> {
    this.#note(change);
    return this.#changesWritten();
  }

  /** Undefined: they are. */
  #changesWritten(): undefined | Promise<void> {
    this.#write();
    const kept = [this.#handedOver, this.#open].flatMap((batch) => (batch?.ofChanges ? [batch.kept.promise] : []));
    return kept.length === 0 ? undefined : Promise.all(kept).then(() => {});
  }

  /** While nothing can be written no more is noted: changes are refused before they begin. */
  #note(change: ChangeUnderWay): void {
    const record = change.describe();
    const eventId = uuidV7(record.time, this.#options.random);
    this.#underWay.delete(change);
    change.noted = eventId;
    void this.#add(noteText(eventId, recordText(record, eventId, true)), true);
  }

  record(record: AuditRecord, of?: ChangeUnderWay): Promise<void> {
    const { noted } = of ?? {};
    if (of) this.#underWay.delete(of);
    const text = recordText(record, noted ?? uuidV7(record.time, this.#options.random));
    if (this.#failure !== undefined) {
      if (!record.readOnly) {
        this.#keepUnwritten([text]);
        this.#owed = this.#failure;
      }
      return Promise.reject(unwritable(this.#failure));
    }
    return this.#add(text, !record.readOnly);
  }

  #add(text: string, ofChange: boolean): Promise<void> {
    const batch = this.#open ?? this.#begin();
    batch.texts.push(text);
    if (ofChange) batch.ofChanges = true;
    return batch.kept.promise;
  }

  /** Resolves once all that has been recorded so far is written, or has been found not to be; undefined: it is. */
  written(): undefined | Promise<void> {
    return (this.#open?.kept.promise ?? this.#writing)?.catch(() => {});
  }

  /** As many lookups wait for each other as may: who asks now is told to ask later. */
  get isBusy(): boolean {
    return this.#lookups >= mostLookups;
  }

  async lookUp(query: LookupQuery): Promise<LookupPage> {
    this.#lookups += 1;
    try {
      await this.written();
      return await this.#opened().ask('lookUp', query);
    } finally {
      this.#lookups -= 1;
    }
  }

  /** Records that somebody hands on, in the order of writing; all that have been kept so far are among them. */
  async collect(query: CollectQuery): Promise<Collected> {
    await this.written();
    return await this.#opened().ask('collect', query);
  }

  /** Where the next record will be. */
  async end(): Promise<Position> {
    await this.written();
    return await this.#opened().ask('end', undefined);
  }

  /** Writes what is still to be written, and lets go of the files. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRetry();
    await this.#idle();
    if (this.#unwritten.length > 0) this.#retry();
    await this.#idle();
    const records = this.#unwritten.length + this.#lost;
    if (records > 0) this.#options.logger.error({ records }, 'records of the audit are lost');
    await this.#thread?.close();
  }

  async #idle(): Promise<void> {
    for (let busy = this.#open?.kept.promise ?? this.#writing; busy; busy = this.#open?.kept.promise ?? this.#writing)
      await busy.catch(() => {});
  }

  #opened(): AuditThread {
    if (!this.#thread || this.#thread.isDead) {
      const { directory, limits, syncAlways, failpoint: armed, logger } = this.#options;
      const data = { directory, limits, syncAlways, ...(armed && { failpoint: armed }) };
      this.#thread = new AuditThread(data, (words) => logger.warn({}, words));
    }
    return this.#thread;
  }

  #begin(): Batch {
    const batch: Batch = { texts: [], kept: Promise.withResolvers(), ofChanges: false };
    // Who waits for it has his own view of its failure.
    batch.kept.promise.catch(() => {});
    this.#open = batch;
    if (!this.#writing) setImmediate(() => this.#write());
    return batch;
  }

  #write(): void {
    const batch = this.#open;
    if (!batch || this.#writing) return;
    this.#open = undefined;
    this.#handedOver = batch;
    this.#writing = this.#opened()
      .ask('write', batch.texts.join('\n'))
      .then(
        () => {
          failpoint('audit.acknowledged');
          this.#writing = undefined;
          this.#handedOver = undefined;
          batch.kept.resolve();
        },
        (error: unknown) => {
          this.#writing = undefined;
          this.#handedOver = undefined;
          this.#fail(batch, error);
        },
      )
      .then(() => this.#write());
  }

  #fail({ texts, kept, ofChanges }: Batch, error: unknown): void {
    const failure = error instanceof Error ? error : new Error(String(error));
    if (this.#failure === undefined)
      this.#options.logger.error(
        { words: failure.message },
        'the audit cannot be written: changes are refused until it can be',
      );
    this.#failure = failure;
    if (ofChanges) this.#owed = failure;
    this.#keepUnwritten(texts);
    kept.reject(error);
    this.#retryLater();
  }

  #retryLater(): void {
    this.#cancelRetry();
    if (!this.#isClosed) this.#cancelRetry = this.#options.clock.after(retryAfter, () => this.#retry());
  }

  /** Also of calls that were answered with an error for it: they may have been made. */
  #keepUnwritten(texts: readonly string[]): void {
    for (const text of texts) {
      if (this.#unwrittenSize + text.length > mostUnwritten) {
        this.#lost += 1;
        continue;
      }
      this.#unwrittenSize += text.length;
      this.#unwritten.push(text);
    }
  }

  #retry(): void {
    if (this.#open || this.#writing) {
      this.#retryLater();
      return;
    }
    const batch: Batch = { texts: this.#unwritten.splice(0), kept: Promise.withResolvers(), ofChanges: false };
    this.#unwrittenSize = 0;
    batch.kept.promise.then(
      () => this.#recover(),
      () => {},
    );
    this.#open = batch;
    this.#write();
  }

  /** What was recorded while the rest was being written has nobody else who would write it. */
  #recover(): void {
    this.#failure = undefined;
    const { logger } = this.#options;
    logger.info({}, 'the audit is written again');
    if (this.#lost > 0)
      logger.error({ records: this.#lost }, 'records of the audit are lost: there was no room for them');
    this.#lost = 0;
    if (this.#unwritten.length > 0) this.#retry();
  }
}

function unwritable(cause: Error): Error {
  return new Error(`the audit cannot be written: ${cause.message}`, { cause });
}
