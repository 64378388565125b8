import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameOfArn } from './name-of-arn.ts';

test('the thing of an ARN is called by what stands at its end', () => {
  const names: readonly (readonly [string | undefined, string])[] = [
    ['arn:aws:iam::123456789012:root', 'root'],
    ['arn:aws:iam::123456789012:user/ada', 'ada'],
    ['arn:aws:batch:us-east-1:123456789012:job-definition/x:3', 'x:3'],
    [undefined, '–'],
  ];
  for (const [arn, name] of names) assert.equal(nameOfArn(arn), name);
});
