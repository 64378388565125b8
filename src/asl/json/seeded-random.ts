import { createHash } from 'node:crypto';

/**
 * Randomness out of a seed: SHA-256 over seed and counter. The same seed gives the same draws, so that a step can be
 * repeated exactly; a seed of 16 secret random bytes gives tokens and UUIDs that nobody can guess.
 */
export class SeededRandom {
  readonly seed: string;
  /** How many draws have been made. What is evaluated elsewhere goes on from there, and is gone on from here. */
  drawn: number;

  constructor(seed: string, drawn = 0) {
    this.seed = seed;
    this.drawn = drawn;
  }

  bytes(count: number): Buffer {
    const blocks: Buffer[] = [];
    for (let have = 0; have < count; have += 32) {
      blocks.push(
        createHash('sha256')
          .update(`${this.drawn++}:${this.seed}`)
          .digest(),
      );
    }
    return Buffer.concat(blocks).subarray(0, count);
  }

  /** At least 0 and below 1, with 48 bits. */
  fraction(): number {
    return this.bytes(6).readUIntBE(0, 6) / 2 ** 48;
  }

  /** A UUID of version 4. */
  uuid(): string {
    const bytes = this.bytes(16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
}
