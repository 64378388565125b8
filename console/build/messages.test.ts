import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { IntlMessageFormat } from 'intl-messageformat';
import { isSaidFirst, languages, readMessages } from './messages-plugin.ts';

const source = join(import.meta.dirname, '../src');
const messages = readMessages(join(source, 'messages'));
const code = globSync('**/*.{ts,tsx}', { cwd: source }).map((name) => readFileSync(join(source, name), 'utf8'));

test('every message that the code asks for is there, and every message is asked for', () => {
  const asked = new Set(
    code.flatMap((text) => [...text.matchAll(/['"]([a-z][\w-]*(?:\.[\w-]+)+)['"]/g)].map(([, key]) => key)),
  );
  for (const text of code) {
    for (const [, key = ''] of text.matchAll(/\btext\('([^']+)'/g)) assert.ok(messages.has(key), `'${key}' is missing`);
  }
  assert.deepEqual(
    [...messages.keys()].filter((key) => !asked.has(key)),
    [],
    'nobody asks for these',
  );
});

test('a message has the same places in all languages', () => {
  for (const [key, translations] of messages) {
    const places = languages.map((language) => placesOf(translations[language], language));
    for (const each of places) assert.deepEqual(each, places[0], key);
  }
});

test('the first page has its own words and the titles of all pages, not what other pages say', () => {
  const isFirst = isSaidFirst(source);
  for (const key of ['dashboard.title', 'sign-in.submit', 'machines.title', 'failure.denied', 'table.loading']) {
    assert.ok(messages.has(key) && isFirst(key), key);
  }
  for (const key of ['job.terminate', 'machine.role.about']) assert.ok(messages.has(key) && !isFirst(key), key);
});

/** Names of what a message is filled with. */
function placesOf(message: string, language: string): readonly string[] {
  const places = new Set<string>();
  const walk = (parts: readonly object[]) => {
    for (const part of parts as readonly {
      type: number;
      value?: string;
      options?: Record<string, { value: object[] }>;
    }[]) {
      // 0 is literal text, 7 the number sign of a plural.
      if (part.type !== 0 && part.type !== 7 && part.value !== undefined) places.add(part.value);
      for (const option of Object.values(part.options ?? {})) walk(option.value);
    }
  };
  walk(new IntlMessageFormat(message, language).getAst());
  return [...places].sort();
}
