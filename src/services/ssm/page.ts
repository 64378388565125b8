import { formatPageToken, type Page, parsePageToken } from '../../core/page.ts';
import { scanPage as scan } from '../../core/scan-page.ts';
import { lookedAt } from './limits.ts';
import { invalidToken } from './refusals.ts';

export interface ScanRequest {
  /** Tells tokens of different listings apart. */
  readonly kind: string;
  readonly size: number;
  readonly token: string | undefined;
}

/** The key behind which a page begins; undefined for the first one. Throws `InvalidNextToken`. */
export function afterKey({ kind, token }: ScanRequest): string | undefined {
  if (token === undefined) return undefined;
  const after = parsePageToken(kind, token)?.after;
  if (typeof after !== 'string') throw invalidToken();
  return after;
}

/** A page of what `pick` makes of records that stand in the order of their keys. As on AWS one may be empty and have a token. */
export function scanPage<Record, Item>(
  records: Iterable<Record>,
  { keyOf, pick }: { keyOf: (record: Record) => string; pick: (record: Record) => Item | undefined },
  { kind, size }: ScanRequest,
): Page<Item> {
  const { items, after } = scan(records, { placeOf: keyOf, pick, size, lookedAt });
  return after === undefined ? { items } : { items, nextToken: formatPageToken(kind, { after }) };
}
