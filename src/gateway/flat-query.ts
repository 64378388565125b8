import type { StructureLimits } from '../core/json-structure.ts';
import type { FlatName, FlatNames } from '../core/operation.ts';
import { inOrder, type ParameterNode, readParameters } from './form.ts';
import type { InputReading, RawInput } from './json.ts';
import { textElement, xmlElement } from './xml.ts';

/** Where a form was sent, and by which names it is read. */
export interface FlatForm {
  readonly names: FlatNames;
  readonly operation: string;
  readonly path: string;
}

/**
 * Reads a form whose lists and maps have no level of their own: `Attribute.1.Name=a&Attribute.1.Value=b` becomes
 * `{ Attributes: { a: 'b' } }`. A single entry may go without its number. Scalars stay text.
 */
export function readFlatForm(form: string, limits: StructureLimits, sent: FlatForm): InputReading {
  const { names, path } = sent;
  const reading = readParameters(form, limits, (root) => structure(root, sent));
  if (reading.kind === 'malformed' || path === '/' || reading.input[names.path] !== undefined) return reading;
  return { kind: 'input', input: Object.assign(reading.input, { [names.path]: path }) };
}

function structure(node: ParameterNode, sent: FlatForm): RawInput {
  // No prototype: a parameter may be named `__proto__`.
  const result: RawInput = Object.create(null);
  for (const [wire, child] of node) {
    const flat = named(sent.names.parameters, sent.operation, wire);
    if (flat) result[flat.name] = entriesOf(child, flat, sent);
    else result[wire] = memberOf(child, sent);
  }
  return result;
}

function memberOf(node: ParameterNode | string, sent: FlatForm): unknown {
  return typeof node === 'string' ? node : structure(node, sent);
}

function entriesOf(node: ParameterNode | string, { pair }: FlatName, sent: FlatForm): unknown {
  const entries = typeof node === 'string' || !isNumbered(node) ? [node] : inOrder(node);
  if (!pair) return entries.map((entry) => memberOf(entry, sent));
  const result: RawInput = Object.create(null);
  for (const entry of entries) {
    if (typeof entry === 'string') continue;
    const key = entry.get(pair[0]);
    if (typeof key === 'string') result[key] = memberOf(entry.get(pair[1]) ?? '', sent);
  }
  return result;
}

/** Entries are named by numbers, members never are. */
function isNumbered(node: ParameterNode): boolean {
  for (const name of node.keys()) if (!/^\d+$/.test(name)) return false;
  return true;
}

/** The members of a result whose lists and maps have no level of their own; undefined ones are left out. */
export function flatMembers(value: object, names: FlatNames, operation: string): string {
  return Object.entries(value)
    .map(([name, member]) => flatElement(name, member, names, operation))
    .join('');
}

function flatElement(name: string, value: unknown, names: FlatNames, operation: string): string {
  const flat = named(names.results, operation, name);
  if (!flat || typeof value !== 'object' || value === null) return element(name, value, names, operation);
  const { name: wire, pair } = flat;
  if (Array.isArray(value)) return value.map((item) => element(wire, item, names, operation)).join('');
  if (!pair) return element(wire, value, names, operation);
  return Object.entries(value)
    .map(([key, member]) => {
      return `<${wire}>${textElement(pair[0], key)}${element(pair[1], member, names, operation)}</${wire}>`;
    })
    .join('');
}

function element(name: string, value: unknown, names: FlatNames, operation: string): string {
  const isStructure = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isStructure || value instanceof Uint8Array || value instanceof Date) return xmlElement(name, value);
  return `<${name}>${flatMembers(value, names, operation)}</${name}>`;
}

function named(table: Readonly<Record<string, FlatName>>, operation: string, name: string): FlatName | undefined {
  const inOperation = `${operation}.${name}`;
  if (Object.hasOwn(table, inOperation)) return table[inOperation];
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
