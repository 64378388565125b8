import type { StructureLimits } from '../core/json-structure.ts';
import type { WireNames } from '../core/operation.ts';
import { inOrder, type ParameterNode, readParameters } from './form.ts';
import type { InputReading, RawInput } from './json.ts';
import { escapeXml } from './xml.ts';

/**
 * Reads the parameters of an ec2Query request: `Filter.1.Name=a&Filter.1.Value.1=b` becomes
 * `{ Filters: [{ Name: 'a', Values: ['b'] }] }`, by the names of the service. Scalars stay text.
 */
export function readEc2Form(form: string, limits: StructureLimits, names: WireNames): InputReading {
  return readParameters(form, limits, (root) => structure(root, '', names));
}

function structure(node: ParameterNode, parent: string, names: WireNames): RawInput {
  // No prototype: a parameter may be named `__proto__`.
  const result: RawInput = Object.create(null);
  for (const [wire, child] of node) {
    const table = typeof child !== 'string' && isList(child) ? names.lists : names.parameters;
    result[named(table, parent, wire) ?? wire] = childOf(child, wire, names);
  }
  return result;
}

function childOf(node: ParameterNode | string, name: string, names: WireNames): unknown {
  if (typeof node === 'string') return node;
  return isList(node) ? inOrder(node).map((entry) => childOf(entry, name, names)) : structure(node, name, names);
}

/** Members are never named by numbers, entries of a list always are. */
function isList(node: ParameterNode): boolean {
  for (const name of node.keys()) if (!/^\d+$/.test(name)) return false;
  return true;
}

/** The members of an ec2Query result; undefined ones are left out. What says nothing says that all went well, as on AWS. */
export function ec2Result(output: object, names: WireNames): string {
  return members(output, '', names) || '<return>true</return>';
}

function members(value: object, parent: string, names: WireNames): string {
  return Object.entries(value)
    .map(([name, member]) => element(name, member, parent, names))
    .join('');
}

function element(name: string, value: unknown, parent: string, names: WireNames): string {
  if (value === undefined || value === null) return '';
  const wire = named(names.results, parent, name) ?? `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  return `<${wire}>${content(name, value, parent, names)}</${wire}>`;
}

function content(name: string, value: unknown, parent: string, names: WireNames): string {
  if (typeof value !== 'object' || value === null) return escapeXml(String(value));
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (!Array.isArray(value)) return members(value, name, names);
  const entry = named(names.entries, parent, name) ?? 'item';
  return value.map((item) => `<${entry}>${content(name, item, parent, names)}</${entry}>`).join('');
}

function named(table: Readonly<Record<string, string>>, parent: string, name: string): string | undefined {
  const inParent = `${parent}.${name}`;
  if (Object.hasOwn(table, inParent)) return table[inParent];
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
