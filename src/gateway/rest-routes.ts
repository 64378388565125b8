import type { HttpBinding } from '../core/operation.ts';
import { decodeWire } from '../iam/index.ts';
import type { RawInput } from './json.ts';

export type RouteMatch =
  | { readonly kind: 'found'; readonly operation: string; readonly labels: RawInput }
  | { readonly kind: 'wrong-method'; readonly allow: readonly string[] };

/** A path that holds labels: `/v1/tags/{resourceArn}` is the prefix `/v1/tags/` and the label `resourceArn`. */
interface LabelledPath {
  readonly pattern: RegExp;
  readonly labels: readonly string[];
  readonly operations: Map<string, string>;
}

/** The HTTP bindings of one restJson1 service, by path and method. */
export class RestRoutes {
  readonly #bindings: Readonly<Record<string, HttpBinding>>;
  readonly #literal = new Map<string, Map<string, string>>();
  readonly #labelled = new Map<string, LabelledPath>();

  constructor(bindings: Readonly<Record<string, HttpBinding>>) {
    this.#bindings = bindings;
    for (const [operation, binding] of Object.entries(bindings))
      this.#operationsAt(binding.path).set(binding.method, operation);
  }

  /** The operation behind a raw path, labels decoded; undefined if the service has no such path. */
  find(method: string, path: string): RouteMatch | undefined {
    const literal = this.#literal.get(path);
    if (literal) return choose(literal, method, {});
    for (const { pattern, labels, operations } of this.#labelled.values()) {
      const match = pattern.exec(path);
      if (match) return choose(operations, method, bindLabels(labels, match));
    }
    return undefined;
  }

  /** How an operation is reached. */
  bindingOf(operation: string): HttpBinding | undefined {
    return Object.hasOwn(this.#bindings, operation) ? this.#bindings[operation] : undefined;
  }

  /** The input members that a query string binds for `operation`. */
  queryMembers(operation: string, query: string): RawInput {
    const bound = this.#bindings[operation]?.query;
    const members: RawInput = {};
    if (!bound || query === '') return members;
    for (const part of query.split('&')) {
      const equals = part.indexOf('=');
      const name = decodeText(equals < 0 ? part : part.slice(0, equals));
      const target = Object.hasOwn(bound, name) ? bound[name] : undefined;
      if (!target) continue;
      const value = equals < 0 ? '' : decodeText(part.slice(equals + 1));
      const earlier = members[target.member];
      members[target.member] = target.list ? [...(Array.isArray(earlier) ? earlier : []), value] : value;
    }
    return members;
  }

  #operationsAt(path: string): Map<string, string> {
    if (!path.includes('{')) return getOrAdd(this.#literal, path, () => new Map());
    return getOrAdd(this.#labelled, path, () => compilePath(path)).operations;
  }
}

/** A label takes one segment; the last label takes all the rest, so that an ARN works with its slashes encoded or not. */
function compilePath(path: string): LabelledPath {
  const labels: string[] = [];
  const source = path
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{(\w+)\+?\}/g, (_, label: string, at: number, whole: string) => {
      labels.push(label);
      return whole.indexOf('{', at + 1) < 0 ? '(.+)' : '([^/]+)';
    });
  return { pattern: new RegExp(`^${source}$`), labels, operations: new Map() };
}

function bindLabels(labels: readonly string[], match: RegExpExecArray): RawInput {
  return Object.fromEntries(labels.map((label, index) => [label, decodeLabel(match[index + 1] ?? '')]));
}

function choose(operations: ReadonlyMap<string, string>, method: string, labels: RawInput): RouteMatch {
  const operation = operations.get(method);
  return operation === undefined
    ? { kind: 'wrong-method', allow: [...operations.keys()] }
    : { kind: 'found', operation, labels };
}

/** In a path `+` is a plus. */
function decodeLabel(wire: string): string {
  return decodeText(wire.replaceAll('+', '%2B'));
}

function decodeText(wire: string): string {
  return Buffer.from(decodeWire(wire), 'latin1').toString('utf8');
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const created = create();
  map.set(key, created);
  return created;
}
