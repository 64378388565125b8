import { statfsSync } from 'node:fs';
import { isDiskFull as saysDiskFull } from '../../core/disk-full.ts';
import type { CommitFailed } from '../../core/errors.ts';
import { quotePosix } from '../../core/quote-posix.ts';
import { DamagedJson } from '../versioned-json.ts';

/** A failure as it crosses from the worker to the main thread. */
export interface Failure<Reason extends string> {
  readonly reason: Reason;
  readonly message: string;
}

export type CommitFailure = Failure<CommitFailed['reason']>;

/** Thrown where a commit finds that it may not go on; `reason` reaches the caller's `CommitFailed`. */
export class CommitRefused extends Error {
  override readonly name = 'CommitRefused';
  readonly reason: CommitFailed['reason'];

  constructor(reason: CommitFailed['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Primary result codes of SQLite; the low byte of an extended code. */
const ok = 0;
const busy = 5;
const ioError = 10;
const corrupt = 11;
const full = 13;
const notADatabase = 26;

/** Below this much free space a failed write is taken to be for want of space. */
const nearlyFull = 1024 * 1024;

export function isBusy(error: unknown): boolean {
  return primaryCode(error) === busy;
}

/** SQLite's error that is none. */
export function isWithoutCode(error: unknown): boolean {
  return primaryCode(error) === ok;
}

/** What a failed commit is called, for the database in `directory`. */
export function commitFailure(error: unknown, directory: string): CommitFailure {
  if (error instanceof CommitRefused) return { reason: error.reason, message: error.message };
  if (isDiskFull(error, directory)) {
    return { reason: 'disk-full', message: `no space left for the database in ${directory}: writes are refused` };
  }
  const damage = damageOf(error, directory);
  if (damage !== undefined) return { reason: 'damaged', message: damage };
  return { reason: 'failed', message: messageOf(error) };
}

/** What is to be done about a database that SQLite finds damaged, or whose rows are, in words; undefined for any other error. */
export function damageOf(error: unknown, directory: string): string | undefined {
  const code = primaryCode(error);
  if (code !== corrupt && code !== notADatabase && !(error instanceof DamagedJson)) return undefined;
  return (
    `the database ${directory}/store.sqlite is damaged (${messageOf(error)}). Nothing was changed in it. ` +
    `Put a backup in its place (batchyard restore BACKUP --data ${quotePosix(directory)}), or keep it aside and start with an ` +
    'empty directory; ' +
    '"sqlite3 store.sqlite .recover" on a copy may save rows'
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** SQLite reports a write beyond the space left as FULL, but an fsync or a quota that fails as an IO error. */
export function isDiskFull(error: unknown, directory: string): boolean {
  const code = primaryCode(error);
  return code === full || saysDiskFull(error) || (code === ioError && freeBytes(directory) < nearlyFull);
}

/** Of a disk that cannot be asked nothing says that it is full. */
function freeBytes(directory: string): number {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function primaryCode(error: unknown): number | undefined {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}
