import type { StructureLimits } from '../core/json-structure.ts';
import { decodeWire } from '../iam/index.ts';
import type { InputReading, RawInput } from './json.ts';

/** Members that say which operation is meant, or how the request is signed; no part of its input. */
const envelopeParameters: ReadonlySet<string> = new Set(['Action', 'Version']);

/** The value of parameter `name` of a form or query string, without decoding the rest. */
export function formParameter(form: string, name: string): string | undefined {
  for (let start = form.indexOf(`${name}=`); start >= 0; start = form.indexOf(`${name}=`, start + 1)) {
    if (start > 0 && form[start - 1] !== '&') continue;
    const end = form.indexOf('&', start);
    return decodeText(form.slice(start + name.length + 1, end < 0 ? form.length : end));
  }
  return undefined;
}

/**
 * Reads the parameters of an awsQuery request: `Tags.member.1.Key=a` becomes `{ Tags: [{ Key: 'a' }] }`, and
 * `Attributes.entry.1.key=a&Attributes.entry.1.value=b` becomes `{ Attributes: { a: 'b' } }`, with `Name` and `Value` too.
 * Scalars stay text.
 */
export function readForm(form: string, limits: StructureLimits): InputReading {
  return readParameters(form, limits, structure);
}

/** The same, with what `inputOf` makes of the parameters. */
export function readParameters(
  form: string,
  limits: StructureLimits,
  inputOf: (root: ParameterNode) => RawInput,
): InputReading {
  const tree = new ParameterTree(limits);
  for (let start = 0, end = 0; start <= form.length; start = end + 1) {
    const mark = form.indexOf('&', start);
    end = mark < 0 ? form.length : mark;
    const problem = tree.add(form.slice(start, end));
    if (problem !== undefined) return { kind: 'malformed', message: problem };
  }
  return { kind: 'input', input: inputOf(tree.root) };
}

/** Parameters by the next part of their names. */
export type ParameterNode = Map<string, ParameterNode | string>;

/** The parameters of a form by the parts of their names. */
class ParameterTree {
  readonly root: ParameterNode = new Map();
  readonly #limits: StructureLimits;
  #parameters = 0;
  #nodes = 0;

  constructor(limits: StructureLimits) {
    this.#limits = limits;
  }

  /** Takes one parameter; answers what is wrong with it. */
  add(part: string): string | undefined {
    const { depth, values } = this.#limits;
    if (++this.#parameters > values) return describeTooMany(this.#limits);
    if (part === '') return undefined;
    const equals = part.indexOf('=');
    const name = decodeText(equals < 0 ? part : part.slice(0, equals));
    if (envelopeParameters.has(name) || name.startsWith('X-Amz-')) return undefined;
    const path = name.split('.', depth + 1);
    if (path.length > depth) return `A parameter is nested more than ${depth} levels deep.`;
    const free = this.#place(path, equals < 0 ? '' : decodeText(part.slice(equals + 1)));
    if (this.#nodes > values) return describeTooMany(this.#limits);
    return free ? undefined : `Parameter '${name}' contradicts another one.`;
  }

  /** Puts `value` at `path`; false if a value and a structure, or two values, would share a place. */
  #place(path: readonly string[], value: string): boolean {
    let node = this.root;
    for (const name of path.slice(0, -1)) {
      const next = node.get(name) ?? new Map();
      if (typeof next === 'string') return false;
      if (!node.has(name)) this.#insert(node, name, next);
      node = next;
    }
    const last = path.at(-1) ?? '';
    if (node.has(last)) return false;
    this.#insert(node, last, value);
    return true;
  }

  #insert(node: ParameterNode, name: string, child: ParameterNode | string): void {
    node.set(name, child);
    this.#nodes++;
  }
}

function describeTooMany({ values }: StructureLimits): string {
  return `The request holds more than ${values} parameters.`;
}

function nodeValue(node: ParameterNode | string): unknown {
  if (typeof node === 'string') return node;
  const [first, ...others] = node;
  if (first === undefined || others.length > 0 || typeof first[1] === 'string') return structure(node);
  if (first[0] === 'member') return inOrder(first[1]).map(nodeValue);
  return first[0] === 'entry' ? entries(first[1]) : structure(node);
}

function structure(node: ParameterNode): RawInput {
  // No prototype: a parameter may be named `__proto__`.
  const result: RawInput = Object.create(null);
  for (const [name, member] of node) result[name] = nodeValue(member);
  return result;
}

function entries(node: ParameterNode): RawInput {
  const result: RawInput = Object.create(null);
  for (const entry of inOrder(node)) {
    if (typeof entry === 'string') continue;
    // Some maps of SNS say Name and Value.
    const key = entry.get('key') ?? entry.get('Name');
    if (typeof key === 'string') result[key] = nodeValue(entry.get('value') ?? entry.get('Value') ?? '');
  }
  return result;
}

/** Children by ascending number, whatever numbers there are: a list has no gaps. */
export function inOrder(node: ParameterNode): (ParameterNode | string)[] {
  return [...node].sort((a, b) => Number(a[0]) - Number(b[0])).map(([, child]) => child);
}

function decodeText(wire: string): string {
  const bytes = decodeWire(wire);
  return /[\x80-\xff]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}
