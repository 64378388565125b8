import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Meter } from '../../../src/asl/evaluate/meter.ts';
import type { Json } from '../../../src/asl/json/json.ts';
import { evaluateSelectors, Nowhere } from '../../../src/asl/path/evaluate.ts';
import { parsePath } from '../../../src/asl/path/parse.ts';

/**
 * What Jayway's json-path 2.0.0 itself answered to random paths over random documents: each line has a path, a document,
 * and the value or, behind `!`, the message of the exception.
 */
const answers = readFileSync(new URL('paths.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');

function answerTo(path: string, document: string): string {
  const meter = new Meter(100_000, () => {
    throw new Error('the path takes too long');
  });
  const value = evaluateSelectors(JSON.parse(document) as Json, parsePath(path).selectors, meter);
  return value instanceof Nowhere ? `! ${value.why}` : JSON.stringify(value);
}

test('Random paths lead where Jayway leads them, and fail in its words', () => {
  assert.ok(answers.length > 500);
  const different = answers.flatMap((line) => {
    const [path = '', document = '', expected = ''] = line.split('\t');
    const answer = answerTo(path, document);
    return answer === expected ? [] : [`${path} of ${document} is ${expected}, not ${answer}`];
  });
  assert.deepEqual(different, []);
});
