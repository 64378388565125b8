import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeOf } from './fleet/fleet.fixture.ts';
import { Site } from './scheduler.fixture.ts';

const small = typeOf('c5.large', 2, 0.085);
const large = typeOf('c5.4xlarge', 16, 0.68);

/** What is told of a job of 8 vCPUs in environments of these kinds, in this order, of the queue. */
function told(...kinds: readonly (keyof typeof environments)[]): string {
  const site = new Site({ vcpus: 64 });
  for (const [at, kind] of kinds.entries()) environments[kind](site, `ce${at}`);
  site
    .queue('q', kinds.map((_, at) => `ce${at}`).join(' '))
    .jobs('q', 'job:8')
    .plan();
  for (const { id, type } of [...site.instances.values()]) if (type === large.name) site.instance('failed', id);
  site.plan();
  return site.text('job').split(/[ .]/)[0] ?? '';
}

const environments = {
  invalid: (site: Site, arn: string) => site.fleet(arn, { types: [large] }, { status: 'INVALID' }),
  role: (site: Site, arn: string) => site.fleet(arn, { types: [small] }, { roleRefused: 'no' }),
  requirement: (site: Site, arn: string) => site.fleet(arn, { types: [small] }),
  maximum: (site: Site, arn: string) => site.fleet(arn, { types: [large] }, { maxvCpus: 4 }),
  requirementAndMaximum: (site: Site, arn: string) => site.fleet(arn, { types: [small] }, { maxvCpus: 4 }),
  capacity: (site: Site, arn: string) => site.fleet(arn, { types: [large] }),
  engine: (site: Site, arn: string) => site.fleet(arn, { types: [large] }, { engineUnavailable: 'no' }),
};

test('of several reasons for a blocked queue the one is told that AWS has first: each is of all environments', () => {
  const requirement = 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT';
  const maximum = 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE';
  assert.equal(told('invalid', 'invalid'), 'ACTION_REQUIRED');
  const role = 'MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS';
  assert.equal(told('role'), role);
  assert.equal(told('role', 'role'), role);
  assert.equal(told('invalid', 'role'), role);
  assert.equal(told('role', 'requirement'), requirement);
  assert.equal(told('requirement'), requirement);
  assert.equal(told('maximum'), maximum);
  assert.equal(told('requirementAndMaximum'), requirement);
  assert.equal(told('maximum', 'requirementAndMaximum'), requirement);
  assert.equal(told('maximum', 'requirement'), requirement);
  assert.equal(told('requirement', 'maximum'), requirement);
  // Not all are invalid: the rest have the reason.
  assert.equal(told('invalid', 'requirement'), requirement);
  assert.equal(told('invalid', 'maximum'), maximum);
  // One that would hold it is what it waits for.
  assert.equal(told('maximum', 'capacity'), 'Waiting');
  assert.equal(told('engine', 'capacity'), 'Waiting');
  assert.equal(told('maximum', 'engine'), 'The');
});
