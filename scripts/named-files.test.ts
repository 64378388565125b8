import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lostNames } from './named-files.ts';

const files = ['docs/page.md', 'src/here/there.ts', 'src/here/rows.fixture.ts'];
const namesIn = (path: string, content: string) =>
  lostNames([{ path, content }], files).map(({ line, name }) => `${line} ${name}`);

test('a page may name a file by the last parts of its path, and none that is not there', () => {
  const page = ['See `there.ts`, `here/there.ts`, [more](./page.md)', 'and `rows.fixture.ts`, not `gone.ts`.'];
  assert.deepEqual(namesIn('docs/page.md', page.join('\n')), ['2 gone.ts']);
  assert.deepEqual(namesIn('docs/page.md', '`elsewhere/there.ts`, (src/gone.sql)'), [
    '1 elsewhere/there.ts',
    '1 src/gone.sql',
  ]);
});

test('of a program only comments count', () => {
  // Put together, so that this file names none that is not there.
  const ts = '.ts';
  const program = [`import { a } from './gone.ts'; // as lost${ts} has it`, '/**', ` * What away${ts} does.`, ' */'];
  assert.deepEqual(namesIn('src/here/there.ts', program.join('\n')), ['1 lost.ts', '3 away.ts']);
});

test('what only looks like a file of ours is none: placeholders, addresses, other files', () => {
  const page = '`operations/<name>.ts`, https://example.com/a/readme.md, `*.test.ts`, index.tsx, job.json';
  assert.deepEqual(namesIn('docs/page.md', page), []);
});
