import { randomBytes } from 'node:crypto';
import type { EpochMilliseconds, JobId, TaskId } from './ids.ts';

/** The one source of randomness; injected, so that tests and the simulator replay exactly. */
export interface RandomSource {
  /** `count` random bytes. */
  bytes(count: number): Uint8Array;
}

/** Cryptographically strong bytes, drawn in blocks: a call costs a copy, not a system call. */
export class SystemRandom implements RandomSource {
  #block = Buffer.alloc(0);
  #offset = 0;

  bytes(count: number): Uint8Array {
    if (count > 4096) return randomBytes(count);
    if (this.#offset + count > this.#block.length) {
      this.#block = randomBytes(4096);
      this.#offset = 0;
    }
    // A copy: a view would show its holder the bytes of others, and keep the whole block alive.
    const bytes = Uint8Array.prototype.slice.call(this.#block, this.#offset, this.#offset + count);
    this.#offset += count;
    return bytes;
  }
}

/** A UUID of any version. */
export const uuidText = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A UUID of version 7 (RFC 9562): its text sorts by `now`, to the millisecond. */
export function uuidV7(now: EpochMilliseconds, random: RandomSource): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes.set(random.bytes(10), 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return formatUuid(bytes.toString('hex'));
}

/** A fresh job id. */
export function newJobId(now: EpochMilliseconds, random: RandomSource): JobId {
  return uuidV7(now, random) as JobId;
}

/** A fresh task id: 32 hexadecimal digits that sort by time, the form of an ECS task id. */
export function newTaskId(now: EpochMilliseconds, random: RandomSource): TaskId {
  return uuidV7(now, random).replaceAll('-', '') as TaskId;
}

function formatUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
