import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { appendLine, planEntry, readHosts } from './hosts-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'hosts-'));
after(() => rmSync(directory, { recursive: true }));

const entry = { address: '127.0.0.1', names: ['yard.localhost', 'sync-yard.localhost'] };

test('a hosts file gets one line of the names that it lacks', () => {
  const line = (names: string) => ({ kind: 'line', line: `127.0.0.1 ${names} # batchyard` });
  assert.deepEqual(planEntry('', entry), line('yard.localhost sync-yard.localhost'));
  assert.deepEqual(planEntry('127.0.0.1\tlocalhost\n', entry), line('yard.localhost sync-yard.localhost'));
  assert.deepEqual(planEntry('# 127.0.0.1 yard.localhost\n127.0.0.1 x # yard.localhost\n', entry).kind, 'line');
  assert.deepEqual(planEntry('  127.0.0.1  x YARD.localhost# y\n', entry), line('sync-yard.localhost'));
});

test('a hosts file that has all names needs nothing, on whichever lines they are', () => {
  const first = planEntry('', entry);
  assert.ok(first.kind === 'line');
  assert.deepEqual(planEntry(`${first.line}\n`, entry), { kind: 'none' });
  assert.deepEqual(planEntry('127.0.0.1 sync-yard.localhost\n127.0.0.1 yard.localhost\n', entry), { kind: 'none' });
});

test('another address of a name is a conflict, unless it is of the other family', () => {
  const expected = { kind: 'conflict', name: 'yard.localhost', address: '10.0.0.7', lineNumber: 2 };
  assert.deepEqual(planEntry('# hosts\n10.0.0.7 yard.localhost\n', entry), expected);
  assert.equal(planEntry('::1 yard.localhost sync-yard.localhost\n', entry).kind, 'line');
  assert.equal(planEntry('127.0.0.1 yard.localhost\n', { ...entry, address: '::1' }).kind, 'line');
});

test('a line is appended to the very file, which keeps what it has and may lack its last line end', () => {
  const file = join(directory, 'hosts');
  for (const before of ['127.0.0.1 localhost\n', '127.0.0.1 localhost']) {
    writeFileSync(file, before);
    const { ino } = statSync(file);
    appendLine(file, readHosts(file), '::1 x');
    assert.equal(readFileSync(file, 'utf8'), '127.0.0.1 localhost\n::1 x\n');
    assert.equal(statSync(file).ino, ino);
  }
});

test('a hosts file that does not exist is made', () => {
  const file = join(directory, 'none');
  appendLine(file, readHosts(file), '::1 x');
  assert.equal(readFileSync(file, 'utf8'), '::1 x\n');
});
