import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** What a browser loads before it shows the dashboard, scripts and styles, by gzip, in kB of 1,000 bytes. */
export const firstPageBudget = 350;

/** A chunk of Vite's manifest. */
interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

/** What the dashboard needs beside the entry. */
const loadedAtOnce = [
  'virtual:messages/en',
  'i18n/messages/all.en.js',
  'src/shell/shell.tsx',
  'src/pages/dashboard/page.tsx',
];

/** How large the first page of the build in `outDir` is, in kB. */
export function firstPageSize(outDir: string): number {
  const manifest = JSON.parse(readFileSync(join(outDir, 'manifest.json'), 'utf8')) as Record<string, Chunk>;
  const files = new Set<string>();
  const add = (key: string) => {
    const chunk = manifest[key];
    if (!chunk) throw new Error(`the build has no ${key}`);
    if (files.has(chunk.file)) return;
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    for (const imported of chunk.imports ?? []) add(imported);
  };
  const named = (ending: string) => {
    const key = Object.keys(manifest).find((each) => each.endsWith(ending));
    if (key === undefined) throw new Error(`the build has no ${ending}`);
    return key;
  };
  add('index.html');
  for (const ending of loadedAtOnce) add(named(ending));
  const bytes = [...files].map((file) => gzipSync(readFileSync(join(outDir, file)), { level: 9 }).length);
  return bytes.reduce((sum, size) => sum + size, 0) / 1000;
}
