import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { TaskId } from '../../../core/ids.ts';
import { TaskFiles } from './task-files.ts';
import type { TaskFile } from './task-record.ts';

const taskId = 'a'.repeat(32) as TaskId;
const claim: TaskFile = { formatVersion: 1 };
const began: TaskFile = { formatVersion: 1, began: { lifetime: 'boot' } };
let directory: string;
let warnings: string[];
let files: TaskFiles;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'task-files-'));
  warnings = [];
  files = new TaskFiles(directory, (words) => warnings.push(words));
});
afterEach(() => rmSync(directory, { recursive: true }));

const path = () => join(directory, `${taskId}.jsonl`);

test('a task is as it was written last, a torn line or not, until it is removed', async () => {
  await files.note(taskId, claim);
  assert.deepEqual(files.open().get(taskId), claim);
  await files.write(taskId, began);
  assert.deepEqual(files.open().get(taskId), began);
  appendFileSync(path(), '\n{"formatVersion":1,"stop');
  assert.deepEqual(files.open().get(taskId), began);
  await files.remove(taskId);
  assert.equal(files.open().size, 0);
  assert.deepEqual(warnings, []);
});

test('of a claim that a power failure took along nothing is left; what is damaged is set aside and said', () => {
  writeFileSync(path(), '');
  assert.equal(files.open().size, 0);
  assert.deepEqual([readdirSync(directory), warnings], [[], []]);
  for (const content of ['\n{"formatVersion":2}\n', '\0\0\0', '\nno json\n']) {
    writeFileSync(path(), content);
    assert.equal(files.open().size, 0);
    assert.match(warnings.at(-1) ?? '', /jsonl was damaged; it is now /);
    assert.equal(readdirSync(directory).includes(`${taskId}.jsonl`), false);
  }
});
