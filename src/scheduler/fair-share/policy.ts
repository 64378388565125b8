import type { FairShareSettings } from '../scheduler-event.ts';

/** A fair share policy, as it is asked for (spec 04 §10). */
export interface FairSharePolicy {
  /** @default 0 */
  readonly shareDecaySeconds?: number | undefined;
  /** @default 0 */
  readonly computeReservation?: number | undefined;
  /** What is not named weighs 1, and so does what is named without a weight. */
  readonly shareDistribution?:
    | readonly { readonly shareIdentifier: string; readonly weightFactor?: number | undefined }[]
    | undefined;
}

const longestDecay = 604_800;
const highestReservation = 99;
const weights = { least: 0.0001, most: 999.9999 };
const mostShares = 500;
/** One identifier, or the beginning of several before `*`. */
const sharePattern = /^[a-zA-Z0-9_-]{1,254}[a-zA-Z0-9_*-]?$/;

/** With the value `queue`, a head of a fair share queue that does not fit keeps back the whole queue, and not only its share. */
const blockingTag = 'batchyard:blocking';

/** How the shares of a queue with this policy and these tags take turns. */
export function fairShareSettings(
  { computeReservation = 0, shareDistribution = [] }: FairSharePolicy,
  { decays, tags }: Pick<FairShareSettings, 'decays'> & { readonly tags: Readonly<Record<string, string>> },
): FairShareSettings {
  return {
    decays,
    computeReservation,
    weights: shareDistribution.map(({ shareIdentifier, weightFactor = 1 }) => ({ shareIdentifier, weightFactor })),
    blocking: tags[blockingTag] === 'queue' ? 'queue' : 'share',
  };
}

/**
 * Why there can be no such policy; undefined if there can. The words of identifiers and weights: cdk-preflight; of decay and
 * reservation none are reported.
 */
export function policyProblem(policy: FairSharePolicy): string | undefined {
  const { shareDecaySeconds: decay = 0, computeReservation: reservation = 0, shareDistribution = [] } = policy;
  if (!(decay >= 0 && decay <= longestDecay)) return `Share decay seconds should be between 0 and ${longestDecay}.`;
  if (!(reservation >= 0 && reservation <= highestReservation))
    return `Compute reservation should be between 0 and ${highestReservation}.`;
  if (shareDistribution.length > mostShares) return `ShareDistribution size cannot be greater than ${mostShares}.`;
  for (const { shareIdentifier, weightFactor: weight = 1 } of shareDistribution) {
    if (!sharePattern.test(shareIdentifier)) return 'ShareIdentifier name should match a valid pattern.';
    const { least, most } = weights;
    if (!(weight >= least && weight <= most)) return `Weight factor should be between ${least} and ${most}.`;
  }
  return overlap(shareDistribution.map(({ shareIdentifier }) => shareIdentifier));
}

/** In the order of text whatever begins with a prefix stands right behind it: no need to compare each with each. */
function overlap(identifiers: readonly string[]): string | undefined {
  if (new Set(identifiers).size < identifiers.length) return 'Cannot have two or more identical shareIdentifiers.';
  let before: string | undefined;
  for (const identifier of identifiers.toSorted((a, b) => compareBeginnings(a, b))) {
    const isOverlap = before?.endsWith('*') && identifier.startsWith(before.slice(0, -1));
    if (isOverlap) return `Share identifier ${identifier} matches another share identifier ${before}`;
    before = identifier;
  }
  return undefined;
}

/** By what stands before the `*`, a prefix before all that begins with it. */
function compareBeginnings(a: string, b: string): number {
  const [one, other] = [a, b].map((each) => (each.endsWith('*') ? each.slice(0, -1) : each)) as [string, string];
  if (one !== other) return one < other ? -1 : 1;
  return Number(b.endsWith('*')) - Number(a.endsWith('*'));
}
