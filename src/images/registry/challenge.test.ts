import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChallenge } from './challenge.ts';
import { registryPatience } from './patience.ts';
import { waitBefore } from './retry.ts';

const challenges = [
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
    {
      ...{ kind: 'bearer', realm: 'https://auth.docker.io/token', service: 'registry.docker.io' },
      scope: 'repository:a/b:pull,push',
    },
  ],
  ['bearer realm=x', { kind: 'bearer', realm: 'x' }],
  ['Basic realm="a, Bearer b"', { kind: 'basic' }],
  ['Basic realm="a", Bearer realm="b\\"c"', { kind: 'bearer', realm: 'b"c' }],
  ['Negotiate', undefined],
  ['Bearer service="x"', undefined],
  [`Bearer ${'x'.repeat(2_048)} realm="y"`, undefined],
  [undefined, undefined],
] as const;

for (const [header, challenge] of challenges)
  test(`a registry that says ${header?.slice(0, 120)} asks for ${challenge?.kind ?? 'nothing that we know'}`, () =>
    assert.deepEqual(parseChallenge(header), challenge));

test('a registry is waited for as long as it asks, in seconds or until a date, at most half a minute', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const wait = (tries: number, asked?: string) => waitBefore(tries, asked, registryPatience, now);
  assert.equal(wait(0, '7'), 7_000);
  assert.equal(wait(0, '3600'), 30_000);
  assert.equal(wait(0, 'Thu, 01 Jan 2026 00:00:05 GMT'), 5_000);
  assert.equal(wait(0, 'Thu, 01 Jan 2025 00:00:05 GMT'), 0);
  assert.deepEqual([wait(0), wait(1), wait(2, 'soon')], [1_000, 2_000, 4_000]);
});
