import { z } from 'zod';
import { invalidToken } from './refusals.ts';

/** Pages hold at most this many items, and this many if the caller does not say, or says 0. */
const largestPage = 1000;
const usualPage = 100;

/** The members that continue a listing, for its schema. */
export const pageMembers = {
  maxResults: z.int().min(0).max(largestPage).optional(),
  nextToken: z.string().min(1).max(1024).optional(),
};

export interface PageRequest {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** How many items a page holds. */
export function pageSize(maxResults: number | undefined): number {
  return maxResults || usualPage;
}

/** Where a page ended. Opaque to clients; begins with a version, because clients may keep it. */
type PageKey = Readonly<Record<string, string | number>>;

const tokenVersion = 1;

/** Makes the `nextToken` that continues a listing after `key`. `kind` keeps tokens of different listings apart. */
export function formatToken(kind: string, key: PageKey): string {
  return Buffer.from(JSON.stringify({ v: tokenVersion, kind, key })).toString('base64url');
}

/** Reads a token of `kind`; throws `InvalidToken` for anything else. */
export function parseToken(kind: string, token: string): PageKey {
  const content = decode(token);
  if (content?.v !== tokenVersion || content.kind !== kind) return invalidToken();
  const { key } = content;
  return typeof key === 'object' && key !== null ? (key as PageKey) : invalidToken();
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
  readonly nextToken?: string;
}

/** Cuts one page out of `items`, in the order of the text that `keyOf` gives each, which no two share. */
export function pageOf<Item>(
  kind: string,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  request: PageRequest,
): Page<Item> {
  const after = request.nextToken === undefined ? undefined : afterKey(kind, request.nextToken);
  const sorted = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === undefined || key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = sorted.slice(0, pageSize(request.maxResults));
  const last = page.at(-1);
  const found = page.map(({ item }) => item);
  if (!last || sorted.length === page.length) return { items: found };
  return { items: found, nextToken: formatToken(kind, { after: last.key }) };
}

function afterKey(kind: string, token: string): string {
  const { after } = parseToken(kind, token);
  return typeof after === 'string' ? after : invalidToken();
}
