import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { generatedFiles } from './generated-files.ts';

for (const { path, content } of generatedFiles) {
  test(`${path} is what the code says; else run \`npm run fix\``, async () => {
    assert.equal(readFileSync(join(import.meta.dirname, '..', path), 'utf8'), await content());
  });
}
