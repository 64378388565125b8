import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextOf, simulationCall, wordsOf } from './simulated.ts';

test('actions, resources and values are read as they are typed', () => {
  assert.deepEqual(wordsOf(' batch:SubmitJob,batch:ListJobs\n iam:* '), ['batch:SubmitJob', 'batch:ListJobs', 'iam:*']);
  assert.deepEqual(contextOf('aws:SourceIp=127.0.0.1\nnothing\n a=b=c'), [
    { key: 'aws:SourceIp', value: '127.0.0.1' },
    { key: 'a', value: 'b=c' },
  ]);
});

test('what is not asked is not in the call', () => {
  const { input } = simulationCall({ principal: 'p', actions: ['a:b'], resources: [], context: [] });
  assert.deepEqual(input, { PolicySourceArn: 'p', ActionNames: ['a:b'] });
});
