/** How much structure a JSON text may have. Its length is bounded before. */
export interface StructureLimits {
  /** Deepest nesting. */
  readonly depth: number;
  /** Most values, containers included. */
  readonly values: number;
}

const openBrace = 0x7b;
const openBracket = 0x5b;
const closeBrace = 0x7d;
const closeBracket = 0x5d;
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

/** Where a body first has more structure than it may have. */
export interface Excess {
  readonly kind: 'depth' | 'values';
  /** Offset of the byte that is one too many: nothing behind it has been looked at. */
  readonly at: number;
}

/**
 * Counts brackets and commas outside strings, and stops at the first that is too many: nothing that recurses, and nothing
 * that takes long for each value, ever sees such a body. What it counts is never less than the values that a JSON parser
 * makes of the body, less one.
 */
export function findExcess(body: Uint8Array, limits: StructureLimits): Excess | undefined {
  // Fewer bytes than brackets or commas that it would take.
  if (body.length <= limits.depth && body.length <= limits.values) return undefined;
  const scan = new StructureScan(body, limits);
  scan.advance(body.length);
  return scan.excess;
}

/** The same look at a body, with pauses. */
export class StructureScan {
  excess: Excess | undefined;
  readonly #body: Uint8Array;
  readonly #limits: StructureLimits;
  #index = 0;
  #depth = 0;
  #values = 0;
  #quoted = false;

  constructor(body: Uint8Array, limits: StructureLimits) {
    this.#body = body;
    this.#limits = limits;
  }

  /** Looks at so many bytes more, or one more than that; whether there is anything left to look at. */
  advance(bytes: number): boolean {
    const { depth: deepest, values: most } = this.#limits;
    const body = this.#body;
    const end = Math.min(this.#index + bytes, body.length);
    let [index, depth, values, quoted] = [this.#index, this.#depth, this.#values, this.#quoted];
    for (; index < end; index++) {
      const byte = body[index];
      if (quoted) {
        if (byte === backslash) index++;
        else if (byte === quote) quoted = false;
      } else if (byte === quote) quoted = true;
      else if (byte === comma) {
        if (++values > most) return this.#found('values', index);
      } else if (byte === openBrace || byte === openBracket) {
        if (++depth > deepest) return this.#found('depth', index);
        if (++values > most) return this.#found('values', index);
      } else if (byte === closeBrace || byte === closeBracket) depth--;
    }
    [this.#index, this.#depth, this.#values, this.#quoted] = [index, depth, values, quoted];
    return index < body.length;
  }

  #found(kind: Excess['kind'], at: number): false {
    this.excess = { kind, at };
    return false;
  }
}
