import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AttemptRecord, ContainerOutcome, ExitRule } from '../core/job.ts';
import { taskId } from './lifecycle.fixture.ts';
import { decideRetry, matchesPattern } from './retry.ts';

function attempt(
  container: Partial<ContainerOutcome> | undefined,
  statusReason = 'Essential container in task exited',
): AttemptRecord {
  const containers = container ? [{ name: 'default', stoppedAt: 2, ...container }] : [];
  return { taskId: taskId('t'), stoppedAt: 2, statusReason, containers, taskArn: '', containerInstanceArn: '' };
}

function decide(rules: readonly ExitRule[], failed: AttemptRecord, made = 1) {
  return decideRetry({ attempts: 3, evaluateOnExit: rules }, failed, made);
}

describe('matchesPattern', () => {
  const cases: readonly [pattern: string, text: string, matches: boolean][] = [
    ['137', '137', true],
    ['13', '137', false],
    ['13*', '137', true],
    ['*', '', true],
    ['*', 'anything', true],
    ['', '', true],
    ['', 'x', false],
    ['Host EC2*', 'Host EC2 (instance i-0abc) terminated.', true],
    ['host ec2*', 'Host EC2 (instance i-0abc) terminated.', false],
    ['Task failed to start', 'Task failed to start', true],
    ['a*c*', 'abc', false],
    ['a*c*', 'a*cd', true],
    ['O.t*', 'Out', false],
  ];
  for (const [pattern, text, matches] of cases) {
    it(`'${pattern}' ${matches ? 'matches' : 'does not match'} '${text}'`, () => {
      assert.equal(matchesPattern(pattern, text), matches);
    });
  }
});

describe('decideRetry', () => {
  it('retries without rules while attempts remain', () => {
    assert.deepEqual(decide([], attempt({ exitCode: 1 }), 2), { retry: true, because: 'attempts-remain' });
    assert.deepEqual(decide([], attempt({ exitCode: 1 }), 3), { retry: false, because: 'attempts-used-up' });
  });

  it('never retries beyond the attempts, whatever a rule says', () => {
    const rules: readonly ExitRule[] = [{ action: 'RETRY', onExitCode: '*' }];
    assert.deepEqual(decide(rules, attempt({ exitCode: 1 }), 3), { retry: false, because: 'attempts-used-up' });
  });

  it('retries when no rule matches', () => {
    const rules: readonly ExitRule[] = [{ action: 'EXIT', onExitCode: '2' }];
    assert.deepEqual(decide(rules, attempt({ exitCode: 1 })), { retry: true, because: 'no-rule-matches' });
  });

  it('lets the first matching rule win', () => {
    const rules: readonly ExitRule[] = [
      { action: 'RETRY', onExitCode: '7' },
      { action: 'EXIT', onReason: '*' },
    ];
    assert.deepEqual(decide(rules, attempt({ exitCode: 7 })), { retry: true, because: 'rule', rule: 0 });
    assert.deepEqual(decide(rules, attempt({ exitCode: 8 })), { retry: false, because: 'rule', rule: 1 });
    assert.deepEqual(decide([...rules].reverse(), attempt({ exitCode: 7 })), {
      retry: false,
      because: 'rule',
      rule: 0,
    });
  });

  it('applies a rule only when all of its patterns match', () => {
    const rules: readonly ExitRule[] = [{ action: 'EXIT', onExitCode: '137', onReason: 'OutOfMemoryError*' }];
    const memory = { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' };
    assert.equal(decide(rules, attempt(memory)).retry, false);
    assert.equal(decide(rules, attempt({ exitCode: 137 })).retry, true);
    assert.equal(decide(rules, attempt({ ...memory, exitCode: 1 })).retry, true);
  });

  it('tells host failures from others with the recipe of the guide', () => {
    const rules: readonly ExitRule[] = [
      { action: 'RETRY', onStatusReason: 'Host EC2*' },
      { action: 'EXIT', onReason: '*' },
    ];
    assert.equal(decide(rules, attempt(undefined, 'Host EC2 (instance i-0abc) terminated.')).retry, true);
    assert.equal(decide(rules, attempt({ exitCode: 1 })).retry, false);
  });

  it('matches no exit-code pattern when there is no exit code', () => {
    const rules: readonly ExitRule[] = [{ action: 'EXIT', onExitCode: '*' }];
    assert.deepEqual(decide(rules, attempt(undefined)), { retry: true, because: 'no-rule-matches' });
    assert.deepEqual(decide(rules, attempt({ exitCode: 0 })), { retry: false, because: 'rule', rule: 0 });
  });

  it('judges by the container that failed', () => {
    const failed = attempt({ exitCode: 0 });
    const both = { ...failed, containers: [...failed.containers, { name: 'second', stoppedAt: 2, exitCode: 3 }] };
    assert.equal(decide([{ action: 'EXIT', onExitCode: '3' }], both).retry, false);
  });
});
