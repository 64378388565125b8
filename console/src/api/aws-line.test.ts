import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awsLine } from './aws-line.ts';

test('a call is shown as the line of the aws CLI that makes it', () => {
  const line = (operation: string, input: object) => awsLine({ service: 'batch', operation, input });
  assert.equal(
    line('TerminateJob', { jobId: 'a-b', reason: "it isn't right" }),
    `aws batch terminate-job --job-id a-b --reason 'it isn'\\''t right'`,
  );
  assert.equal(line('DescribeJobs', { jobs: ['a', 'b c'] }), `aws batch describe-jobs --jobs a 'b c'`);
  assert.equal(
    line('SubmitJob', { jobName: 'n', arrayProperties: { size: 3 }, propagateTags: true }),
    `aws batch submit-job --job-name n --array-properties '{"size":3}' --propagate-tags`,
  );
  assert.equal(
    awsLine({ service: 'states', operation: 'ListStateMachines', input: {} }),
    'aws stepfunctions list-state-machines',
  );
  assert.equal(
    awsLine({ service: 'monitoring', operation: 'DescribeAlarms', input: { StateValue: 'ALARM' } }),
    'aws cloudwatch describe-alarms --state-value ALARM',
  );
  const parameters = { text: 'x'.repeat(200) };
  assert.equal(
    line('SubmitJob', { jobName: 'n', parameters }),
    `aws batch submit-job --cli-input-json '{"jobName":"n","parameters":${JSON.stringify(parameters)}}'`,
  );
});
