import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Scope, scopeOf } from '../../core/arn.ts';
import type { Clock } from '../../core/clock.ts';
import { type RandomSource, uuidV7 } from '../../core/random.ts';
import type { Ledger, Transaction } from '../../store/index.ts';
import type { LogsLogger } from './logger.ts';
import { type FileRemovalRecord, fileRemovalRecords, streamKey } from './records.ts';

/** A stream whose task may still write: its directory stays until the task is over. */
export interface StreamName extends Scope {
  readonly groupName: string;
  readonly streamName: string;
}

interface DeletionsOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logDirectory: string;
  readonly logger: LogsLogger;
}

/**
 * Files go after the commit that makes them unneeded, and a crash between the two leaves none behind: the commit also
 * stores what is to be removed, and `resume` does at the next start what is still stored.
 */
export class Deletions {
  readonly #options: DeletionsOptions;
  readonly #running = new Map<string, Promise<void>>();

  constructor(options: DeletionsOptions) {
    this.#options = options;
  }

  /** Removes `paths` once the transaction is durable; for a stream that a task writes to, once `release` has named it too. */
  add(transaction: Transaction, scope: Scope, paths: readonly string[], waitsFor?: StreamName): void {
    if (paths.length === 0) return;
    const { clock, random } = this.#options;
    const record: FileRemovalRecord = {
      ...scopeOf(scope),
      id: uuidV7(clock.now(), random),
      paths,
      ...(waitsFor && { waitsFor: { groupName: waitsFor.groupName, streamName: waitsFor.streamName } }),
    };
    transaction.put(fileRemovalRecords, record);
    if (!waitsFor) transaction.onCommitted(() => this.#begin(record));
  }

  /** The task of a deleted stream is over: its directory can go. */
  release(stream: StreamName): void {
    const value = streamKey(stream.groupName, stream.streamName);
    for (const record of this.#options.ledger.by(fileRemovalRecords, stream, 'waitsFor', { value }))
      this.#begin(record);
  }

  /** Takes up what a crash, or a failure, has left. `isRunning` tells whether a task still writes to a stream. */
  resume(isRunning: (stream: StreamName) => boolean): void {
    for (const record of this.#options.ledger.all(fileRemovalRecords)) {
      const { waitsFor } = record;
      if (!waitsFor || !isRunning({ ...scopeOf(record), ...waitsFor })) this.#begin(record);
    }
  }

  /** Resolves when every removal begun so far has ended. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  #begin(record: FileRemovalRecord): void {
    if (this.#running.has(record.id)) return;
    const removal = this.#remove(record)
      .catch((error: unknown) => {
        this.#options.logger.error({ err: error }, 'removing log files failed; it is tried again at the next start');
      })
      .finally(() => this.#running.delete(record.id));
    this.#running.set(record.id, removal);
  }

  async #remove(record: FileRemovalRecord): Promise<void> {
    const { ledger, logDirectory } = this.#options;
    for (const path of record.paths) {
      await rm(join(logDirectory, path), { recursive: true, force: true }).catch(ignoreFileAbove);
    }
    ledger.transact((transaction) => transaction.delete(fileRemovalRecords, record, record.id));
  }
}

/** A file in the place of a directory above leaves nothing to remove. */
function ignoreFileAbove(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTDIR') throw error;
}
