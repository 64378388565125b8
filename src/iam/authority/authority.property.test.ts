import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Arn } from '../../core/ids.ts';
import type { Principal } from '../../core/principal.ts';
import { rolePrincipal } from '../principals.ts';
import { account, callAs, FakePolicies, policyOf, statement } from './authority.fixture.ts';
import { Authority } from './index.ts';

const policies = [
  policyOf(statement('Allow', 'batch:*')),
  policyOf(statement('Deny', 'batch:SubmitJob')),
  policyOf(statement('Allow', '*', '*', { StringEquals: { 'aws:PrincipalTag/team': 'a' } })),
];
const texts = policies.map(({ statements }) =>
  JSON.stringify({ Statement: statement(statements[0]?.statement.effect ?? 'Deny', 'batch:*') }),
);
const managed = 'arn:aws:iam::123456789012:policy/p';

const given = fc.record({
  policies: fc.subarray(policies),
  boundary: fc.option(fc.constantFrom(...policies), { nil: undefined }),
  tags: fc.constantFrom(new Map(), new Map([['team', 'a']])),
  uniqueId: fc.constantFrom('X1', 'X2'),
});
const name = fc.constantFrom('a', 'b');
const session = fc.option(
  fc.record(
    { policy: fc.constantFrom(...texts), policyArns: fc.constant([managed]), tags: fc.constant({ team: 'a' }) },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);
const uses = fc.constantFrom(
  { kind: 'assumed' } as const,
  { kind: 'job' } as const,
  { kind: 'state-machine', actions: ['batch:SubmitJob'] } as const,
);
const step = fc.oneof(
  fc.record({ do: fc.constant('user' as const), name, given }),
  fc.record({ do: fc.constant('role' as const), name, given }),
  fc.record({ do: fc.constant('managed' as const), policy: fc.constantFrom(...policies) }),
  fc.record({ do: fc.constant('remove' as const), name }),
  fc.record({
    do: fc.constant('ask' as const),
    name,
    uniqueId: fc.constantFrom('X1', 'X2'),
    session,
    use: fc.option(uses),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

function principalOf({ name: userName, uniqueId, session: facts, use }: Extract<Step, { do: 'ask' }>): Principal {
  const own = facts ? { session: facts } : {};
  const arn = `arn:aws:iam::123456789012:user/${userName}` as Arn;
  if (!use) return { kind: 'user', userName, userId: uniqueId, arn, account, ...own };
  const roleArn = `arn:aws:iam::123456789012:role/${userName}` as Arn;
  return { ...rolePrincipal({ account, roleArn, sessionName: 's', use, roleId: uniqueId }), ...own };
}

function change(stored: FakePolicies, step: Exclude<Step, { do: 'ask' }>): void {
  if (step.do === 'remove') stored.remove(step.name);
  else if (step.do === 'managed') stored.putManaged(managed, step.policy);
  else {
    const { boundary, ...rest } = step.given;
    const whole = { ...rest, ...(boundary ? { boundary } : {}) };
    if (step.do === 'user') stored.putUser(step.name, whole);
    else stored.putRole(step.name, whole);
  }
}

test('what is remembered never changes a decision', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const stored = new FakePolicies();
      const remembering = new Authority({ reads: stored });
      for (const each of steps) {
        if (each.do !== 'ask') {
          change(stored, each);
          continue;
        }
        const call = callAs(principalOf(each));
        const request = { action: 'batch:SubmitJob', resource: '*' };
        // Twice: what the first asking remembers must not change the second.
        for (const _ of ['first', 'second']) {
          const anew = new Authority({ reads: stored }).decide(call, [request]);
          assert.equal(JSON.stringify(remembering.decide(call, [request])), JSON.stringify(anew));
        }
      }
    }),
    { numRuns: 1000 },
  );
});
