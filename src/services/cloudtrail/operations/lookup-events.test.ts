import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloudTrailBench } from '../cloudtrail.fixture.ts';

test('a lookup is refused as too much while as many wait as may, and reads nothing', async () => {
  await using bench = await CloudTrailBench.open();
  bench.records.isBusy = true;
  bench.records.lookUp = () => Promise.reject(new Error('it was read'));
  await assert.rejects(bench.call('LookupEvents', {}), { code: 'ThrottlingException', message: 'Rate exceeded' });
});
