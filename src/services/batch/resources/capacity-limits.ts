import type { CapacityLimit } from '../records.ts';
import { demand } from '../refusals.ts';

/** The unit that counts instances of whatever type. */
export const instanceCount = 'NUM_INSTANCES';
const mostLimits = 5;
/** Which types there are the service knows that has them: there is none here. */
const instanceType = /^ml\.[a-z0-9-]+\.[a-z0-9-]+$/;

/** As requests give them: members that AWS's shape leaves open. */
export type GivenLimits = readonly {
  readonly maxCapacity?: number | undefined;
  readonly capacityUnit?: string | undefined;
}[];

/**
 * Checks the limits of a service environment, or with `typesOnly` of a quota share, which counts instances of each type. The words:
 * cdk-preflight, of a service environment; of units without a list of types and of units given twice none are reported.
 */
export function checkCapacityLimits(given: GivenLimits, { typesOnly = false } = {}): readonly CapacityLimit[] {
  demand(given.length > 0, 'Capacitylimits are required.');
  demand(given.length <= mostLimits, `Number of capacity limits exceeds ${mostLimits}.`);
  const limits = given.map((limit) => checkLimit(limit, typesOnly));
  const units = new Set(limits.map(({ capacityUnit }) => capacityUnit));
  const isMixed = units.has(instanceCount) && units.size > 1;
  demand(!isMixed, 'Capacity units must specify either number of instances OR instance type, but not both');
  demand(units.size === limits.length, 'Each capacity unit can have one limit only.');
  return limits;
}

function checkLimit({ maxCapacity = 0, capacityUnit = '' }: GivenLimits[number], typesOnly: boolean): CapacityLimit {
  const isKnown = instanceType.test(capacityUnit) || (!typesOnly && capacityUnit === instanceCount);
  const known = typesOnly ? '[ml.*]' : `[${instanceCount}, ml.*]`;
  demand(isKnown, `${capacityUnit} is unknown capacity unit in ${known}`);
  demand(maxCapacity > 0, 'Max capacity must be more than 0.');
  return { maxCapacity, capacityUnit };
}

/** Whether limits are of instance types, as those have to be that quota shares divide up. */
export function countsTypes(limits: readonly CapacityLimit[]): boolean {
  return limits.every(({ capacityUnit }) => capacityUnit !== instanceCount);
}
