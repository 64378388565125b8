import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RE2JS } from 're2js';
import { checkAllowedPattern, writtenOut } from './allowed-pattern.ts';
import { SsmBench } from './ssm.fixture.ts';

const tooLarge = { code: 'InvalidAllowedPatternException', message: /takes too long to match/ };

test('a pattern that is too large for the value, or to compile, is refused before it takes any time', () => {
  const within = '(a?){100}'.repeat(5);
  checkAllowedPattern(within, 'a'.repeat(400));
  assert.throws(() => checkAllowedPattern(within, 'a'.repeat(4_096)), tooLarge);
  // Refused by its text alone: a short value would let it through, and compiling it takes a second.
  assert.throws(() => checkAllowedPattern('(a?){1000}'.repeat(102), 'a'), tooLarge);
  assert.throws(() => checkAllowedPattern('(a?){1000}'.repeat(20), 'a'.repeat(4_096)), tooLarge);
});

test('an empty pattern is none, as Terraform sends where it is given none', async () => {
  await using bench = await SsmBench.open();
  await bench.put('/p', '1', { AllowedPattern: '[0-9]' });
  assert.deepEqual(await bench.put('/p', 'any', { AllowedPattern: '', Overwrite: true }), {
    Version: 2,
    Tier: 'Standard',
  });
  const { Parameters } = await bench.call<{ Parameters: object[] }>('DescribeParameters', {});
  assert.deepEqual(
    Parameters.map((each) => 'AllowedPattern' in each),
    [false],
  );
});

test('a pattern that would take for ever elsewhere is matched at once', async () => {
  await using bench = await SsmBench.open();
  const put = bench.put('/p', `${'a'.repeat(4_000)}!`, { AllowedPattern: '(a+)+' });
  await assert.rejects(put, { code: 'ParameterPatternMismatchException', message: /pattern/ });
});

const usual: readonly (readonly [pattern: string, value: string])[] = [
  ['^[a-zA-Z0-9]{1,512}$', 'x'.repeat(512)],
  ['[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '0b5c1b1e-0000-4000-8000-0123456789ab'],
  ['[a-z0-9]{1,63}(\\.[a-z0-9]{1,63}){3}', 'a.b.c.d'],
  ['^(?:[0-9]{1,3}\\.){3}[0-9]{1,3}(?:/[0-9]{1,2})?$', '10.0.0.0/16'],
  ['^arn:aws:[a-z0-9-]+:[a-z0-9-]*:\\d{12}:.{1,500}$', 'arn:aws:s3:us-east-1:123456789012:bucket'],
  ['[\\s\\S]*', 'x'.repeat(8_192)],
];

for (const [pattern, value] of usual) {
  test(`an everyday pattern is matched: ${pattern}`, () => checkAllowedPattern(pattern, value));
}

/** Each hides a repeat from a careless reader, or shows it one that is none. */
const tricky = [
  ...['((a{10}){10}){10}', '(a{9}|b(c{8}d{7}){6}){5}', '[]{5}]{50}', '[^]{5}]{50}', '[[:alpha:]]{60}', '[\\]{9}]{70}'],
  ...[
    '\\Qa{9}b\\E{80}',
    '\\Qabcdefgh',
    '\\({90}',
    '\\\\{90}',
    '\\pL{100}',
    '\\p{Greek}{100}',
    '\\x{61}{100}',
    '(?i:k{99})',
  ],
  ...['(?P<n>a{99}){9}', 'a{2,}', '(a{30,}){30}', 'x{0,500}', 'a{,500}', '(?s).{400}', 'a?{', '()', '(|a){300}'],
];

test('what a pattern comes to is told from its text, never too few for what RE2 makes of it', () => {
  for (const pattern of tricky) {
    const size = RE2JS.compile(pattern).programSize();
    assert.ok(size <= 4 * (writtenOut(pattern) + 2), `${pattern}: ${size} of ${writtenOut(pattern)}`);
  }
});
