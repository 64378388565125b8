import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, crc32, zstdCompress, zstdDecompress } from 'node:zlib';
import { syncPath } from '../core/sync-tree.ts';
import { type Block, BlockIndex, hashOf, type Sought } from './block-index.ts';
import { frameAt, headerOf } from './frames.ts';
import { type LogSegment, readAt } from './log-segment.ts';
import { type Segment, segmentFile } from './segment.ts';
import {
  blocksAmong,
  encodeSidecar,
  type PackedBlock,
  pairsPlace,
  readBlocks,
  readSidecarHead,
  type SidecarHead,
  tablePlace,
} from './sidecar.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
const params = { [constants.ZSTD_c_compressionLevel]: 3 };

/** A packed file: header, (u32 length, u32 CRC-32, zstd of a block's frames)*. */
const header = headerOf('BYAUZ');
const headBytes = 8;

/** What a packed segment cannot give: its file is damaged there. */
export class DamagedBlock extends Error {
  override readonly name = 'DamagedBlock';
}

/** A segment that nothing is added to any more, compressed by blocks, with a sorted index beside it. */
export class PackedSegment implements Segment {
  readonly number: number;
  readonly #directory: string;
  #head: Promise<SidecarHead> | undefined;

  constructor(directory: string, number: number) {
    this.#directory = directory;
    this.number = number;
  }

  get path(): string {
    return join(this.#directory, segmentFile.packed(this.number));
  }

  get indexPath(): string {
    return join(this.#directory, segmentFile.index(this.number));
  }

  /** Of what time its records are. */
  async span(): Promise<Pick<SidecarHead, 'from' | 'to'>> {
    return this.#readHead();
  }

  async blocks(): Promise<readonly PackedBlock[]> {
    return readBlocks(await this.#readIndex(tablePlace(await this.#readHead())));
  }

  async blocksWith(sought: Sought): Promise<readonly number[]> {
    const hash = hashOf(sought);
    return blocksAmong(await this.#readIndex(pairsPlace(await this.#readHead(), hash)), hash);
  }

  /** Rejects with `DamagedBlock`. */
  async read(number: number): Promise<Buffer> {
    const block = (await this.blocks())[number];
    if (!block) return Buffer.alloc(0);
    await using handle = await open(this.path, 'r');
    // Awaited here: meanwhile the file is closed, and nobody would hear of what is damaged.
    return await unpack(this.path, await readAt(handle, block.offset + headBytes, block.packedLength), block);
  }

  async #readIndex([offset, length]: readonly [number, number]): Promise<Buffer> {
    if (length === 0) return Buffer.alloc(0);
    await using handle = await open(this.indexPath, 'r');
    return readAt(handle, offset, length);
  }

  /** Kept once read. One that is not there, or damaged, is made anew of the packed file. */
  #readHead(): Promise<SidecarHead> {
    this.#head ??= this.#loadHead().catch((error: unknown) => {
      this.#head = undefined;
      throw error;
    });
    return this.#head;
  }

  async #loadHead(): Promise<SidecarHead> {
    const bytes = await readIfThere(this.indexPath);
    return (bytes && readSidecarHead(bytes)) ?? this.#rebuild();
  }

  async #rebuild(): Promise<SidecarHead> {
    const sidecar = await indexOfPacked(this.path);
    await writeWhole(this.indexPath, sidecar);
    const head = readSidecarHead(sidecar);
    if (!head) throw new Error(`${this.indexPath} was just written and cannot be read`);
    return head;
  }
}

async function unpack(path: string, packed: Buffer, { checksum, packedLength, offset }: PackedBlock): Promise<Buffer> {
  if (packed.length !== packedLength || crc32(packed) !== checksum)
    throw new DamagedBlock(`${path} is damaged at byte ${offset}`);
  return decompress(packed);
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Packs a segment that is not written to any more. Its log goes last: whatever dies meanwhile leaves the log, or the packed
 * segment whole. Rejects with what the file system says, and leaves the log then.
 */
export async function packSegment(directory: string, log: LogSegment): Promise<PackedSegment> {
  const packed = new PackedSegment(directory, log.number);
  const draft = `${packed.path}.draft`;
  try {
    const blocks = await writeBlocks(draft, log);
    await writeWhole(packed.indexPath, encodeSidecar(blocks, await log.hashes()));
    await rename(draft, packed.path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncPath(directory);
  return packed;
}

async function writeBlocks(path: string, log: LogSegment): Promise<readonly PackedBlock[]> {
  await rm(path, { force: true });
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(header);
  const blocks: PackedBlock[] = [];
  let offset = header.length;
  for (const [number, block] of (await log.blocks()).entries()) {
    const content = await compress(await log.read(number), { params });
    const checksum = crc32(content);
    const head = Buffer.alloc(headBytes);
    head.writeUInt32LE(content.length);
    head.writeUInt32LE(checksum, 4);
    // `write` and `writev` may write a part where the disk is nearly full, and not say so.
    await file.writeFile(Buffer.concat([head, content]));
    blocks.push({ ...block, offset, packedLength: content.length, checksum });
    offset += headBytes + content.length;
  }
  await file.sync();
  return blocks;
}

async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  const draft = `${path}.draft`;
  await rm(draft, { force: true });
  await using file = await open(draft, 'wx', 0o600);
  await file.writeFile(bytes);
  await file.sync();
  await rename(draft, path);
}

/** The index of a packed file, from its blocks; those that are damaged count for nothing and end nothing but themselves. */
async function indexOfPacked(path: string): Promise<Buffer> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const blocks: PackedBlock[] = [];
  const hashes: ReadonlySet<number>[] = [];
  for (let offset = header.length; offset + headBytes <= size; ) {
    const head = await readAt(file, offset, headBytes);
    const [packedLength, checksum] = [head.readUInt32LE(0), head.readUInt32LE(4)];
    const content = await readAt(file, offset + headBytes, Math.min(packedLength, size - offset));
    const described = crc32(content) === checksum ? describe(await decompress(content)) : lost;
    blocks.push({ ...described.block, offset, packedLength, checksum });
    hashes.push(described.hashes);
    offset += headBytes + packedLength;
  }
  return encodeSidecar(blocks, hashes);
}

interface Described {
  readonly block: Omit<Block, 'offset'>;
  readonly hashes: ReadonlySet<number>;
}

/** Of a time that nobody knows: it is not let go of as too old. */
const lost: Described = {
  block: { length: 0, records: 0, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY },
  hashes: new Set(),
};

function describe(frames: Buffer): Described {
  const index = new BlockIndex(0);
  let offset = 0;
  for (let frame = frameAt(frames, 0); frame; frame = frameAt(frames, offset)) {
    index.add(frame, frame.end - offset);
    offset = frame.end;
  }
  const [block = lost.block] = index.blocks;
  const [hashes = lost.hashes] = index.hashes;
  return { block, hashes };
}
