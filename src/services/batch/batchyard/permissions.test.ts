import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBench } from '../batch.fixture.ts';

test('leave to read logs of jobs is not given at first, is kept and shown, and can be taken back (spec 01 item 68)', async () => {
  const bench = await openBench();
  assert.deepEqual(await bench.call('DescribePermissions', {}), { jobLogs: false });
  const changedBy = 'arn:aws:iam::123456789012:root';
  for (const jobLogs of [true, false]) {
    bench.clock.advance(1);
    await bench.call('UpdatePermissions', { jobLogs });
    const shown = { jobLogs, changedAt: bench.clock.now(), changedBy };
    assert.deepEqual(await bench.call('DescribePermissions', {}), shown);
    const next = await openBench({ store: bench.store });
    assert.deepEqual(await next.call('DescribePermissions', {}), shown);
  }
});

test('leave is given in one account and region, by whom policies allow', async () => {
  const { call, access } = await openBench();
  await call('UpdatePermissions', { jobLogs: true });
  assert.deepEqual(await call('DescribePermissions', {}, { region: 'eu-west-1' as never }), { jobLogs: false });
  for (const name of ['DescribePermissions', 'UpdatePermissions'])
    assert.deepEqual(await access(name, { jobLogs: true }), [{ action: `batchyard:${name}`, resource: '*' }]);
});
