import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namedTests } from '../coverage/claims.ts';
import { claimedServices } from '../coverage/services.ts';
import { checkNamedTests } from './named-tests.ts';
import type { TestOutcome } from './reporter.ts';

const named = [...namedTests(claimedServices)];
const fileWith = (outcomes: readonly TestOutcome[]) => ({ file: 'f', outcomes, seconds: 1, output: '' });
const passed = (name: string): TestOutcome => ({ kind: 'passed', name });

test('a test that the coverage page names and that did not run counts as failed, by its name', () => {
  const [absent = '', skipped = '', ...rest] = named;
  assert.ok(rest.length > 50);
  const outcomes: TestOutcome[] = [...rest.map(passed), { kind: 'skipped', name: skipped, reason: 'not here' }];
  const check = checkNamedTests([fileWith(outcomes)]);
  assert.deepEqual(
    check.outcomes.map(({ kind, name }) => [kind, name]),
    [['failed', absent]],
  );
});

test('when every named test ran the check passes', () => {
  const check = checkNamedTests([fileWith(named.slice(0, 10).map(passed)), fileWith(named.slice(10).map(passed))]);
  assert.deepEqual(
    check.outcomes.map(({ kind }) => kind),
    ['passed'],
  );
});
