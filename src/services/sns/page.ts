import { invalidParameter } from './refusals.ts';

/** AWS's: every listing of SNS has pages of 100. */
const pageSize = 100;

/** A listing's page; `kind` keeps tokens of different listings apart. Items are in the order of the text of `keyOf`. */
export function pageOf<Item>(
  kind: string,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  token: string | undefined,
): { readonly items: readonly Item[]; readonly nextToken?: string } {
  const after = token === undefined || token === '' ? '' : readToken(kind, token);
  const rest = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = rest.slice(0, pageSize);
  const last = page.at(-1)?.key;
  const more = rest.length > page.length && last !== undefined;
  return { items: page.map(({ item }) => item), ...(more && { nextToken: formatToken(kind, last) }) };
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
  throw invalidParameter('NextToken');
}
