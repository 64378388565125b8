import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { awsError } from '../logs-fixture.ts';
import { compilePattern } from './index.ts';

const matching = (pattern: string, messages: readonly string[]) => messages.filter(compilePattern(pattern).matches);

test('every plain term must occur, case included', () => {
  assert.deepEqual(matching('ERROR disk', ['disk ERROR', 'ERROR', 'error disk']), ['disk ERROR']);
});

test('of terms with a question mark one is enough', () => {
  assert.deepEqual(matching('?ERROR ?WARN', ['an ERROR', 'a WARN', 'info']), ['an ERROR', 'a WARN']);
});

test('beside plain terms those with a question mark do not count', () => {
  assert.deepEqual(matching('?ERROR disk', ['disk', 'ERROR']), ['disk']);
});

test('terms with a minus must not occur', () => {
  assert.deepEqual(matching('ERROR -retry', ['ERROR', 'ERROR retry']), ['ERROR']);
  assert.deepEqual(matching('-"a b" ?x ?y', ['x', 'y a b', 'z']), ['x']);
});

test('a phrase in quotes occurs as it is, with its spaces and escapes', () => {
  assert.deepEqual(matching('"exit code: 1"', ['exit code: 1', 'exit  code: 1']), ['exit code: 1']);
  assert.deepEqual(matching('"say \\"hi\\""', ['say "hi"', 'say hi']), ['say "hi"']);
});

test('an empty pattern matches everything', () => {
  for (const pattern of ['', '  ', '""']) assert.deepEqual(matching(pattern, ['a', '']), ['a', '']);
});

test('what needs quotes and has none is refused', () => {
  const refused = (pattern: string, message: RegExp) =>
    assert.throws(() => compilePattern(pattern), awsError('InvalidParameterException', message));
  refused('a.b', /^Invalid character\(s\) in term 'a\.b'$/);
  refused('"open', /^Invalid filter pattern$/);
  refused('a -', /^Invalid filter pattern$/);
  refused('a%b', /^Invalid character/);
});

const phrase = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom('a', 'b', ' ', '"', '\\', 'é') });
const signed = fc.record({ sign: fc.constantFrom('', '-', '?'), text: phrase });

test('a pattern of quoted phrases means what its phrases mean, whatever is in them', () => {
  fc.assert(
    fc.property(
      fc.array(signed, { maxLength: 5 }),
      fc.string({ unit: fc.constantFrom('a', 'b', ' ', '"', '\\', 'é') }),
      (terms, message) => {
        const pattern = terms.map(({ sign, text }) => `${sign}"${text.replaceAll(/["\\]/g, '\\$&')}"`).join(' ');
        const texts = (sign: string) => terms.filter((term) => term.sign === sign).map(({ text }) => text);
        const expected =
          texts('').every((text) => message.includes(text)) &&
          texts('-').every((text) => !message.includes(text)) &&
          (texts('').length > 0 || texts('?').length === 0 || texts('?').some((text) => message.includes(text)));
        assert.equal(compilePattern(pattern).matches(message), expected);
      },
    ),
  );
});

test('no pattern whatever does anything but compile or be refused as AWS refuses', () => {
  fc.assert(
    fc.property(fc.string(), (pattern) => {
      try {
        compilePattern(pattern).matches('message');
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'InvalidParameterException');
      }
    }),
  );
});
