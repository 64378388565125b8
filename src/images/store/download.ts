import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { failpoint } from '../../core/failpoint.ts';
import { pause } from '../../core/pause.ts';
import { syncPath } from '../../core/sync-tree.ts';
import { type Digest, PullFailed } from '../contract.ts';
import { type BlobAnswer, ConnectionLost, type Patience } from '../registry/index.ts';

/** What a manifest says of a blob. */
export interface Wanted {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

export interface Download {
  readonly wanted: Wanted;
  /** Where it will be, whole and verified. */
  readonly path: string;
  /** What is here of it; stays when the download does not end. */
  readonly part: string;
  readonly clock: Clock;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** Asks for the blob from a byte on. */
  ask(from: number): Promise<BlobAnswer>;
  /** Bytes that are here. */
  onBytes(bytes: number): void;
}

/**
 * Brings a blob, from where an earlier try has ended. What is not what its digest says is deleted, and not asked for again.
 * Throws `PullFailed`; `ConnectionLost` where the registry is gone for longer than our patience; what the file system does.
 */
export async function download(order: Download): Promise<void> {
  const { patience, clock, signal } = order;
  let futile = 0;
  for (let parts = 1; ; parts += 1) {
    const before = await lengthOf(order.part);
    try {
      await bringPart(order);
      return;
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      futile = (await lengthOf(order.part)) > before ? 0 : futile + 1;
      if (futile > patience.retries || parts >= patience.partsOfBlob) throw error;
      await pause(clock, patience.backoff * 2 ** futile, signal);
    }
  }
}

async function bringPart(order: Download): Promise<void> {
  const { wanted, part } = order;
  {
    await using file = await open(part, 'a', 0o600);
    const hash = await fill(order, file);
    if (`sha256:${hash.digest('hex')}` !== wanted.digest) {
      await rm(part, { force: true });
      throw new PullFailed(`filesystem layer verification failed for digest ${wanted.digest}`);
    }
    await file.sync();
  }
  failpoint('images.blob-verified');
  await rename(part, order.path);
  await syncPath(dirname(order.path));
  failpoint('images.blob-named');
}

/** Appends what is missing; answers the hash of all. */
async function fill(order: Download, file: FileHandle): Promise<Hash> {
  const { wanted, part, signal } = order;
  let have = (await file.stat()).size;
  if (have > wanted.size) have = await empty(file);
  let hash = await hashOfFile(part);
  order.onBytes(have);
  if (have === wanted.size) return hash;
  const answer = await order.ask(have);
  if (answer.from !== have) {
    have = await empty(file);
    hash = createHash('sha256');
  }
  if (answer.length !== undefined && have + answer.length !== wanted.size) {
    answer.discard();
    await refuseLength(order);
  }
  for await (const piece of answer.pieces) {
    signal.throwIfAborted();
    if (have + piece.length > wanted.size) await refuseLength(order);
    await writeWhole(file, piece);
    failpoint('images.part-written');
    hash.update(piece);
    have += piece.length;
    order.onBytes(have);
  }
  if (have < wanted.size) throw new ConnectionLost(`blob ${wanted.digest} ended after ${have} of ${wanted.size} bytes`);
  return hash;
}

async function refuseLength({ wanted, part }: Download): Promise<never> {
  await rm(part, { force: true });
  throw wrongLength(wanted);
}

export function wrongLength({ digest, size }: Wanted): PullFailed {
  return new PullFailed(`blob ${digest} is not of the ${size} bytes that the manifest says`);
}

async function empty(file: FileHandle): Promise<0> {
  await file.truncate(0);
  return 0;
}

async function writeWhole(file: FileHandle, piece: Buffer): Promise<void> {
  for (let written = 0; written < piece.length; ) {
    written += (await file.write(piece, written, piece.length - written)).bytesWritten;
  }
}

/** The hash of what a file has now, which may be continued. */
export async function hashOfFile(path: string): Promise<Hash> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 2 ** 18 })) hash.update(piece);
  return hash;
}

async function lengthOf(path: string): Promise<number> {
  try {
    await using file = await open(path, 'r');
    return (await file.stat()).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
