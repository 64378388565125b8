import {
  pageOf as cut,
  pageFrom as cutFrom,
  formatPageToken,
  type Page,
  type PageKey,
  parsePageToken,
} from '../../core/page.ts';
import { demand, invalid } from './refusals.ts';

export { formatPageToken as formatToken, type Page, type PageKey };

const refuse = () => invalid('Invalid nextToken');

/** Reads a token of `kind`; anything else is refused as AWS does. */
export function parseToken(kind: string, token: string): PageKey {
  return parsePageToken(kind, token) ?? refuse();
}

export interface PageRequest {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** Pages hold at most this many items, and this many if the caller does not say. */
const pageLimit = 100;

/** Cuts one page out of `items`, in the order of the text that `keyOf` gives each. */
export function pageOf<Item>(
  kind: string,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  request: PageRequest,
): Page<Item> {
  const size = pageSize(request.maxResults, pageLimit);
  return cut(items, keyOf, { kind, size, token: request.nextToken, refuse });
}

/** Cuts one page out of what stands in the order of the text that `keyOf` gives each; `after` begins behind such a text. */
export function pageFrom<Item>(
  kind: string,
  after: (key: string | undefined) => Iterable<Item>,
  keyOf: (item: Item) => string,
  request: PageRequest,
): Page<Item> {
  const size = pageSize(request.maxResults, pageLimit);
  return cutFrom(after, keyOf, { kind, size, token: request.nextToken, refuse });
}

/** Checks `maxResults` and gives the size of a page. No words are reported of AWS, nor of tokens. */
export function pageSize(maxResults: number | undefined, limit: number): number {
  if (maxResults === undefined) return limit;
  if (maxResults < 1) invalid(`maxResults must be between 1 and ${limit}, got ${maxResults}.`);
  return Math.min(maxResults, limit);
}

/** A Describe call over resources that memory holds whole. */
export interface DescribeRequest<Item> {
  /** AWS's name of the list of references, in its errors: `ComputeEnvironments`. */
  readonly kind: string;
  readonly references: readonly string[] | undefined;
  /** How many references one call may have. */
  readonly limit: number;
  readonly request: PageRequest;
  readonly find: (reference: string) => Item | undefined;
  readonly all: () => readonly Item[];
  /** The order of pages: unique, and the same after a restart. */
  readonly keyOf: (item: Item) => string;
}

/** Either the things referred to, unknown ones left out, or a page of all. */
export function describedItems<Item>(call: DescribeRequest<Item>): Page<Item> {
  const { kind, references = [], limit, request } = call;
  if (references.length === 0) return pageOf(kind, call.all(), call.keyOf, request);
  // The words: k1LoW/awspec issue 563; of too many, worded after DescribeJobs.
  demand(request.maxResults === undefined, `${kind} and MaxResults cannot both be set`);
  demand(references.length <= limit, `Maximum number of ${kind} supported is ${limit}`);
  const found = new Set(references.map(call.find).filter((item) => item !== undefined));
  return { items: [...found] };
}
