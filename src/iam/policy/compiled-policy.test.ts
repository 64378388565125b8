import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyOf, statement } from '../authority/authority.fixture.ts';
import { Steps } from './steps.ts';

const queue = 'arn:aws:batch:us-east-1:123456789012:job-queue/q';
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the spelling of policies.
const ownQueue = 'arn:aws:batch:*:*:job-queue/${aws:username}';

test('which statements name a resource is found once, costs the same steps each time, and leaves out none that may', () => {
  const policy = policyOf([
    ...Array.from({ length: 40 }, (_, at) => statement('Allow', 'batch:*', `arn:aws:batch:*:*:job-queue/other-${at}*`)),
    statement('Deny', 'batch:SubmitJob', 'arn:aws:batch:*:*:job-queue/q'),
    statement('Allow', 'batch:SubmitJob', ownQueue),
    { Effect: 'Allow', Action: 'batch:SubmitJob', NotResource: 'arn:aws:batch:*:*:job-queue/other' },
    statement('Allow', 'sns:Publish'),
  ]);
  const ask = () => {
    const steps = new Steps(1_000_000);
    const found = policy.about('batch:submitjob', queue, steps);
    return { found, cost: 1_000_000 - steps.left };
  };
  const [first, second] = [ask(), ask()];
  assert.deepEqual(
    first.found.map(({ index }) => index),
    [40, 41, 42],
  );
  assert.equal(second.found, first.found);
  assert.equal(second.cost, first.cost);
  assert.ok(first.cost > 0);
});

test('as many resources as are asked for are told apart, and what is very long is not kept', () => {
  const policy = policyOf([statement('Allow', 'batch:*', 'arn:aws:batch:*:*:job/*7')]);
  for (let round = 0; round < 2; round += 1)
    for (let job = 0; job < 600; job += 1) {
      const found = policy.about(
        'batch:terminatejob',
        `arn:aws:batch:us-east-1:123456789012:job/${job}`,
        new Steps(1e6),
      );
      assert.equal(found.length, job % 10 === 7 ? 1 : 0);
    }
  const long = `arn:aws:batch:us-east-1:123456789012:job/${'x'.repeat(1000)}7`;
  assert.notEqual(
    policy.about('batch:terminatejob', long, new Steps(1e6)),
    policy.about('batch:terminatejob', long, new Steps(1e6)),
  );
});
