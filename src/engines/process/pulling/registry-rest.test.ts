import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { RegistryRest } from './registry-rest.ts';

test('registries rest for a minute, and those whose minute is over are forgotten', () => {
  const clock = new ManualClock(0);
  const rest = new RegistryRest(clock);
  for (let number = 0; number < 100; number += 1) rest.note(`r${number}.example`, 'away');
  assert.equal(rest.reason('r7.example'), 'away');
  clock.advance(60_000);
  rest.note('last.example', 'away too');
  assert.equal(rest.size, 1);
  assert.equal(rest.reason('r7.example'), undefined);
});
