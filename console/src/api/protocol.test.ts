import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCall } from './protocol.ts';

test('a call goes where its service looks for it', () => {
  const arn = 'arn:aws:batch:us-east-1:123456789012:job-queue/a (b)';
  assert.deepEqual(
    encodeCall({ service: 'scheduler', operation: 'GetSchedule', input: { Name: 'n', GroupName: 'g+1' } }),
    { method: 'GET', path: '/schedules/n', query: 'groupName=g%2B1', body: '', headers: {} },
  );
  assert.deepEqual(
    encodeCall({ service: 'scheduler', operation: 'UpdateSchedule', input: { Name: 'n', State: 'ENABLED' } }),
    {
      ...{ method: 'PUT', path: '/schedules/n', query: '', body: '{"State":"ENABLED"}' },
      headers: { 'content-type': 'application/json' },
    },
  );
  const untag = {
    service: 'batch',
    operation: 'UntagResource',
    input: { resourceArn: arn, tagKeys: ['b', 'a'] },
  } as const;
  assert.deepEqual(encodeCall(untag), {
    ...{ method: 'DELETE', path: `/v1/tags/${encodeURIComponent(arn).replace('(', '%28').replace(')', '%29')}` },
    ...{ query: 'tagKeys=a&tagKeys=b', body: '', headers: {} },
  });
  const { path, method } = encodeCall({ service: 'batch', operation: 'SubmitJob', input: {} });
  assert.deepEqual([method, path], ['POST', '/v1/submitjob']);
  const alarms = encodeCall({ service: 'monitoring', operation: 'DescribeAlarms', input: {} });
  assert.equal(alarms.headers['x-amz-target'], 'GraniteServiceVersion20100801.DescribeAlarms');
});

test('a name that the path needs is never left out of it', () => {
  for (const input of [{}, { Name: '' }])
    assert.throws(
      () => encodeCall({ service: 'scheduler', operation: 'DeleteSchedule', input }),
      /the path needs Name/,
    );
});
