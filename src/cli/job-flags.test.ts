import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from './invocation.ts';
import { attemptsOf, checkName, environmentOf, nameFor, overridesOf, pairsOf, resourcesOf } from './job-flags.ts';

test('an environment entry gives a value, or passes on the caller’s', () => {
  const entries = environmentOf(['A=1', 'B=', 'C=x=y', 'HOME', 'ABSENT'], { HOME: '/home/me' });
  assert.deepEqual(entries, [
    { name: 'A', value: '1' },
    { name: 'B', value: '' },
    { name: 'C', value: 'x=y' },
    { name: 'HOME', value: '/home/me' },
  ]);
  assert.throws(() => environmentOf(['=1'], {}), UsageError);
});

test('a timeout is given in seconds or with a unit', () => {
  const seconds = (timeout: string) => attemptsOf({ timeout }).timeout?.attemptDurationSeconds;
  assert.deepEqual(['90', '90s', '15m', '2h', '1d'].map(seconds), [90, 90, 900, 7_200, 86_400]);
  assert.throws(() => seconds('soon'), UsageError);
});

test('resources and attempts must be positive numbers', () => {
  assert.deepEqual(resourcesOf({ vcpus: '0.5', memory: '512' }), [
    { type: 'VCPU', value: '0.5' },
    { type: 'MEMORY', value: '512' },
  ]);
  assert.deepEqual(resourcesOf({ gpus: '2' }), [{ type: 'GPU', value: '2' }]);
  for (const gpus of ['0', '1.5', 'all', '']) assert.throws(() => resourcesOf({ gpus }), /--gpus needs a whole number/);
  assert.deepEqual(attemptsOf({ attempts: '3' }), { retryStrategy: { attempts: 3 } });
  for (const memory of ['0', '-1', '2GB', '0.5', '1.5MiB', 'GiB', ''])
    assert.throws(() => resourcesOf({ memory }), UsageError);
});

test('memory is given in MiB or with a unit', () => {
  const asked = (memory: string) => resourcesOf({ memory })[0]?.value;
  assert.deepEqual(['2048', '512M', '512MiB', '2G', '2GiB', '1.5GiB'].map(asked), [
    ...['2048', '512', '512', '2048', '2048', '1536'],
  ]);
  assert.throws(() => asked('2GB'), /--memory needs whole MiB or a unit \(2048, 512MiB, 2GiB\), not "2GB"/);
});

test('a name that Batch refuses is refused with the rule', () => {
  for (const name of ['a', '0-_', 'x'.repeat(128)]) assert.doesNotThrow(() => checkName({ name }));
  for (const name of ['', 'a b', '-a', 'x'.repeat(129)]) {
    assert.throws(() => checkName({ name }), /--name needs 1 to 128 letters, digits, hyphens and underscores/);
  }
});

test('flags that override nothing make no overrides', () => {
  assert.equal(overridesOf({}, [], {}), undefined);
  assert.deepEqual(overridesOf({ env: ['A=1'] }, ['echo', 'hi'], {}), {
    command: ['echo', 'hi'],
    environment: [{ name: 'A', value: '1' }],
  });
});

test('a job is named after its command, in letters that Batch takes', () => {
  assert.deepEqual([['./render.sh', '42'], ['/usr/bin/python3.11'], ['[']].map(nameFor), [
    'render-sh',
    'python3-11',
    'job',
  ]);
});

test('pairs need a name and an equals sign', () => {
  assert.deepEqual(pairsOf('--tag', ['a=1', 'b=2=3']), { a: '1', b: '2=3' });
  assert.throws(() => pairsOf('--tag', ['=1']), UsageError);
});
