import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scope } from '../batch.fixture.ts';
import type { QuotaShareRecord, QuotaSharing } from '../records.ts';
import { noTrainingEngine, whyWaiting } from './waiting-reason.ts';

const large = 'ml.m5.xlarge';

function share(name: string, maxCapacity: number, sharing: QuotaSharing): QuotaShareRecord {
  const capacityLimits = [{ maxCapacity, capacityUnit: large }];
  const rest = { arn: name, queue: 'q', state: 'ENABLED', status: 'VALID', inSharePreemption: 'DISABLED' } as const;
  return { ...scope, ...rest, name, capacityLimits, sharing, tags: {}, createdAt: 0 };
}

const borrows = (borrowLimit: number): QuotaSharing => ({ strategy: 'LEND_AND_BORROW', borrowLimit });

/** Why a job of so many instances waits, in the quota share `a` of those that are given. */
function why(quantity: number, quotaShares: readonly QuotaShareRecord[]): string {
  const place = { limits: [{ maxCapacity: 1_000_000, capacityUnit: large }], quotaShares };
  return whyWaiting({ capacity: [{ unit: large, quantity }], quotaShareName: 'a' }, place).text;
}

const exceeded = 'MISCONFIGURATION:QUOTA_MANAGEMENT_LIMIT_EXCEEDED - Job';

test("the guide's examples of jobs beyond what their quota share can have wait in its words", () => {
  for (const strategy of ['RESERVE', 'LEND'] as const) {
    const shares = [share('a', 4, { strategy }), share('b', 100, { strategy: 'LEND' })];
    assert.equal(why(5, shares), `${exceeded} requirements exceed quota share capacity limits.`);
    assert.equal(why(4, shares), noTrainingEngine);
  }
  const alone = [share('a', 2, borrows(100)), share('b', 100, { strategy: 'LEND' })];
  assert.equal(why(5, alone), `${exceeded} requirements exceed quota share capacity limits and borrow limits.`);
  assert.equal(why(4, alone), noTrainingEngine);
  const two = [share('a', 4, borrows(200)), share('b', 4, borrows(200))];
  assert.equal(why(10, two), `${exceeded} requires borrowing that exceeds all configured borrowable capacity.`);
  assert.equal(why(8, two), noTrainingEngine);
});

test('what others reserve cannot be borrowed, and of what no limit is given there is none', () => {
  const shares = [share('a', 4, borrows(-1)), share('b', 4, { strategy: 'RESERVE' })];
  assert.match(why(5, shares), /exceeds all configured borrowable capacity\.$/);
  const other = { capacity: [{ unit: 'ml.c5.large', quantity: 1 }], quotaShareName: 'a' };
  const limits = [{ maxCapacity: 9, capacityUnit: large }];
  assert.equal(
    whyWaiting(other, { limits, quotaShares: shares }).code,
    'MISCONFIGURATION:SERVICE_ENVIRONMENT_MAX_RESOURCE',
  );
});

test('a service environment that counts instances counts those of all types together', () => {
  const limits = [{ maxCapacity: 10, capacityUnit: 'NUM_INSTANCES' }];
  const of = (...quantities: number[]) =>
    whyWaiting(
      { capacity: quantities.map((quantity, at) => ({ unit: `ml.${at}`, quantity })) },
      { limits, quotaShares: [] },
    );
  assert.equal(of(5, 5).code, 'NO_TRAINING_ENGINE');
  assert.equal(
    of(5, 6).text,
    'MISCONFIGURATION:SERVICE_ENVIRONMENT_MAX_RESOURCE - ' +
      'Service environment(s) associated with the job queue cannot meet the capacity requirement of the job.',
  );
  assert.equal(of().code, 'NO_TRAINING_ENGINE');
  assert.equal(whyWaiting({ capacity: [] }, { limits: undefined, quotaShares: [] }).code, 'NO_TRAINING_ENGINE');
});

const sharings = fc.oneof(
  fc.constantFrom<QuotaSharing>({ strategy: 'RESERVE' }, { strategy: 'LEND' }),
  fc.integer({ min: -1, max: 300 }).map(borrows),
);

test('a job that asks for less never waits for more, and one that fits its own limits never waits for them', () => {
  const shares = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), sharings), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(shares, fc.integer({ min: 2, max: 100 }), (given, quantity) => {
      const made = given.map(([limit, sharing], at) => share(at === 0 ? 'a' : `other-${at}`, limit, sharing));
      const own = given[0]?.[0] ?? 0;
      if (quantity <= own) assert.equal(why(quantity, made), noTrainingEngine);
      if (why(quantity, made) === noTrainingEngine) assert.equal(why(quantity - 1, made), noTrainingEngine);
      const lent = given
        .slice(1)
        .reduce((sum, [limit, { strategy }]) => sum + (strategy === 'RESERVE' ? 0 : limit), own);
      if (quantity > lent) assert.notEqual(why(quantity, made), noTrainingEngine);
    }),
  );
});
