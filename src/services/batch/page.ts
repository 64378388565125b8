import { invalid } from './refusals.ts';

/** The key of the last item of a page. Opaque to clients; begins with a version, because clients may keep it. */
type PageKey = Readonly<Record<string, string | number>>;

const tokenVersion = 1;

/** Makes the `nextToken` that continues a listing after `key`. `kind` keeps tokens of different listings apart. */
export function formatToken(kind: string, key: PageKey): string {
  return Buffer.from(JSON.stringify({ v: tokenVersion, kind, key })).toString('base64url');
}

/** Reads a token of `kind`; anything else is refused as AWS does. */
export function parseToken(kind: string, token: string): PageKey {
  const content = decode(token);
  if (content?.v !== tokenVersion || content.kind !== kind || typeof content.key !== 'object' || !content.key) {
    return invalid('Invalid nextToken');
  }
  return content.key as PageKey;
}

function decode(token: string): Record<string, unknown> | undefined {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    return typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** One page of a listing that memory holds whole. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken: string | undefined;
}

export interface PageRequest {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** Pages hold at most this many items, and this many if the caller does not say. */
const pageLimit = 100;

/** Cuts one page out of `items`, which `compare` orders totally by the text that `keyOf` gives. */
export function pageOf<Item>(
  kind: string,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  request: PageRequest,
): Page<Item> {
  const limit = pageSize(request.maxResults, pageLimit);
  const after = request.nextToken === undefined ? undefined : afterKey(kind, request.nextToken);
  const sorted = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === undefined || key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = sorted.slice(0, limit);
  const last = page.at(-1);
  const more = sorted.length > page.length && last !== undefined;
  return {
    items: page.map(({ item }) => item),
    nextToken: more ? formatToken(kind, { after: last.key }) : undefined,
  };
}

/** Checks `maxResults` and gives the size of a page. */
export function pageSize(maxResults: number | undefined, limit: number): number {
  if (maxResults === undefined) return limit;
  if (maxResults < 1) invalid(`maxResults must be between 1 and ${limit}, got ${maxResults}.`);
  return Math.min(maxResults, limit);
}

function afterKey(kind: string, token: string): string {
  const { after } = parseToken(kind, token);
  return typeof after === 'string' ? after : invalid('Invalid nextToken');
}
