import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A request's input, not yet validated. */
export type RawInput = Record<string, unknown>;

export type InputReading =
  | { readonly kind: 'input'; readonly input: RawInput }
  /** In the words of AWS's own JSON reader. */
  | { readonly kind: 'malformed'; readonly message: string };

/** How much structure a body may have. Its length is bounded before. */
export interface StructureLimits {
  /** Deepest nesting. */
  readonly depth: number;
  /** Most values, containers included. */
  readonly values: number;
}

/** Bytes of a body that are looked at in one turn of the event loop: about a millisecond of it. */
export const bytesPerTurn = 256 * 1024;

/**
 * Reads a body that must be one JSON object within `limits`. An empty body is an empty object. Of a large one the bytes
 * are looked at in slices, a turn of the event loop for each, and what is left is parsed in a turn of its own.
 */
export function readJsonObject(body: Buffer, limits: StructureLimits): InputReading | Promise<InputReading> {
  if (body.length <= bytesPerTurn) return readJsonAtOnce(body, limits);
  return readJsonInSlices(body, limits);
}

async function readJsonInSlices(body: Buffer, limits: StructureLimits): Promise<InputReading> {
  const scan = new StructureScan(body, limits);
  do await nextTurn();
  while (scan.advance(bytesPerTurn));
  if (scan.excess) return malformed(describeExcess[scan.excess.kind](limits));
  await nextTurn();
  return isUtf8(body) ? parseObject(body) : notUtf8;
}

function readJsonAtOnce(body: Buffer, limits: StructureLimits): InputReading {
  if (body.length === 0) return { kind: 'input', input: {} };
  const excess = findExcess(body, limits);
  if (excess) return malformed(describeExcess[excess.kind](limits));
  return isUtf8(body) ? parseObject(body) : notUtf8;
}

function parseObject(body: Buffer): InputReading {
  const text = body.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed('The request body is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return malformed('Start of structure or map expected: the request body must be a JSON object.');
  }
  if (text.includes('null')) dropNulls(value);
  return { kind: 'input', input: value as RawInput };
}

const notUtf8: InputReading = { kind: 'malformed', message: 'The request body is not valid UTF-8.' };

function malformed(message: string): InputReading {
  return { kind: 'malformed', message };
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

const describeExcess: Readonly<Record<Excess['kind'], (limits: StructureLimits) => string>> = {
  depth: ({ depth }) => `The request body is nested more than ${depth} levels deep.`,
  values: ({ values }) => `The request body holds more than ${values} values.`,
};

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

/** To AWS a member that is null is a member that is not there. A null in a list stays, and fails validation. */
function dropNulls(value: object): void {
  if (Array.isArray(value)) {
    for (const member of value) if (typeof member === 'object' && member !== null) dropNulls(member);
    return;
  }
  const members = value as RawInput;
  for (const name of Object.keys(members)) {
    const member = members[name];
    if (member === null) delete members[name];
    else if (typeof member === 'object') dropNulls(member);
  }
}
