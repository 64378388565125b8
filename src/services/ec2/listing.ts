import type { Scope } from '../../core/arn.ts';
import { formatPageToken, parsePageToken } from '../../core/page.ts';
import { scanPage } from '../../core/scan-page.ts';
import type { Ledger } from '../../store/index.ts';
import { compileFilters, countPatterns, type FilterTable } from './filters.ts';
import { limits } from './limits.ts';
import { demand } from './refusals.ts';
import type { Filters } from './shapes.ts';

/** What a call of a list asks for. */
export interface ListInput {
  readonly Filters?: Filters | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

export interface Listing<Value> {
  /** Tells tokens of different lists apart. */
  readonly kind: string;
  readonly ledger: Ledger;
  readonly scope: Scope;
  /** Only these, which the call names: all of them, in one page. */
  readonly named?: readonly Value[] | undefined;
  /** The others, in the order of their keys, behind one. */
  readonly after: (key: string | undefined) => Iterable<Value>;
  readonly keyOf: (record: Value) => string;
  /** Whose tags its are. */
  readonly idOf: (record: Value) => string;
  /** Of what has its tags in itself. @default those that are kept by id */
  readonly tags?: (record: Value) => Readonly<Record<string, string>>;
  readonly filters: FilterTable<Value>;
}

/** A page of records that pass the filters. As on AWS, one may be short, or empty, and have a token. */
export function listPage<Value>(
  { kind, ledger, scope, named, after, keyOf, idOf, tags, filters }: Listing<Value>,
  { Filters, MaxResults, NextToken }: ListInput,
): { readonly records: readonly Value[]; readonly NextToken?: string } {
  const patterns = countPatterns(Filters);
  const passes = compileFilters(Filters, filters, { ledger, scope, idOf, tags });
  if (named) return { records: named.filter(passes) };
  const size = MaxResults ?? limits.page;
  demand(
    size >= 1 && size <= 1_000,
    `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value from 5 to 1000.`,
  );
  const page = scanPage(after(NextToken === undefined ? undefined : readToken(kind, NextToken)), {
    placeOf: keyOf,
    pick: (record) => (passes(record) ? record : undefined),
    size,
    lookedAt: Math.floor(limits.lookedAt / Math.max(1, patterns)),
  });
  const token = page.after === undefined ? {} : { NextToken: formatPageToken(kind, { after: page.after }) };
  return { records: page.items, ...token };
}

function readToken(kind: string, token: string): string {
  const after = parsePageToken(kind, token)?.after;
  demand(typeof after === 'string', `Invalid value '${token}' for nextToken`);
  return after;
}

/** The records that `ids` name, each once; undefined if the call names none. `find` throws for one that is not there. */
export function namedRecords<Value>(
  ids: readonly string[] | undefined,
  find: (id: string) => Value,
): readonly Value[] | undefined {
  return ids && ids.length > 0 ? [...new Set(ids)].map(find) : undefined;
}
