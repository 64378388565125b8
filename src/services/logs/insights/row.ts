import type { Value } from './values.ts';

/** What commands work on: an event, or a group of `stats`. */
export interface Row {
  /** The value of a field that a command has made, or of the event. */
  get(name: string, path: readonly string[]): Value | undefined;
  set(name: string, value: Value | undefined): void;
  /** Bytes that it takes while it is held. */
  readonly bytes: number;
  /** It will be held: it lets go of what it shares with others. */
  keep(): void;
  /** What it is ordered by: keys of `sort`; absent where there is none. */
  keys?: readonly (Value | undefined)[];
  /** Of rows that are equal otherwise, the one that came first goes first. */
  sequence: number;
  /** When the event was; 0 of a group. */
  readonly at: number;
  readonly pointer: string | undefined;
}

/** Follows a path into JSON, where a name may have dots itself. */
export function follow(json: unknown, path: readonly string[], from = 0): unknown {
  if (from === path.length) return json;
  if (typeof json !== 'object' || json === null) return undefined;
  let name = '';
  for (let end = from; end < path.length; end += 1) {
    name = end === from ? (path[end] ?? '') : `${name}.${path[end]}`;
    if (!Object.hasOwn(json, name) || (Array.isArray(json) && !/^\d+$/.test(name))) continue;
    const found = follow((json as Record<string, unknown>)[name], path, end + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A group of `stats`: it has what was made, and nothing else. */
export class GroupRow implements Row {
  readonly #values = new Map<string, Value | undefined>();
  readonly at = 0;
  readonly pointer = undefined;
  keys?: readonly (Value | undefined)[];
  sequence = 0;

  get bytes(): number {
    return 200 + 100 * this.#values.size;
  }

  get(name: string, path: readonly string[]): Value | undefined {
    return madeValue(this.#values, name, path);
  }

  set(name: string, value: Value | undefined): void {
    this.#values.set(name, value);
  }

  keep(): void {}
}

/** What a command has made under this name, or within something that it has made. */
export function madeValue(
  values: ReadonlyMap<string, Value | undefined>,
  name: string,
  path: readonly string[],
): Value | undefined {
  if (values.size === 0) return undefined;
  const own = values.get(name);
  if (own !== undefined || path.length < 2) return own;
  const [first = '', ...rest] = path;
  const found = follow(values.get(first), rest);
  return found === null || found === undefined ? undefined : (found as Value);
}
