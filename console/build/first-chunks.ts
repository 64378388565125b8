import { join } from 'node:path';

/** What is known of a module while chunks are made. */
interface Modules {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

type ChunkName = 'shared' | 'first';

/**
 * Groups of chunks for what the first page loads at once: one of what it shares with signing in, one of the rest. Without, a module is
 * in one of as many chunks as there are sets of pages that share it, and many small chunks are larger together than one: compression
 * finds less that is alike.
 */
export function firstChunks(sources: string) {
  const at = (path: string) => join(sources, path);
  const roots = [at('shell/shell.tsx'), at('pages/dashboard/page.tsx')];
  let sets: { readonly entry: Set<string>; readonly page: Set<string>; readonly signIn: Set<string> } | undefined;
  const nameOf = (id: string, modules: Modules): ChunkName | null => {
    sets ??= {
      entry: below([at('main.tsx')], modules),
      page: below(roots, modules),
      signIn: below([at('session/sign-in.tsx')], modules),
    };
    // The roots are loaded by name: their chunks stay theirs.
    if (roots.includes(id) || sets.entry.has(id) || !sets.page.has(id)) return null;
    return sets.signIn.has(id) ? 'shared' : 'first';
  };
  // What is shared is taken first: else it would go with those of the rest that import it.
  return (['first', 'shared'] as const).map((name, priority) => ({
    name: (id: string, modules: Modules) => (nameOf(id, modules) === name ? name : null),
    debugName: name,
    priority,
  }));
}

/** What these modules import, and what that imports, unless it is loaded later. */
function below(roots: readonly string[], modules: Modules): Set<string> {
  const found = new Set(roots);
  // A set that grows while it is walked through.
  for (const id of found) for (const imported of modules.getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  return found;
}
