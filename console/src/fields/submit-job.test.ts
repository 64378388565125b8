import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overrideKindOf, submittedAgain } from './submit-job.ts';

test('a job is submitted again with what its description tells', () => {
  const job = {
    jobName: 'align',
    jobId: '0-1',
    jobQueue: 'arn:aws:batch:us-east-1:123456789012:job-queue/render',
    jobDefinition: 'arn:aws:batch:us-east-1:123456789012:job-definition/align:7',
    status: 'FAILED',
    parameters: {},
    tags: { team: 'a' },
    retryStrategy: { attempts: 2, evaluateOnExit: [] },
    arrayProperties: { size: 10, statusSummary: { FAILED: 1 } },
    container: {
      image: 'busybox',
      command: ['echo', 'hello'],
      environment: [],
      resourceRequirements: [{ type: 'VCPU', value: '1' }],
    },
  };
  assert.deepEqual(submittedAgain(job), {
    jobName: 'align',
    jobQueue: 'render',
    jobDefinition: 'align:7',
    retryStrategy: { attempts: 2, evaluateOnExit: [] },
    tags: { team: 'a' },
    arrayProperties: { size: 10 },
    containerOverrides: { command: ['echo', 'hello'], resourceRequirements: [{ type: 'VCPU', value: '1' }] },
  });
});

test('what a submission can say otherwise hangs on what its definition runs', () => {
  assert.equal(overrideKindOf(undefined), 'container');
  assert.equal(overrideKindOf({ platformCapabilities: ['FARGATE'], containerProperties: {} }), 'fargate');
  assert.equal(overrideKindOf({ eksProperties: {} }), 'pod');
  assert.equal(overrideKindOf({ ecsProperties: {} }), 'task');
  assert.equal(overrideKindOf({ nodeProperties: {} }), 'nodes');
});
