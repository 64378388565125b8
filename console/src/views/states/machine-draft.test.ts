import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedMembers, draftOf, machineMembers } from './machine-draft.ts';

const machine = {
  stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:m',
  name: 'm',
  definition: '{}',
  roleArn: 'arn:aws:iam::123456789012:role/r',
  type: 'STANDARD',
  creationDate: 1,
  loggingConfiguration: {
    level: 'ALL',
    includeExecutionData: true,
    destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: 'arn:group:*' } }],
  },
} as const;

test('what is written again without a change is what the machine has', () => {
  const { definition, roleArn, loggingConfiguration } = machine;
  assert.deepEqual(machineMembers(draftOf(machine)), { definition, roleArn, loggingConfiguration });
  assert.deepEqual(changedMembers(draftOf(machine), draftOf(machine)), {});
});

test('an update says only what differs, and that logging is off where it was on', () => {
  const before = draftOf(machine);
  assert.deepEqual(changedMembers(before, { ...before, definition: '[]' }), { definition: '[]' });
  assert.deepEqual(changedMembers(before, { ...before, logLevel: 'OFF' }), { loggingConfiguration: { level: 'OFF' } });
  const { loggingConfiguration: _none, ...silent } = machine;
  assert.equal(machineMembers(draftOf(silent)).loggingConfiguration, undefined);
  const logging = changedMembers(draftOf(silent), { ...draftOf(silent), logLevel: 'ERROR', logGroupArn: 'arn:g:*' });
  assert.deepEqual(logging.loggingConfiguration, {
    level: 'ERROR',
    includeExecutionData: false,
    destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: 'arn:g:*' } }],
  });
});
