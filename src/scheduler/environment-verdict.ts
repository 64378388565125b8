import type { Environment } from './model.ts';
import type { ComputeEnvironmentSettings } from './scheduler-event.ts';

/** What one compute environment can do for one job now, by the logical capacity alone: the full request. */
export type EnvironmentVerdict = { readonly computeEnvironmentArn: string } & (
  | { readonly kind: 'fits' }
  | {
      readonly kind: 'at-max-vcpus';
      readonly usedVcpus: number;
      readonly maxvCpus: number;
      readonly requestedVcpus: number;
    }
  /** What is free is kept for a job of a queue that is served first. */
  | { readonly kind: 'held'; readonly heldVcpus: number; readonly holder: Holder }
  | { readonly kind: 'engine-unavailable'; readonly reason: string }
  | { readonly kind: 'not-ready'; readonly status: 'CREATING' | 'UPDATING' }
  | { readonly kind: 'too-small'; readonly maxvCpus: number; readonly requestedVcpus: number }
  | { readonly kind: 'disabled' }
  | { readonly kind: 'invalid'; readonly status: 'INVALID' | 'DELETING' }
  | { readonly kind: 'unknown' }
);

export type VerdictKind = EnvironmentVerdict['kind'];
export type VerdictOf<Kind extends VerdictKind> = Extract<EnvironmentVerdict, { readonly kind: Kind }>;

/** The job that capacity is held for: the blocked head of a queue that is served first. */
export interface Holder {
  readonly queueArn: string;
  readonly jobId: string;
}

/** Capacity of an environment that is held for blocked heads, and for whom first. */
export interface Held {
  readonly vcpuMillis: number;
  readonly holder: Holder;
}

/** Judges one environment of a queue for a request of `wanted` thousandths of a vCPU. */
export function judgeEnvironment(
  arn: string,
  environment: Environment | undefined,
  wanted: number,
  held: Held | undefined,
): EnvironmentVerdict {
  const settings = environment?.settings;
  if (!environment || !settings) return { computeEnvironmentArn: arn, kind: 'unknown' };
  return closedVerdict(settings, wanted) ?? capacityVerdict(environment, settings, wanted, held);
}

/** Why the environment would not take the job even if it were empty. */
function closedVerdict(settings: ComputeEnvironmentSettings, wanted: number): EnvironmentVerdict | undefined {
  const { arn: computeEnvironmentArn, status, state, maxvCpus, engineUnavailable } = settings;
  if (status === 'INVALID' || status === 'DELETING') return { computeEnvironmentArn, kind: 'invalid', status };
  if (state === 'DISABLED') return { computeEnvironmentArn, kind: 'disabled' };
  if (wanted > maxvCpus * 1000) {
    return { computeEnvironmentArn, kind: 'too-small', maxvCpus, requestedVcpus: wanted / 1000 };
  }
  if (status !== 'VALID') return { computeEnvironmentArn, kind: 'not-ready', status };
  if (engineUnavailable === undefined) return undefined;
  return { computeEnvironmentArn, kind: 'engine-unavailable', reason: engineUnavailable };
}

function capacityVerdict(
  environment: Environment,
  { arn: computeEnvironmentArn, maxvCpus }: ComputeEnvironmentSettings,
  wanted: number,
  held: Held | undefined,
): EnvironmentVerdict {
  const used = environment.usedVcpuMillis;
  if (used + wanted > maxvCpus * 1000) {
    const [usedVcpus, requestedVcpus] = [used / 1000, wanted / 1000];
    return { computeEnvironmentArn, kind: 'at-max-vcpus', usedVcpus, maxvCpus, requestedVcpus };
  }
  if (held && used + held.vcpuMillis + wanted > maxvCpus * 1000) {
    return { computeEnvironmentArn, kind: 'held', heldVcpus: held.vcpuMillis / 1000, holder: held.holder };
  }
  return { computeEnvironmentArn, kind: 'fits' };
}

/** How near a verdict is to a start: the nearest one of a queue's environments is why its head waits. */
const distance: Readonly<Record<VerdictKind, number>> = {
  fits: 0,
  held: 1,
  'at-max-vcpus': 2,
  'engine-unavailable': 3,
  'not-ready': 4,
  'too-small': 5,
  disabled: 6,
  invalid: 7,
  unknown: 8,
};

/** The nearest verdict, the first of equals: environments are tried in their order. Undefined for none. */
export function nearestVerdict(verdicts: readonly EnvironmentVerdict[]): EnvironmentVerdict | undefined {
  return verdicts.reduce<EnvironmentVerdict | undefined>(
    (nearest, verdict) => (nearest && distance[nearest.kind] <= distance[verdict.kind] ? nearest : verdict),
    undefined,
  );
}

/** The environment takes jobs of this size: only what others hold of it stands in the way. */
export function isOpen(verdict: EnvironmentVerdict): boolean {
  return verdict.kind === 'fits' || verdict.kind === 'at-max-vcpus' || verdict.kind === 'held';
}
