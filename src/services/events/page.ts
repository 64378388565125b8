import { pageOf as cut } from '../../core/page.ts';
import { invalidToken } from './refusals.ts';

const largestPage = 100;

interface PageRequest {
  readonly Limit?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** One page of a listing in the order of the texts of `keyOf`; `kind` keeps the tokens of listings apart. */
export function pageOf<Item>(
  kind: string,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { Limit: size = largestPage, NextToken: token }: PageRequest,
): { readonly items: readonly Item[]; readonly next: { readonly NextToken?: string } } {
  const { items: page, nextToken } = cut(items, keyOf, { kind, size, token, refuse: invalidToken });
  return { items: page, next: nextToken === undefined ? {} : { NextToken: nextToken } };
}
