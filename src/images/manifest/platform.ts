import { PullFailed } from '../contract.ts';
import type { IndexEntry } from './manifest.ts';

/** What an image must be made for; always `linux`. */
export interface Platform {
  /** In Go's words: `amd64`, `arm64`, `arm`. */
  readonly architecture: string;
}

/** Node's words for an architecture, where Go has others. */
const goNames: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', loong64: 'loong64' };

/** The platform of a machine by Node's word for its architecture (`process.arch`). */
export function platformOf(arch: string): Platform {
  return { architecture: goNames[arch] ?? arch };
}

/** Variants that a machine of the architecture runs, best first. Others of `amd64` (`v3`) may need what it has not. */
const variants: Readonly<Record<string, readonly string[]>> = {
  amd64: ['', 'v1'],
  arm64: ['v8', ''],
  arm: ['v7', 'v6', 'v5', ''],
};

/** The entry of an index that is for the platform. Throws `PullFailed`, in Docker's words, where none is. */
export function choosePlatform(entries: readonly IndexEntry[], { architecture }: Platform): IndexEntry {
  const images = entries.filter((entry) => !isAttestation(entry));
  const only = images[0];
  if (only && images.length === 1 && !only.platform) return only;
  for (const variant of variants[architecture] ?? ['']) {
    const found = images.find(({ platform }) => {
      if (platform?.os !== 'linux' || platform.architecture !== architecture) return false;
      return (platform.variant ?? '') === variant;
    });
    if (found) return found;
  }
  throw new PullFailed(`no matching manifest for linux/${architecture} in the manifest list entries`);
}

/** Builders put statements about images beside them, as entries of their own. */
function isAttestation(entry: IndexEntry): boolean {
  return entry.annotations?.['vnd.docker.reference.type'] !== undefined;
}
