import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preparationWords } from './preparation-words.ts';

test('what an image means is asked of its registry, and read where it is a file', () => {
  const resolving = { phase: 'resolving', bytes: 0 } as const;
  for (const [image, words] of [
    ['alpine:3', 'pulling alpine:3: asking its registry'],
    ['oci:3', 'pulling oci:3: asking its registry'],
    ['oci:/images/a', 'reading oci:/images/a'],
    ['docker-archive:/images/a.tar', 'reading docker-archive:/images/a.tar'],
  ] as const)
    assert.equal(preparationWords(image, resolving), words);
});
