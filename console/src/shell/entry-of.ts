/** The script that a page of the console begins with: its name is a hash of what is in it. */
export function entryOf(page: string): string | undefined {
  return /<script[^>]*type="module"[^>]*src="([^"]+)"/.exec(page)?.[1];
}
