import { parseReference, type RegistryReference } from './reference.ts';

/** Prefixes of whole names, and what stands in their place: `docker.io/library` → `mirror.example:5000/hub`. */
export type Rewrite = Readonly<Record<string, string>>;

/**
 * Where an image is really asked for: at a mirror, if a prefix of its whole name says so. The longest prefix counts; it ends
 * at a `/`, or is the whole repository. The image keeps its own name. There is no way back to the first registry.
 */
export function rewriteReference(reference: RegistryReference, rewrite: Rewrite): RegistryReference {
  const path = `${reference.domain}/${reference.repository}`;
  const prefix = Object.keys(rewrite)
    .filter((each) => isPrefix(trimmed(each), path))
    .reduce<string | undefined>((best, each) => (best && best.length >= each.length ? best : each), undefined);
  if (prefix === undefined) return reference;
  const moved = `${trimmed(rewrite[prefix] ?? '')}${path.slice(trimmed(prefix).length)}`;
  const found = parseReference(`${moved}${reference.name.slice(path.length)}`);
  return found.kind === 'registry' ? found : reference;
}

function isPrefix(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

function trimmed(prefix: string): string {
  return prefix.replace(/\/+$/, '');
}
