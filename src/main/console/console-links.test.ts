import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId } from '../../core/ids.ts';
import { SystemRandom } from '../../core/random.ts';
import { rootPrincipal } from '../../iam/index.ts';
import { ConsoleLinks, linkTime, mostLinks } from './console-links.ts';

const principal = rootPrincipal('123456789012' as AccountId);

test('a link opens once, for who made it', () => {
  const links = new ConsoleLinks(new SystemRandom());
  const { token, expiration } = links.create(principal, 1000);
  assert.equal(expiration, 1000 + linkTime);
  assert.equal(links.redeem(token, 1001), principal);
  assert.equal(links.redeem(token, 1001), undefined);
});

test('a link opens until its minute is over, and a try after it spends it too', () => {
  const links = new ConsoleLinks(new SystemRandom());
  const { token } = links.create(principal, 0);
  assert.equal(links.redeem(token, linkTime), undefined);
  assert.equal(links.redeem(token, 0), undefined);
  const inTime = links.create(principal, 0);
  assert.equal(links.redeem(inTime.token, linkTime - 1), principal);
});

test('nothing else opens: no part of a token, no other shape, whatever its size', () => {
  const links = new ConsoleLinks(new SystemRandom());
  const { token } = links.create(principal, 0);
  const changed = (token.startsWith('A') ? 'B' : 'A') + token.slice(1);
  const others = [undefined, null, 7, {}, [token], '', token.slice(1), `${token}A`, changed, 'A'.repeat(1_000_000)];
  for (const other of others) assert.equal(links.redeem(other, 1), undefined);
  assert.equal(links.redeem(token, 1), principal, 'guessing costs the owner nothing');
});

test('of many links that wait the oldest gives way', () => {
  const links = new ConsoleLinks(new SystemRandom());
  const made = Array.from({ length: mostLinks + 1 }, () => links.create(principal, 0).token);
  const opened = made.map((token) => links.redeem(token, 1) !== undefined);
  assert.deepEqual(opened, [false, ...made.slice(1).map(() => true)]);
});
