import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isSystemError, systemErrorWords } from './system-error.ts';

function wordsFor(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(isSystemError(error));
    return systemErrorWords(error);
  }
  return assert.fail('nothing was refused');
}

test('what the system refuses is said of the file, without its codes', () => {
  assert.equal(
    wordsFor(() => readFileSync('/nonexistent/file')),
    '/nonexistent/file does not exist',
  );
  assert.equal(
    wordsFor(() => mkdirSync('/etc')),
    '/etc exists already',
  );
  assert.equal(
    wordsFor(() => readdirSync('/etc/passwd')),
    '/etc/passwd lies below a file, or is one',
  );
});

for (const [code, words] of [
  ['EACCES', /^this user \(uid \d+\) may not make \/x$/],
  ['EPERM', /^this user \(uid \d+\) may not make \/x$/],
  ['EISDIR', /^\/x is a directory$/],
  ['EROFS', /^\/x is on a file system that is read-only$/],
  ['ENOSPC', /^the disk of \/x is full$/],
  ['EMFILE', /^no more files can be opened: raise the limit \(ulimit -n\)$/],
] as const) {
  test(`${code} is said in words`, () => {
    const refused = Object.assign(new Error(`${code}: ...`), { code, syscall: 'mkdir', path: '/x' });
    assert.match(systemErrorWords(refused), words);
  });
}

test('what has no words keeps its own', () => {
  const strange = Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read' });
  assert.equal(systemErrorWords(strange), 'EIO: i/o error, read');
  assert.ok(!isSystemError(new Error('a bug')));
});
