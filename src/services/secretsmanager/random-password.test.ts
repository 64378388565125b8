import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SystemRandom } from '../../core/random.ts';
import { randomPassword } from './random-password.ts';

const random = new SystemRandom();
const kinds = { lower: /[a-z]/, upper: /[A-Z]/, digit: /[0-9]/, sign: /[!-/:-@[-`{-~]/ } as const;

test('a password has the length that is asked for, 32 by default, and something of each kind', () => {
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 100 }), (PasswordLength) => {
      const password = randomPassword({ PasswordLength }, random);
      assert.equal(password.length, PasswordLength);
      for (const kind of Object.values(kinds)) assert.match(password, kind);
      assert.doesNotMatch(password, /\s/);
    }),
  );
  assert.equal(randomPassword({}, random).length, 32);
});

test('a password has nothing of what is excluded', () => {
  const of = (rules: object) => randomPassword({ PasswordLength: 500, ...rules }, random);
  assert.doesNotMatch(of({ ExcludeLowercase: true }), kinds.lower);
  assert.doesNotMatch(of({ ExcludeUppercase: true }), kinds.upper);
  assert.doesNotMatch(of({ ExcludeNumbers: true }), kinds.digit);
  assert.doesNotMatch(of({ ExcludePunctuation: true }), kinds.sign);
  assert.doesNotMatch(of({ ExcludeCharacters: 'aeiou/"@' }), /[aeiou/"@]/);
  assert.match(of({ IncludeSpace: true }), / /);
});

test('a password that cannot be is refused', () => {
  const code = 'InvalidParameterException';
  assert.throws(() => randomPassword({ PasswordLength: 3 }, random), {
    code,
    message: 'Password length is too short based on required types.',
  });
  assert.equal(randomPassword({ PasswordLength: 1, RequireEachIncludedType: false }, random).length, 1);
  const nothing = { ExcludeLowercase: true, ExcludeUppercase: true, ExcludeNumbers: true, ExcludePunctuation: true };
  assert.throws(() => randomPassword(nothing, random), { code });
});
