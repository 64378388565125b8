import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ServiceError } from '../../core/errors.ts';
import {
  activityArn,
  aliasArn,
  executionArn,
  expressArn,
  isAliasName,
  isName,
  mapRunArn,
  parseStatesArn,
  readArn,
  stateMachineArn,
  versionArn,
} from './names.ts';
import { arn, scope } from './states.fixture.ts';

const name = fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' }).filter(isName);
const alias = fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/).filter(isAliasName);

test('what is built as an ARN is read back, whatever the names', () => {
  fc.assert(
    fc.property(name, name, name, name, alias, fc.integer({ min: 1, max: 999_999 }), (a, b, c, d, e, number) => {
      const read = (text: string) => parseStatesArn(text);
      assert.deepEqual(read(stateMachineArn(scope, a)), { kind: 'stateMachine', machine: a });
      assert.deepEqual(read(stateMachineArn(scope, a, b)), { kind: 'stateMachine', machine: a, label: b });
      assert.deepEqual(read(versionArn(scope, a, number)), { kind: 'version', machine: a, version: number });
      assert.deepEqual(read(aliasArn(scope, a, e)), { kind: 'alias', machine: a, alias: e });
      assert.deepEqual(read(executionArn(scope, a, b)), { kind: 'execution', machine: a, execution: b });
      assert.deepEqual(read(executionArn(scope, a, b, c)), { kind: 'execution', machine: a, label: c, execution: b });
      assert.deepEqual(read(expressArn(scope, a, b, c)), { kind: 'express', machine: a, execution: b, id: c });
      assert.deepEqual(read(expressArn(scope, a, b, c, d)), {
        ...{ kind: 'express', machine: a, label: d },
        ...{ execution: b, id: c },
      });
      assert.deepEqual(read(activityArn(scope, a)), { kind: 'activity', activity: a });
      assert.deepEqual(read(mapRunArn(scope, a, b, c)), { kind: 'mapRun', machine: a, label: b, run: c });
    }),
  );
});

test('names have 1 to 80 characters of any script, without white space, brackets, wildcards and special characters', () => {
  for (const good of ['a', 'A-b_c.d', 'été', '状態マシン', "it's", 'a+b=c@d!', 'x'.repeat(80)]) {
    assert.ok(isName(good), good);
  }
  for (const bad of ['', 'x'.repeat(81), '\u{1f600}', '\u0085', '\u007f', 'a\u00a0b', '\uffff']) {
    assert.ok(!isName(bad), bad);
  }
  for (const character of ' \t\n<>{}[]?*"#%\\^|~`$&,;:/') assert.ok(!isName(`a${character}b`), character);
});

test('the name of an alias is not a number', () => {
  for (const good of ['PROD', '1a', '1.0', '-', '_']) assert.ok(isAliasName(good), good);
  for (const bad of ['', '1', '007', 'a b', 'é', 'x'.repeat(81)]) assert.ok(!isAliasName(bad), bad);
});

const refused: readonly (readonly [arn: string, words: string])[] = [
  ['nonsense', "Invalid Arn: 'Invalid ARN prefix: nonsense'"],
  ['arn:aws:states', "Invalid Arn: 'Invalid ARN: arn:aws:states'"],
  ['arn:aws:batch:us-east-1:123456789012:job-queue/q', "Invalid Arn: 'Invalid service: batch'"],
  ['arn:aws:states:eu-west-1:123456789012:stateMachine:m', "Invalid Arn: 'Invalid region: eu-west-1'"],
  ['arn:aws:states:us-east-1:210987654321:stateMachine:m', "Invalid Arn: 'Invalid account: 210987654321'"],
  [`${arn}:execution:m:e`, "Invalid Arn: 'Resource type not valid in this context: execution'"],
  [`${arn}:stateMachine:m:1`, "Invalid Arn: 'Resource type not valid in this context: version'"],
  [`${arn}:constructor:m`, "Invalid Arn: 'Resource type not valid in this context: constructor'"],
  [`${arn}:stateMachine:a b`, `Invalid Arn: 'Invalid ARN: ${arn}:stateMachine:a b'`],
  [`${arn}:stateMachine:m:1:2`, `Invalid Arn: 'Invalid ARN: ${arn}:stateMachine:m:1:2'`],
];
for (const [given, words] of refused) {
  test(`where a state machine is meant, ${given} is refused`, () => {
    assert.throws(
      () => readArn(scope, given, 'stateMachine'),
      (error) => error instanceof ServiceError && error.code === 'InvalidArn' && error.message === words,
    );
  });
}
