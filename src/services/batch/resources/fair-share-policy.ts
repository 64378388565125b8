import { findSchedulingPolicy } from '../names.ts';
import type { FairsharePolicy } from '../records.ts';
import { demand } from '../refusals.ts';
import { namedAccess } from './named-access.ts';

/** Access to one scheduling policy, with the tags that it has. */
export const policyAccess = namedAccess(findSchedulingPolicy);

const longestDecay = 604_800;
const highestReservation = 99;
const weights = { least: 0.0001, most: 999.9999 };
const mostShares = 500;
/** One identifier, or the beginning of several before `*`. */
const sharePattern = /^[a-zA-Z0-9_-]{1,254}[a-zA-Z0-9_*-]?$/;

/**
 * Checks a fair share policy (spec 04 §10). The words of identifiers and weights: cdk-preflight; of decay and reservation none are
 * reported.
 */
export function checkFairshare(policy: FairsharePolicy | undefined): void {
  const { shareDecaySeconds: decay = 0, computeReservation: reservation = 0, shareDistribution = [] } = policy ?? {};
  demand(decay >= 0 && decay <= longestDecay, `Share decay seconds should be between 0 and ${longestDecay}.`);
  const isReservation = reservation >= 0 && reservation <= highestReservation;
  demand(isReservation, `Compute reservation should be between 0 and ${highestReservation}.`);
  demand(shareDistribution.length <= mostShares, `ShareDistribution size cannot be greater than ${mostShares}.`);
  for (const { shareIdentifier, weightFactor: weight = 1 } of shareDistribution) {
    demand(sharePattern.test(shareIdentifier), 'ShareIdentifier name should match a valid pattern.');
    const { least, most } = weights;
    demand(weight >= least && weight <= most, `Weight factor should be between ${least} and ${most}.`);
  }
  checkOverlaps(shareDistribution.map(({ shareIdentifier }) => shareIdentifier));
}

/** In the order of text whatever begins with a prefix stands right behind it: no need to compare each with each. */
function checkOverlaps(identifiers: readonly string[]): void {
  const isDistinct = new Set(identifiers).size === identifiers.length;
  demand(isDistinct, 'Cannot have two or more identical shareIdentifiers.');
  let before: string | undefined;
  for (const identifier of identifiers.toSorted((a, b) => compareBeginnings(a, b))) {
    const isOverlap = before?.endsWith('*') && identifier.startsWith(before.slice(0, -1));
    demand(!isOverlap, `Share identifier ${identifier} matches another share identifier ${before}`);
    before = identifier;
  }
}

/** By what stands before the `*`, a prefix before all that begins with it. */
function compareBeginnings(a: string, b: string): number {
  const [one, other] = [a, b].map((each) => (each.endsWith('*') ? each.slice(0, -1) : each)) as [string, string];
  if (one !== other) return one < other ? -1 : 1;
  return Number(b.endsWith('*')) - Number(a.endsWith('*'));
}
