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
  const after = token === undefined ? '' : readToken(kind, token);
  const rest = items.filter((item) => keyOf(item) > after).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const next = last && rest.length > size ? { NextToken: formatToken(kind, keyOf(last)) } : {};
  return { items: page, next };
}

function formatToken(kind: string, after: string): string {
  return Buffer.from(JSON.stringify({ v: 1, kind, after })).toString('base64url');
}

function readToken(kind: string, token: string): string {
  try {
    const content = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (content?.v === 1 && content.kind === kind && typeof content.after === 'string') return content.after;
  } catch {
    // Refused below.
  }
  return invalidToken();
}
