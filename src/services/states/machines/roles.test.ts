import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { AccountId, Region } from '../../../core/ids.ts';
import type { MayUseRole } from '../../../iam/index.ts';
import { checkRole } from './configuration.ts';

const account = '123456789012' as AccountId;
const machine = { account, region: 'eu-west-1' as Region, arn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:m' };
const role = 'arn:aws:iam::123456789012:role/r';

function refusal(roleArn: string, mayUse: MayUseRole): string {
  try {
    checkRole({ clock: new ManualClock(), mayUse }, machine, roleArn);
    return 'taken';
  } catch (error) {
    return error instanceof ServiceError ? `${error.code}: ${error.message}` : assert.fail(String(error));
  }
}

test('a role that does not trust Step Functions is refused in AWS words; it is asked for the state machine', () => {
  const asked: unknown[] = [];
  const mayUse: MayUseRole = ({ principal, source, region }, roleArn) => {
    asked.push([principal.arn, source, region, roleArn]);
    return asked.length > 1;
  };
  assert.equal(
    refusal(role, mayUse),
    'AccessDeniedException: Neither the global service principal states.amazonaws.com, nor the regional one is authorized to ' +
      'assume the provided role.',
  );
  const source = { kind: 'service', service: 'states.amazonaws.com', arn: machine.arn };
  assert.deepEqual(asked, [['states.amazonaws.com', source, 'eu-west-1', role]]);
  assert.equal(refusal(role, mayUse), 'taken');
});

test('of what is no role, or of another account, nothing is asked', () => {
  const mayUse = () => assert.fail('asked');
  assert.match(refusal('arn:aws:iam::123456789012:user/u', mayUse), /^InvalidArn/);
  assert.match(refusal('arn:aws:iam::999999999999:role/r', mayUse), /^AccessDeniedException: Cross-account/);
});
