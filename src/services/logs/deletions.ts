import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scope } from '../../core/arn.ts';
import type { Clock } from '../../core/clock.ts';
import { type RandomSource, uuidV7 } from '../../core/random.ts';
import type { Ledger, SettingRecord, Transaction } from '../../store/index.ts';
import type { LogsLogger } from './logger.ts';

/** A stream whose task may still write: its directory stays until the task is over. */
export interface StreamName extends Scope {
  readonly groupName: string;
  readonly streamName: string;
}

/** What a setting of ours says is still to be removed. Paths are below the log directory: files, or whole directories. */
interface PendingDeletion {
  readonly paths: readonly string[];
  readonly waitsFor?: { readonly groupName: string; readonly streamName: string };
}

const settingPrefix = 'logs.deletion.';

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
    const value: PendingDeletion = {
      paths,
      ...(waitsFor && { waitsFor: { groupName: waitsFor.groupName, streamName: waitsFor.streamName } }),
    };
    const record: SettingRecord = {
      formatVersion: 1,
      type: 'setting',
      account: scope.account,
      region: scope.region,
      name: settingPrefix + uuidV7(clock.now(), random),
      value,
    };
    transaction.put(record);
    if (!waitsFor) transaction.onCommitted(() => this.#begin(record));
  }

  /** The task of a deleted stream is over: its directory can go. */
  release(stream: StreamName): void {
    for (const record of this.#pending()) {
      const { waitsFor } = contentOf(record);
      const same = waitsFor?.groupName === stream.groupName && waitsFor.streamName === stream.streamName;
      if (same && record.account === stream.account && record.region === stream.region) this.#begin(record);
    }
  }

  /** Takes up what a crash, or a failure, has left. `isRunning` tells whether a task still writes to a stream. */
  resume(isRunning: (stream: StreamName) => boolean): void {
    for (const record of this.#pending()) {
      const { waitsFor } = contentOf(record);
      const { account, region } = record;
      if (!waitsFor || !isRunning({ account, region, ...waitsFor })) this.#begin(record);
    }
  }

  /** Resolves when every removal begun so far has ended. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  #pending(): SettingRecord[] {
    return this.#options.ledger.all('setting').filter((record) => record.name.startsWith(settingPrefix));
  }

  #begin(record: SettingRecord): void {
    if (this.#running.has(record.name)) return;
    const removal = this.#remove(record)
      .catch((error: unknown) => {
        this.#options.logger.error({ err: error }, 'removing log files failed; it is tried again at the next start');
      })
      .finally(() => this.#running.delete(record.name));
    this.#running.set(record.name, removal);
  }

  async #remove(record: SettingRecord): Promise<void> {
    const { ledger, logDirectory } = this.#options;
    for (const path of contentOf(record).paths) await rm(join(logDirectory, path), { recursive: true, force: true });
    ledger.transact((transaction) => transaction.delete('setting', record, record.name));
  }
}

function contentOf(record: SettingRecord): PendingDeletion {
  return record.value as PendingDeletion;
}
