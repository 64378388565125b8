import { formatPageToken, parsePageToken } from '../../core/page.ts';
import { quotas } from './limits.ts';
import { invalidInput } from './refusals.ts';
import * as shapes from './shapes.ts';

/** The members of every list. */
export const pageMembers = { MaxItems: shapes.maxItems.optional(), Marker: shapes.marker.optional() };

export interface PageInput {
  readonly MaxItems?: number | undefined;
  readonly Marker?: string | undefined;
}

export interface PageEnd {
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

interface Listing<Value, Item> {
  /** Tells markers of different lists apart. */
  readonly of: string;
  /** What comes behind a place, in the order of places. */
  readonly from: (after: string | undefined) => Iterable<Value>;
  readonly placeOf: (value: Value) => string;
  /** Undefined leaves one out. */
  readonly show: (value: Value) => Item | undefined;
  /** How many characters of a page an item takes, where that may be many. */
  readonly weigh?: (item: Item) => number;
}

const usualPage = 100;

/** A page of a list. As on AWS it may have fewer items than there are, and a marker: so many records are looked at for it. */
export function listPage<Value, Item>(
  { MaxItems: size = usualPage, Marker }: PageInput,
  { of, from, placeOf, show, weigh = () => 0 }: Listing<Value, Item>,
): { readonly items: readonly Item[]; readonly end: PageEnd } {
  const items: Item[] = [];
  let weight = 0;
  let looked = 0;
  let after = '';
  for (const value of from(Marker === undefined ? undefined : placeIn(of, Marker))) {
    if (items.length === size || looked === quotas.lookedAt || weight >= quotas.pageCharacters) {
      return { items, end: { IsTruncated: true, Marker: formatPageToken(of, { after }) } };
    }
    looked += 1;
    after = placeOf(value);
    const item = show(value);
    if (item === undefined) continue;
    items.push(item);
    weight += weigh(item);
  }
  return { items, end: { IsTruncated: false } };
}

/** What comes behind a place of a list that memory holds whole, in order. */
export function behind<Value>(values: readonly Value[], placeOf: (value: Value) => string) {
  return (after: string | undefined) =>
    values
      .filter((value) => after === undefined || placeOf(value) > after)
      .sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
}

function placeIn(of: string, marker: string): string {
  const after = parsePageToken(of, marker)?.after;
  if (typeof after === 'string') return after;
  throw invalidInput('Marker is not one of this list');
}
