import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Alike, mayLaunchAfterEnds } from './ends-for-launch.ts';
import { EnvironmentFleet, type FleetOptions } from './environment-fleet.ts';
import { typeOf } from './fleet.fixture.ts';

const kinds = fc.array(fc.record({ vcpus: fc.integer({ min: 1, max: 12 }), open: fc.integer({ min: 1, max: 40 }) }), {
  maxLength: 3,
});
const bounds = fc.record({
  minvCpus: fc.nat({ max: 60 }),
  beyond: fc.nat({ max: 20 }),
  strategy: fc.constantFrom('BEST_FIT' as const, 'BEST_FIT_PROGRESSIVE' as const),
});

function fleetOf(strategy: FleetOptions['strategy'], minvCpus: number, maxvCpus: number): EnvironmentFleet {
  const options = { uuid: 'u', strategy, purchase: 'on-demand', types: [], bidPercentage: 100, minvCpus } as const;
  return new EnvironmentFleet('ce', options, maxvCpus, 'with-demand');
}

/** Every end, one after the other. */
function searched(all: number, kinds: readonly Alike[], launchedAt: (left: number) => number | undefined): boolean {
  let left = all;
  for (const { vcpus, open } of kinds)
    for (let ended = 0; ended < open; ended += 1) {
      left -= vcpus;
      if (launchedAt(left) !== undefined) return true;
    }
  return false;
}

describe('whether ends leave room for what is to be launched', () => {
  test('is what a search of all ends says', () => {
    fc.assert(
      fc.property(
        kinds,
        bounds,
        fc.integer({ min: 1, max: 16 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat({ max: 30 }),
        (others, { minvCpus, beyond, strategy }, vcpus, least, own) => {
          const type = typeOf('wanted', vcpus, 1);
          const fleet = fleetOf(strategy, minvCpus, minvCpus + beyond);
          const after = {
            roomAt: (left: number) => fleet.roomAt(left, type),
            launchedAt: (left: number) => fleet.launchedAt(left, type, least),
          };
          const all = others.reduce((sum, one) => sum + one.vcpus * one.open, own);
          assert.equal(mayLaunchAfterEnds(all, others, type, least, after), searched(all, others, after.launchedAt));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test('costs the vCPUs of the type, however many instances there are', () => {
    let asked = 0;
    const fleet = fleetOf('BEST_FIT', 40_001, 40_003);
    const type = typeOf('wanted', 16, 1);
    const found = mayLaunchAfterEnds(40_004, [{ vcpus: 4, open: 10_001 }], type, 1, {
      roomAt: (left) => fleet.roomAt(left, type),
      launchedAt: (left) => {
        asked += 1;
        return fleet.launchedAt(left, type, 1);
      },
    });
    assert.deepEqual([found, asked <= type.vcpus + 1], [false, true]);
  });
});
