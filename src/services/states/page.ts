import { z } from 'zod';
import { pageFrom as cut, formatPageToken, type Page, type PageKey, parsePageToken } from '../../core/page.ts';
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

export { formatPageToken as formatToken };

/** Reads a token of `kind`; throws `InvalidToken` for anything else. */
export function parseToken(kind: string, token: string): PageKey {
  return parsePageToken(kind, token) ?? invalidToken();
}

/** Cuts one page out of what stands in the order of the text that `keyOf` gives each; `after` begins behind such a text. */
export function pageFrom<Item>(
  kind: string,
  after: (key: string | undefined) => Iterable<Item>,
  keyOf: (item: Item) => string,
  request: PageRequest,
): Page<Item> {
  const size = pageSize(request.maxResults);
  return cut(after, keyOf, { kind, size, token: request.nextToken, refuse: invalidToken });
}
