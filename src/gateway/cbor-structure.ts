import type { StructureLimits } from '../core/json-structure.ts';

/** Why bytes are not read as CBOR. */
export type CborProblem = 'depth' | 'values' | 'key' | 'malformed';

const [bytesMajor, textMajor, listMajor, mapMajor, tagMajor, special] = [2, 3, 4, 5, 6, 7];
const indefinite = 31;
const breakByte = 0xff;
const protoKey = Buffer.from('__proto__');

/**
 * Looks at the structure of CBOR (RFC 8949) before anything is made of it: every length lies within the bytes, keys are texts,
 * and there are no more levels and values than `limits`. Undefined if all is well. A key `__proto__` is refused: a reader that
 * fills objects would take what it holds for their prototype.
 */
export function findCborProblem(bytes: Buffer, limits: StructureLimits): CborProblem | undefined {
  return new CborScan(bytes, limits).whole();
}

class CborScan {
  readonly #bytes: Buffer;
  readonly #limits: StructureLimits;
  #at = 0;
  #values = 0;
  #problem: CborProblem | undefined;

  constructor(bytes: Buffer, limits: StructureLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  whole(): CborProblem | undefined {
    if (this.#value(0) && this.#at !== this.#bytes.length) this.#fail('malformed');
    return this.#problem;
  }

  #fail(problem: CborProblem): false {
    this.#problem ??= problem;
    return false;
  }

  /** Goes on behind one value, whose level is `depth`; false if it cannot. */
  #value(depth: number): boolean {
    if (this.#at >= this.#bytes.length) return this.#fail('malformed');
    this.#values += 1;
    if (this.#values > this.#limits.values) return this.#fail('values');
    if (depth > this.#limits.depth) return this.#fail('depth');
    const [major, minor] = this.#head();
    if (major === special) return this.#skip(specialSizes[minor]);
    if (minor === indefinite && bytesMajor <= major && major <= mapMajor) {
      this.#at += 1;
      return this.#untilBreak(major, depth);
    }
    const count = this.#count(minor);
    return count === undefined ? this.#fail('malformed') : this.#counted(major, count, depth);
  }

  #head(): readonly [major: number, minor: number] {
    const first = this.#bytes[this.#at] ?? breakByte;
    return [first >> 5, first & 31];
  }

  #counted(major: number, count: number, depth: number): boolean {
    if (major === bytesMajor || major === textMajor) return this.#skip(count);
    if (major === tagMajor) return this.#tagged(count, depth);
    if (major !== listMajor && major !== mapMajor) return true;
    for (let index = 0; index < count; index += 1) if (!this.#item(major, depth)) return false;
    return true;
  }

  /** A time is tag 1, of a number. Clients of AWS send no other tag. */
  #tagged(tag: number, depth: number): boolean {
    const [major] = this.#head();
    if (tag !== 1 || (major > 1 && major !== special)) return this.#fail('malformed');
    return this.#value(depth + 1);
  }

  #untilBreak(major: number, depth: number): boolean {
    while (this.#bytes[this.#at] !== breakByte) {
      const isRead = major === listMajor || major === mapMajor ? this.#item(major, depth) : this.#chunk(major, depth);
      if (!isRead) return false;
    }
    this.#at += 1;
    return true;
  }

  /** A piece of bytes or text whose length is not said before: of the same kind, and of a length of its own. */
  #chunk(of: number, depth: number): boolean {
    const [major, minor] = this.#head();
    return major === of && minor !== indefinite ? this.#value(depth) : this.#fail('malformed');
  }

  #item(major: number, depth: number): boolean {
    return (major !== mapMajor || this.#key()) && this.#value(depth + 1);
  }

  #key(): boolean {
    const [major, minor] = this.#head();
    const length = major === textMajor ? this.#count(minor) : undefined;
    if (length === undefined) return this.#fail('malformed');
    const isOdd = this.#bytes.subarray(this.#at, this.#at + length).equals(protoKey);
    return isOdd ? this.#fail('key') : this.#skip(length);
  }

  #skip(length: number | undefined): boolean {
    if (length === undefined || length > this.#bytes.length - this.#at) return this.#fail('malformed');
    this.#at += length;
    return true;
  }

  /** What stands in the head of a value, behind which it goes on; undefined where there is none. */
  #count(minor: number): number | undefined {
    const at = this.#at + 1;
    const size = minor < 24 ? 0 : countSizes[minor];
    if (size === undefined || at + size > this.#bytes.length) return undefined;
    this.#at = at + size;
    if (size === 0) return minor;
    return size === 8 ? Number(this.#bytes.readBigUInt64BE(at)) : this.#bytes.readUIntBE(at, size);
  }
}

/** Bytes of a count by the low bits of the head. */
const countSizes: Readonly<Record<number, number>> = { 24: 1, 25: 2, 26: 4, 27: 8 };

/** Bytes of false, true, null, undefined, and floats of three sizes, with their heads. */
const specialSizes: Readonly<Record<number, number>> = { 20: 1, 21: 1, 22: 1, 23: 1, 25: 3, 26: 5, 27: 9 };
