import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const directory = join(import.meta.dirname, '../docs/adr');

const numberOf = (file: string) => Number(file.slice(0, 4));

test('every decision has a number of its own, and the list names each once, in order, with its title', () => {
  const files = readdirSync(directory).filter((file) => file !== 'README.md');
  assert.equal(new Set(files.map(numberOf)).size, files.length);
  const expected = files.sort().map((file) => {
    const [heading = ''] = readFileSync(join(directory, file), 'utf8').split('\n');
    const [, number, title] = /^# (\d+)\. (.+)$/.exec(heading) ?? [];
    assert.equal(Number(number), numberOf(file), file);
    return `${number}. [${title}](${file})`;
  });
  const list = readFileSync(join(directory, 'README.md'), 'utf8').split('\n');
  assert.deepEqual(
    list.filter((line) => /^\d/.test(line)),
    expected,
  );
});
