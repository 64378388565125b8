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

/** Gives each language a module of its own, so that a page loads one. */
export function messagesPlugin(folder: string): Plugin {
  return {
    name: 'messages',
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${prefix}`)) return undefined;
      const language = id.slice(prefix.length + 1) as (typeof languages)[number];
      for (const file of globSync('*.json', { cwd: folder })) this.addWatchFile(join(folder, file));
      const messages = [...readMessages(folder)].map(([key, translations]) => [key, translations[language]]);
      return `export default ${JSON.stringify(Object.fromEntries(messages))};`;
    },
  };
}
