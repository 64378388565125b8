import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { wordsWithoutHidden } from './redaction.ts';
import { describeProblem } from './validation-message.ts';

const secret = `s3cr"et\\of-thirty-two-and-some-more-characters`;

/** What validation says of an input, as it would be on record. */
function onRecord(schema: z.ZodType, input: object): string {
  const { message } = describeProblem(schema.safeParse(input).error?.issues ?? [], input);
  assert.match(message, /s3cr/, 'whoever sent it is told');
  return wordsWithoutHidden(message, input, ['Value', 'environment']);
}

test('words that repeat a hidden value in part, or as JSON writes it, are hidden', () => {
  const long = onRecord(z.object({ Value: z.string().max(8192) }), { Value: secret.repeat(1000) });
  assert.doesNotMatch(long, /s3cr/, 'words end before the value does');
  const environment = [{ name: 'KEY', value: secret }];
  const listed = onRecord(z.object({ environment: z.array(z.unknown()).max(0) }), { environment });
  assert.doesNotMatch(listed, /s3cr/, 'a list is shown as JSON');
});

test('words that repeat nothing hidden stay', () => {
  assert.equal(wordsWithoutHidden('There is one.', { Value: secret }, ['Value']), 'There is one.');
  assert.equal(wordsWithoutHidden(`It has ${secret}.`, { Name: secret }, ['Value']), `It has ${secret}.`);
});
