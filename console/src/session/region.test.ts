import assert from 'node:assert/strict';
import { test } from 'node:test';
import { regionIn, withRegion } from './region.ts';

test('the region of an address is one that could be, and comes beside what else it says', () => {
  assert.equal(regionIn('?status=FAILED&region=eu-central-1'), 'eu-central-1');
  assert.equal(regionIn('?region=us-gov-west-1'), 'us-gov-west-1');
  for (const search of ['', '?region=', '?region=here', '?region=%0aus-east-1', '?region=us-east-1/x'])
    assert.equal(regionIn(search), undefined, search);
  assert.equal(withRegion('?status=FAILED&region=x', 'us-west-2'), '?status=FAILED&region=us-west-2');
});
