import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyWords } from './why-words.ts';

test('a remedy follows the reason, without what that has said already', () => {
  assert.equal(
    whyWords('No environment runs nodes. (spot: SPOT, refused)', 'It never starts (spot: SPOT, refused): cancel it.'),
    'No environment runs nodes. (spot: SPOT, refused) It never starts: cancel it.',
  );
  assert.equal(
    whyWords('It is too large.', 'It never starts (main: maxvCpus 1, 2 needed): cancel it.'),
    'It is too large. It never starts (main: maxvCpus 1, 2 needed): cancel it.',
  );
  assert.equal(whyWords('Waiting for vCPUs.', undefined), 'Waiting for vCPUs.');
  assert.equal(whyWords('', 'Cancel it.'), 'Cancel it.');
});
