import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Excess, findExcess, type StructureLimits, StructureScan } from '../core/json-structure.ts';

/** A request's input, not yet validated. */
export type RawInput = Record<string, unknown>;

export type InputReading =
  | { readonly kind: 'input'; readonly input: RawInput }
  /** In the words of AWS's own JSON reader. */
  | { readonly kind: 'malformed'; readonly message: string };

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

const describeExcess: Readonly<Record<Excess['kind'], (limits: StructureLimits) => string>> = {
  depth: ({ depth }) => `The request body is nested more than ${depth} levels deep.`,
  values: ({ values }) => `The request body holds more than ${values} values.`,
};

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
