/** Where a page ended. Opaque to clients; carries a version, because clients may keep it. */
export type PageKey = Readonly<Record<string, unknown>>;

const tokenVersion = 1;

/** Makes the token that continues a listing after `key`. `kind` keeps tokens of different listings apart. */
export function formatPageToken(kind: string, key: PageKey): string {
  return Buffer.from(JSON.stringify({ v: tokenVersion, kind, key })).toString('base64url');
}

/** Reads a token of `kind`. Undefined for any other text. */
export function parsePageToken(kind: string, token: string): PageKey | undefined {
  const content = parseObject(Buffer.from(token, 'base64url').toString());
  if (content?.v !== tokenVersion || content.kind !== kind) return undefined;
  const { key } = content;
  return typeof key === 'object' && key !== null ? (key as PageKey) : undefined;
}

/** One page of a listing that memory holds whole. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
}

export interface PageRequest {
  /** Tells tokens of different listings apart. */
  readonly kind: string;
  readonly size: number;
  /** Absent: the first page. */
  readonly token?: string | undefined;
  /** Throws the service's own error about a token that is not one of this listing. */
  readonly refuse: () => never;
}

/** Cuts one page out of `items`, in the order of the text that `keyOf` gives each, which no two share. */
export function pageOf<Item>(items: readonly Item[], keyOf: (item: Item) => string, request: PageRequest): Page<Item> {
  const after = afterKey(request);
  const rest = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === undefined || key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = rest.slice(0, request.size);
  const last = page.at(-1);
  const found = page.map(({ item }) => item);
  if (!last || rest.length === page.length) return { items: found };
  return { items: found, nextToken: formatPageToken(request.kind, { after: last.key }) };
}

/**
 * Cuts one page out of what stands in the order of the text that `keyOf` gives each: `after` begins behind such a text, and
 * no more than a page and one is asked of it.
 */
export function pageFrom<Item>(
  after: (key: string | undefined) => Iterable<Item>,
  keyOf: (item: Item) => string,
  request: PageRequest,
): Page<Item> {
  const items: Item[] = [];
  for (const item of after(afterKey(request))) {
    const last = items.at(-1);
    if (last !== undefined && items.length === request.size) {
      return { items, nextToken: formatPageToken(request.kind, { after: keyOf(last) }) };
    }
    items.push(item);
  }
  return { items };
}

function afterKey({ kind, token, refuse }: PageRequest): string | undefined {
  if (token === undefined) return undefined;
  const after = parsePageToken(kind, token)?.after;
  return typeof after === 'string' ? after : refuse();
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
