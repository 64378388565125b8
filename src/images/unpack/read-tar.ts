import { createHash } from 'node:crypto';
import { createReadStream, readSync } from 'node:fs';
import { type Duplex, PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { type Extract, extract } from 'tar-stream';
import { isSystemError } from '../../core/system-error.ts';
import type { Digest } from '../contract.ts';
import type { EntryHeader, EntrySink } from './entries.ts';
import { Refused } from './refusal.ts';

/** Bytes that are read at a time, packed. */
const readSize = 256 * 1024;

export interface TarReading {
  /** Of a regular file; stays the caller's to close. */
  readonly descriptor: number;
  /** Called for each entry in its turn. */
  readonly onEntry: (header: EntryHeader) => EntrySink;
  /** Called with the number of bytes of each piece as it is read, and as it is unpacked. What these throw ends the reading. */
  readonly onRead: (bytes: number) => void;
  readonly onUnpacked: (bytes: number) => void;
}

/**
 * Reads a tar, packed by gzip or zstd or not at all, to the end of the file. Answers the digest of what it is unpacked. Rejects with
 * `Refused` for what is no such file, and with what the callbacks throw.
 */
export async function readTar({ descriptor, onEntry, onRead, onUnpacked }: TarReading): Promise<Digest> {
  const hash = createHash('sha256');
  const packed = createReadStream('', { fd: descriptor, autoClose: false, start: 0, highWaterMark: readSize });
  packed.on('data', (chunk) => onRead(chunk.length));
  const measured = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      onUnpacked(chunk.length);
      hash.update(chunk);
      yield chunk;
    }
  };
  try {
    await pipeline(packed, unpackerOf(descriptor), measured, entryReader(onEntry));
  } catch (error) {
    throw isOfArchive(error) ? new Refused(`not a whole tar: ${error.message}`, { cause: error }) : error;
  }
  return `sha256:${hash.digest('hex')}`;
}

function unpackerOf(descriptor: number): Duplex {
  const head = Buffer.alloc(6);
  readSync(descriptor, head, 0, head.length, 0);
  const kind = packings.find(({ magic }) => head.subarray(0, magic.length).equals(magic));
  return kind === undefined ? new PassThrough() : kind.unpack();
}

/** What packs a file, by its first bytes: what names it elsewhere is not always true. */
const packings: readonly { readonly magic: Buffer; readonly unpack: () => Duplex }[] = [
  { magic: Buffer.from([0x1f, 0x8b]), unpack: () => createGunzip({ chunkSize: readSize }) },
  { magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), unpack: () => createZstdDecompress({ chunkSize: readSize }) },
  { magic: Buffer.from('BZh'), unpack: () => refusePacking('bzip2') },
  { magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), unpack: () => refusePacking('xz') },
];

function refusePacking(name: string): never {
  throw new Refused(`packed by ${name}, not by gzip or zstd`);
}

/** Names are read as bytes: not all are UTF-8, and two must not become one. */
function entryReader(onEntry: TarReading['onEntry']): Extract {
  // Left out of the library's types.
  const options: Parameters<typeof extract>[0] & { readonly filenameEncoding: string } = { filenameEncoding: 'latin1' };
  const reader = extract(options);
  reader.on('entry', (header, stream, next) => {
    stream.on('error', () => {}); // the reader's own, which the pipeline tells of
    try {
      const sink = onEntry(header as EntryHeader);
      stream.on('data', (chunk) => guarded(() => sink.write(chunk as Uint8Array)));
      stream.on('end', () => guarded(() => sink.end()) && next());
    } catch (error) {
      next(error as Error);
    }
  });
  const guarded = (work: () => void): boolean => {
    try {
      work();
      return true;
    } catch (error) {
      reader.destroy(error as Error);
      return false;
    }
  };
  return reader;
}

/** Said by what unpacks and what reads a tar, which have no class for it. */
function isOfArchive(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof Refused || isSystemError(error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined
    ? /tar header|Invalid header|end of data|max size/.test(error.message)
    : /^(Z_|ZSTD_|ERR_ZLIB)/.test(code);
}
