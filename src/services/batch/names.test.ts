import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openBench, scope, smallDefinition } from './batch.fixture.ts';
import { LatestRevisions, parseDefinitionReference } from './names.ts';
import { jobDefinitionRecords } from './records.ts';

test('after any registrations and deregistrations, the latest revision is the highest ACTIVE one', async () => {
  const steps = fc.array(fc.oneof(fc.constant('register' as const), fc.nat(12)), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const { call, ledger } = await openBench();
      const latest = new LatestRevisions(ledger);
      for (const step of history) {
        if (step === 'register') await call('RegisterJobDefinition', smallDefinition);
        else if (ledger.get(jobDefinitionRecords, scope, `x:${step}`)) {
          await call('DeregisterJobDefinition', { jobDefinition: `x:${step}` });
        }
        const active = ledger.list(jobDefinitionRecords, scope).filter(({ status }) => status === 'ACTIVE');
        const highest = active.reduce((most, { revision }) => Math.max(most, revision), 0);
        assert.equal(latest.find(scope, 'x')?.revision ?? 0, highest);
      }
    }),
    { numRuns: 30 },
  );
});

const arn = 'arn:aws:batch:us-east-1:123456789012:job-definition';
const references: readonly (readonly [text: string, expected: object | undefined])[] = [
  ['x', { name: 'x' }],
  ['x:12', { name: 'x', revision: 12 }],
  [`${arn}/x`, { name: 'x' }],
  [`${arn}/x:3`, { name: 'x', revision: 3 }],
  ['x:', undefined],
  ['x:0', undefined],
  ['x:01', undefined],
  ['x:1:2', undefined],
  ['arn:aws:batch:us-east-1:123456789012:job-queue/x', undefined],
  ['arn:aws:batch:us-east-1:999999999999:job-definition/x', undefined],
  ['arn:aws-cn:batch:us-east-1:123456789012:job-definition/x', undefined],
  ['arn:aws:batch', undefined],
];
for (const [text, expected] of references) {
  test(`${text} is ${expected ? 'a reference to a definition' : 'no reference to a definition of this place'}`, () => {
    assert.deepEqual(parseDefinitionReference(scope, text), expected);
  });
}
