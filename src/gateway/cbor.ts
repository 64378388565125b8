import { cbor, dateToTag, tagSymbol } from '@smithy/core/cbor';
import type { StructureLimits } from '../core/json-structure.ts';
import { type CborProblem, findCborProblem } from './cbor-structure.ts';
import type { InputReading, RawInput } from './json.ts';

/** Reads a body that must be one CBOR map within `limits`. An empty body is an empty map. */
export function readCbor(body: Buffer, limits: StructureLimits): InputReading {
  if (body.length === 0) return { kind: 'input', input: {} };
  const problem = findCborProblem(body, limits);
  if (problem) return { kind: 'malformed', message: describeProblem[problem](limits) };
  const value: unknown = plainValue(cbor.deserialize(body));
  if (isMembers(value)) return { kind: 'input', input: value };
  return { kind: 'malformed', message: 'Start of structure or map expected: the request body must be a CBOR map.' };
}

const describeProblem: Readonly<Record<CborProblem, (limits: StructureLimits) => string>> = {
  depth: ({ depth }) => `The request body is nested more than ${depth} levels deep.`,
  values: ({ values }) => `The request body holds more than ${values} values.`,
  key: () => 'The request body has a member that no structure has.',
  malformed: () => 'The request body is not valid CBOR.',
};

function isMembers(value: unknown): value is RawInput {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Times become dates; a member that is null is one that is not there, as in JSON. */
function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(plainValue);
  if (isTag(value)) return new Date(Number(value.value) * 1000);
  const members = value as RawInput;
  for (const name of Object.keys(members)) {
    const member = plainValue(members[name]);
    if (member === null) delete members[name];
    else members[name] = member;
  }
  return members;
}

/** What the reader makes of a tag is told from a map of the same members by a mark of its own. */
function isTag(value: object): value is { readonly tag: number; readonly value: number } {
  return tagSymbol in value;
}

/** A structure as CBOR. A time is tag 1, in seconds; members that are undefined are left out. */
export function writeCbor(output: unknown): Uint8Array {
  return cbor.serialize(wireValue(output));
}

function wireValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (value instanceof Date) return dateToTag(value);
  if (Array.isArray(value)) return value.map(wireValue);
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries.map(([name, member]) => [name, wireValue(member)]));
}
