import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import type { JobId } from '../core/ids.ts';
import type { BlockedChange, Decision, InstanceDecision, Plan } from '../scheduler/index.ts';
import { Planning } from './planning.ts';

const [jobId, queueArn, computeEnvironmentArn] = ['array' as JobId, 'queue', 'environment'];
const decision: Decision = {
  ...{ kind: 'place', jobId, computeEnvironmentArn, pool: 'host', instance: 'i-1' },
  reason: { kind: 'first-environment-that-fits', passedOver: [], limits: [] },
};
const blocked: BlockedChange = { kind: 'blocked', queueArn, jobId, reason: { kind: 'queue-held', queueArn } };
const ended: InstanceDecision = { kind: 'end', computeEnvironmentArn, id: 'i-2', reason: { kind: 'closed' } };

/** What is done of a plan, in order. */
function taken(plan: Partial<Plan>): readonly string[] {
  const done: string[] = [];
  const note = (what: string) => () => void done.push(what);
  const planning = new Planning({
    scheduler: { plan: () => ({ decisions: [], instances: [], more: false, blocked: [], ...plan }) },
    jobs: { decided: note('decided') },
    clock: new ManualClock(),
    now: () => 0,
    soon: (turn) => turn(),
    instances: note('instances'),
    place: note('place'),
    onBlocked: (changes, isWhole) => done.push(`blocked ${changes.length} ${isWhole}`),
    onError: (error) => assert.fail(String(error)),
  });
  planning.resume();
  return done;
}

test('a head is told as blocked after what the same plan decided: of an array it is the child behind those', () => {
  const done = taken({ decisions: [decision], instances: [ended], blocked: [blocked] });
  assert.deepEqual(done, ['instances', 'decided', 'place', 'blocked 1 true']);
});

test('a plan that decides nothing tells what it found blocked', () => {
  assert.deepEqual(taken({ blocked: [blocked] }), ['blocked 1 true']);
});
