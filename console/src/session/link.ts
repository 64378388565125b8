/** A link of `batchyard console`, as its fragment says it. */
export interface ConsoleLink {
  readonly token: string;
  readonly region: string;
}

/** The link in the fragment of an address; undefined where there is none. */
export function linkIn(hash: string): ConsoleLink | undefined {
  const values = new URLSearchParams(hash.slice(1));
  const token = values.get('link');
  return token ? { token, region: values.get('region') || 'us-east-1' } : undefined;
}
