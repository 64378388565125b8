import { join } from 'node:path';
import { type AppendedRecord, SegmentAppender, type SegmentSummary } from '../../segments/index.ts';

/** The prefix of the segments that the server writes; a task's own have none. */
export const serverPrefix = 'p';

/** Streams whose segment stays open between two calls. */
const openAppenders = 64;

/** What an append came to: what its segment holds now, and the bytes that this append added to the stream's files. */
export interface Appended {
  readonly summary: SegmentSummary;
  readonly addedBytes: number;
}

interface OpenAppender {
  readonly appender: SegmentAppender;
  last: SegmentSummary | undefined;
  busy: boolean;
}

export interface AppendersOptions {
  readonly logDirectory: string;
  readonly sync: boolean;
  /** Hears of what was in the place of a stream's directory. */
  readonly onDamage: (words: string) => void;
}

/**
 * The open segments that the server appends to, by stream directory (below the log directory). The caller holds the
 * stream's lock for every call.
 */
export class Appenders {
  readonly #logDirectory: string;
  readonly #sync: boolean;
  readonly #onDamage: (words: string) => void;
  readonly #open = new Map<string, OpenAppender>();

  constructor(options: AppendersOptions) {
    this.#logDirectory = options.logDirectory;
    this.#sync = options.sync;
    this.#onDamage = options.onDamage;
  }

  /** Appends to the stream's newest segment, or begins one. */
  async append(directory: string, records: readonly AppendedRecord[]): Promise<Appended> {
    const open = this.#take(directory);
    open.busy = true;
    try {
      const summary = await open.appender.append(records);
      const known = open.last?.file === summary.file ? open.last.bytes : 0;
      open.last = summary;
      return { summary, addedBytes: summary.bytes - known };
    } finally {
      open.busy = false;
      await this.#closeIdle();
    }
  }

  /** Ends the stream's open segment: what was appended since its last row is then never counted, and never read. */
  async end(directory: string): Promise<void> {
    const open = this.#open.get(directory);
    this.#open.delete(directory);
    await open?.appender.close();
  }

  async close(): Promise<void> {
    for (const directory of [...this.#open.keys()]) await this.end(directory);
  }

  #take(directory: string): OpenAppender {
    const open = this.#open.get(directory) ?? {
      appender: new SegmentAppender(join(this.#logDirectory, directory), {
        prefix: serverPrefix,
        sync: this.#sync,
        onDamage: this.#onDamage,
      }),
      last: undefined,
      busy: false,
    };
    this.#open.delete(directory);
    this.#open.set(directory, open);
    return open;
  }

  async #closeIdle(): Promise<void> {
    for (const [directory, open] of this.#open) {
      if (this.#open.size <= openAppenders) return;
      if (!open.busy) await this.end(directory);
    }
  }
}
