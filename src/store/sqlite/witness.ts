import { closeSync, constants, fchmodSync, openSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { readOwnFile } from '../../core/own-file.ts';
import { setAside } from '../../core/set-aside.ts';

/** How far an installation had committed when it last said so. */
export interface WitnessState {
  /** At most 32 characters. */
  readonly installationId: string;
  readonly epoch: number;
  /** Commits ever made, this one included. */
  readonly commits: number;
}

/** What is found beside a database that is opened. `damaged` names where the unreadable file was put. */
export type FoundWitness =
  | { readonly kind: 'none' }
  | { readonly kind: 'read'; readonly state: WitnessState }
  | { readonly kind: 'damaged'; readonly setAside: string };

/** Two slots, written in turn, so that a write cut short leaves the one before it whole. */
const slotBytes = 64;
const slots = 2;
const magic = 'BYWT';
const formatVersion = 1;
/** Magic 4, version 4, epoch 8, commits 8, installation 32; the checksum over them closes the slot. */
const coveredBytes = 56;

/**
 * A small file beside the database that says how many commits it has. It is written after each commit is on the disk, so
 * a database that has fewer has lost some: its write-ahead log was cut, or an older copy was put in its place. It is not
 * forced to the medium: after a power failure it may say less than the database has, never more.
 */
export class Witness {
  readonly #file: number;
  readonly #buffer = Buffer.alloc(slotBytes);

  /** Opens the file, made (0600) if need be, and writes `state` to both slots. Throws what the file system does. */
  constructor(path: string, state: WitnessState) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
    try {
      fchmodSync(this.#file, 0o600);
      for (let slot = 0; slot < slots; slot += 1) this.#put(slot, state);
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
  }

  /** Writes one slot in place: no space is needed that the file does not have already. */
  write(state: WitnessState): void {
    this.#put(state.commits % slots, state);
  }

  close(): void {
    closeSync(this.#file);
  }

  #put(slot: number, state: WitnessState): void {
    encode(this.#buffer, state);
    writeSync(this.#file, this.#buffer, 0, slotBytes, slot * slotBytes);
  }
}

/** Reads the witness of a database. One that is not whole in any slot is moved aside under a name that says so. */
export function readWitness(path: string): FoundWitness {
  const found = readOwnFile(path);
  if (found.kind === 'none') return { kind: 'none' };
  if (found.kind === 'other') return { kind: 'damaged', setAside: setAside(path) };
  const { content } = found;
  const states = Array.from({ length: slots }, (_, index) =>
    decode(content.subarray(index * slotBytes, (index + 1) * slotBytes)),
  ).filter((state) => state !== undefined);
  const [first, ...others] = states;
  if (!first) return { kind: 'damaged', setAside: setAside(path) };
  return { kind: 'read', state: others.reduce((last, state) => (state.commits > last.commits ? state : last), first) };
}

function encode(slot: Buffer, { installationId, epoch, commits }: WitnessState): void {
  slot.fill(0);
  slot.write(magic, 0, 'latin1');
  slot.writeUInt32LE(formatVersion, 4);
  slot.writeBigUInt64LE(BigInt(epoch), 8);
  slot.writeBigUInt64LE(BigInt(commits), 16);
  slot.write(installationId, 24, 32, 'latin1');
  slot.writeUInt32LE(crc32(slot.subarray(0, coveredBytes)), coveredBytes);
}

function decode(slot: Buffer): WitnessState | undefined {
  const isWhole =
    slot.length === slotBytes &&
    slot.toString('latin1', 0, 4) === magic &&
    slot.readUInt32LE(4) === formatVersion &&
    slot.readUInt32LE(coveredBytes) === crc32(slot.subarray(0, coveredBytes));
  if (!isWhole) return undefined;
  return {
    installationId: slot.toString('latin1', 24, 56).replace(/\0+$/, ''),
    epoch: Number(slot.readBigUInt64LE(8)),
    commits: Number(slot.readBigUInt64LE(16)),
  };
}
