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
    awsLine({ service: 'ssm', operation: 'PutParameter', input: { Name: 'n', Value: '-1', Overwrite: false } }),
    'aws ssm put-parameter --name n --value=-1 --no-overwrite',
  );
  assert.equal(
    awsLine({ service: 'states', operation: 'ListStateMachines', input: {} }),
    'aws stepfunctions list-state-machines',
  );
  assert.equal(
    awsLine({ service: 'monitoring', operation: 'DescribeAlarms', input: { StateValue: 'ALARM' } }),
    'aws cloudwatch describe-alarms --state-value ALARM',
  );
  const policy = 'x'.repeat(200);
  const topic = (text: string) =>
    awsLine({
      service: 'sns',
      operation: 'CreateTopic',
      input: { Name: 'n', Attributes: new Map([['Policy', text]]) },
    });
  assert.equal(topic('p'), `aws sns create-topic --name n --attributes '{"Policy":"p"}'`);
  assert.equal(
    topic(policy),
    `aws sns create-topic --cli-input-json '{"Name":"n","Attributes":{"Policy":"${policy}"}}'`,
  );
  const parameters = { text: 'x'.repeat(200) };
  assert.equal(
    line('SubmitJob', { jobName: 'n', parameters }),
    `aws batch submit-job --cli-input-json '{"jobName":"n","parameters":${JSON.stringify(parameters)}}'`,
  );
});
