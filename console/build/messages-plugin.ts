import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** The languages of the console. */
export const languages = ['en', 'fr', 'zh'] as const;

const prefix = 'virtual:messages/';

/** Files whose messages the first page has: what stands around every page, signing in, and the dashboard. */
const firstRooms: readonly string[] = ['shell.json', 'sign-in.json', 'dashboard.json', 'queues.json', 'jobs.json'];

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

/** Whether the first page has a message: of its rooms, and every title, which the navigation shows. */
function isFirst(file: string, key: string): boolean {
  return firstRooms.includes(file) || key.endsWith('.title');
}

/** The messages of one language: those of the first page, or the others. */
export function partOf(
  folder: string,
  language: (typeof languages)[number],
  first: boolean,
): Readonly<Record<string, string>> {
  const all = readMessages(folder);
  const names = new Map<string, string>();
  for (const file of globSync('*.json', { cwd: folder })) {
    for (const key of Object.keys(JSON.parse(readFileSync(join(folder, file), 'utf8')))) names.set(key, file);
  }
  const chosen = [...all].filter(([key]) => isFirst(names.get(key) ?? '', key) === first);
  return Object.fromEntries(chosen.map(([key, translations]) => [key, translations[language]]));
}

/** Gives each language two modules, `en` and `en/others`, so that a page loads what it shows. */
export function messagesPlugin(folder: string): Plugin {
  return {
    name: 'messages',
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${prefix}`)) return undefined;
      const [language, part] = id.slice(prefix.length + 1).split('/') as [(typeof languages)[number], string?];
      for (const file of globSync('*.json', { cwd: folder })) this.addWatchFile(join(folder, file));
      return `export default ${JSON.stringify(partOf(folder, language, part === undefined))};`;
    },
  };
}
