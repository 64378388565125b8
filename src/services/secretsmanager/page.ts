import { formatPageToken, type Page, parsePageToken } from '../../core/page.ts';
import type { SecretRecord } from './records.ts';
import { invalidToken } from './refusals.ts';

/** What a list of secrets is ordered by; the name decides between equals. */
export interface SortOrder {
  readonly by: 'name' | 'createdAt' | 'changedAt';
  readonly descending: boolean;
}

const kind = 'secrets';

/** A page of secrets in an order of their own. A token says behind which the next one begins, so it outlives changes. */
export function sortedPage(
  secrets: readonly SecretRecord[],
  order: SortOrder,
  { size, token }: { readonly size: number; readonly token: string | undefined },
): Page<SecretRecord> {
  const after = token === undefined ? undefined : readToken(token, order);
  const rest = secrets
    .filter((secret) => after === undefined || compare(secret, after, order) > 0)
    .toSorted((a, b) => compare(a, b, order));
  const items = rest.slice(0, size);
  const last = items.at(-1);
  if (!last || rest.length === items.length) return { items };
  return { items, nextToken: formatPageToken(kind, { ...order, at: last[order.by], name: last.name }) };
}

type Place = Pick<SecretRecord, 'name' | 'createdAt' | 'changedAt'>;

function compare(a: Place, b: Place, { by, descending }: SortOrder): number {
  const ascending = compareValues(a[by], b[by]) || compareValues(a.name, b.name);
  return descending ? -ascending : ascending;
}

function compareValues(a: string | number, b: string | number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function readToken(token: string, { by, descending }: SortOrder): Place {
  const key = parsePageToken(kind, token);
  if (!key || key.by !== by || key.descending !== descending || typeof key.name !== 'string') throw invalidToken();
  if (by === 'name') return { name: key.name, createdAt: 0, changedAt: 0 };
  if (typeof key.at !== 'number') throw invalidToken();
  return { name: key.name, createdAt: key.at, changedAt: key.at };
}
