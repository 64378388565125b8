import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstChunks } from './first-chunks.ts';

/** What each module imports at once. */
const imports: Readonly<Record<string, readonly string[]>> = {
  '/src/main.tsx': ['react'],
  '/src/shell/shell.tsx': ['react', 'layout', 'button'],
  '/src/pages/dashboard/page.tsx': ['table', 'button'],
  '/src/session/sign-in.tsx': ['button', 'form'],
  '/src/pages/jobs/page.tsx': ['table', 'wizard'],
  layout: ['icon'],
  icon: ['layout'],
};
const modules = { getModuleInfo: (id: string) => ({ importedIds: imports[id] ?? [] }) };

test('what the first page needs is in two chunks: what signing in needs too, and the rest', () => {
  const groups = firstChunks('/src').sort((one, other) => other.priority - one.priority);
  const chunkOf = (id: string) =>
    groups.map(({ name }) => name(id, modules)).find((name) => name !== null) ?? 'its own';
  const chunks = ['button', 'layout', 'icon', 'table', 'react', 'form', 'wizard'].map((id) => [id, chunkOf(id)]);
  assert.deepEqual(Object.fromEntries(chunks), {
    button: 'shared',
    layout: 'first',
    icon: 'first',
    table: 'first',
    react: 'its own',
    form: 'its own',
    wizard: 'its own',
  });
  for (const root of ['/src/shell/shell.tsx', '/src/pages/dashboard/page.tsx']) assert.equal(chunkOf(root), 'its own');
});
