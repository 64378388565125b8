import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** The languages of the console. */
export const languages = ['en', 'fr', 'zh'] as const;

const prefix = 'virtual:messages/';

/** Text by language. */
type Translations = Readonly<Record<(typeof languages)[number], string>>;

/** The messages of every room, by key. Throws for one that stands twice, or lacks a language. */
export function readMessages(folder: string): ReadonlyMap<string, Translations> {
  const all = new Map<string, Translations>();
  for (const file of globSync('*.json', { cwd: folder }).sort()) {
    const room = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, Translations>;
    for (const [key, translations] of Object.entries(room)) {
      if (all.has(key)) throw new Error(`${file}: '${key}' stands twice`);
      const missing = languages.filter((language) => !translations[language]);
      if (missing.length > 0) throw new Error(`${file}: '${key}' lacks ${missing.join(', ')}`);
      all.set(key, translations);
    }
  }
  return all;
}

/** Files that a browser loads before it shows the dashboard, or with every page. */
const firstFiles = [
  '*.tsx',
  'shell/**/*.{ts,tsx}',
  'session/**/*.{ts,tsx}',
  'views/*.{ts,tsx}',
  'pages/dashboard/*.tsx',
  'pages/*/route.ts',
];

/** Tells of a key whether those files of `sources` say it. */
export function isSaidFirst(sources: string): (key: string) => boolean {
  const said = new Set<string>();
  for (const file of firstFiles.flatMap((pattern) => globSync(pattern, { cwd: sources }))) {
    const text = readFileSync(join(sources, file), 'utf8');
    for (const [, key = ''] of text.matchAll(/'([\w-]+\.[\w.-]+)'/g)) said.add(key);
  }
  return (key) => said.has(key);
}

/**
 * Gives each language two modules, so that a page loads one language, and what only other pages than the dashboard say is no part of the
 * first page: `virtual:messages/en`, and `virtual:messages/en/pages`.
 */
export function messagesPlugin(sources: string): Plugin {
  const folder = join(sources, 'messages');
  return {
    name: 'messages',
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${prefix}`)) return undefined;
      const [language, part] = id.slice(prefix.length + 1).split('/') as [(typeof languages)[number], string?];
      for (const file of globSync('*.json', { cwd: folder })) this.addWatchFile(join(folder, file));
      const isFirst = isSaidFirst(sources);
      const messages = [...readMessages(folder)]
        .filter(([key]) => isFirst(key) === (part === undefined))
        .map(([key, translations]) => [key, translations[language]]);
      return `export default ${JSON.stringify(Object.fromEntries(messages))};`;
    },
  };
}
