import type { HttpBinding } from '../../../src/core/operation.ts';

/** How each operation of a service is reached. */
export type RestBindings = Readonly<Record<string, HttpBinding>>;

/** Where the members of an input go: into the path, the query and the body. */
export interface RestRequest {
  readonly method: HttpBinding['method'];
  readonly path: string;
  /** As it is sent, without the question mark. */
  readonly query: string;
  readonly body: string;
}

/** An operation's request as its binding says. Throws for a member of the path that is absent: the address would be another's. */
export function restRequest(binding: HttpBinding, input: object): RestRequest {
  const rest = new Map(Object.entries(input));
  const take = (member: string): unknown => {
    const value: unknown = rest.get(member);
    rest.delete(member);
    return value;
  };
  const path = binding.path.replace(/\{(\w+)\+?\}/g, (_, member: string) => {
    const value = take(member);
    if (typeof value !== 'string' || value === '') throw new Error(`the path needs ${member}`);
    return strictlyEncoded(value);
  });
  const query = Object.entries(binding.query ?? {})
    .flatMap(([name, { member }]) => pairs(name, take(member)))
    .sort(byNameAndValue)
    .map(([name, value]) => `${name}=${value}`);
  const hasBody = binding.method === 'POST' || binding.method === 'PUT' || binding.method === 'PATCH';
  const body = hasBody ? JSON.stringify(Object.fromEntries(rest)) : '';
  return { method: binding.method, path, query: query.join('&'), body };
}

type Pair = readonly [name: string, value: string];

/** Encoded; a list is a pair for each of its items. */
function pairs(name: string, value: unknown): readonly Pair[] {
  if (value === undefined) return [];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => [strictlyEncoded(name), strictlyEncoded(String(item))] as const);
}

/** The order that is signed. Not that of the pairs as texts: `=` comes behind `-`. */
function byNameAndValue([name, value]: Pair, [otherName, otherValue]: Pair): number {
  const order = name === otherName ? value < otherValue : name < otherName;
  return order ? -1 : 1;
}

/** By RFC 3986, as signatures want it: `encodeURIComponent` leaves five characters more as they are. */
function strictlyEncoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
