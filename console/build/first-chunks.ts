/** What of a module's record is looked at. */
interface Modules {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

/** By the name of a chunk: the modules whose imports, and theirs, it holds of packages. The first that has one keeps it. */
const roots: Readonly<Record<string, readonly string[]>> = {
  base: ['/src/main.tsx'],
  frame: ['/src/shell/shell.tsx', '/src/pages/dashboard/page.tsx'],
};

/**
 * Names the chunk of a module that the first page needs. Left to itself the bundler makes a chunk for each set of pages that share
 * something: with each page more of them, which compress worse, and the first page grows by pages that it does not show.
 */
export function firstChunks(folder: string): (id: string, modules: Modules) => string | null {
  let chunks: ReadonlyMap<string, string> | undefined;
  return (id, modules) => {
    chunks ??= chunksOf(folder, modules);
    return chunks.get(id) ?? null;
  };
}

function chunksOf(folder: string, modules: Modules): ReadonlyMap<string, string> {
  const chunks = new Map<string, string>();
  for (const [name, files] of Object.entries(roots)) {
    const seen = new Set<string>();
    for (const file of files) {
      const id = folder + file;
      if (!modules.getModuleInfo(id)) throw new Error(`the build has no ${id}`);
      collect(id, modules, seen);
    }
    for (const each of seen) if (each.includes('/node_modules/') && !chunks.has(each)) chunks.set(each, name);
  }
  return chunks;
}

function collect(id: string, modules: Modules, seen: Set<string>): void {
  if (seen.has(id)) return;
  seen.add(id);
  for (const imported of modules.getModuleInfo(id)?.importedIds ?? []) collect(imported, modules, seen);
}
