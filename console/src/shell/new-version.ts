import { entryOf } from './entry-of.ts';

/** Whether the server has another console than this page is of: pages whose code is not loaded yet would not be found. */
let isNew = false;
const listeners = new Set<() => void>();

export function hasNewVersion(): boolean {
  return isNew;
}

export function onNewVersion(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A page's code could not be loaded. */
export function noteMissingCode(): void {
  isNew = true;
  for (const listener of listeners) listener();
}

/** Asks the server which console it has: to be called when it is back, since it may have been updated meanwhile. */
export async function lookForNewVersion(): Promise<void> {
  const own = entryOf(document.documentElement.innerHTML);
  const response = await fetch('/console/', { cache: 'no-store' });
  if (!response.ok) return;
  const served = entryOf(await response.text());
  if (own !== undefined && served !== undefined && own !== served) noteMissingCode();
}
