import { nameOfArn } from '../core/arn.ts';
import type { ConsumableVerdict } from './consumable-verdict.ts';
import { timeOf } from './describe-reason.ts';
import type { EnvironmentVerdict, Reserved } from './environment-verdict.ts';
import { registerCommand } from './registration-words.ts';
import { type HeadReason, jobBefore, type WaitingReason } from './waiting-reason.ts';

type Describe<Kind extends HeadReason['kind']> = (
  reason: Extract<HeadReason, { readonly kind: Kind }>,
) => string | undefined;

/** What nobody but time can change has no words; nor has what never starts, of which `describeHopeless` says what to do. */
const changeByKind: { readonly [Kind in HeadReason['kind']]: Describe<Kind> } = {
  'about-to-start': () => undefined,
  'queue-not-accepting': () => undefined,
  'queue-held': ({ queueArn }) => `batchyard release ${nameOfArn(queueArn)}`,
  'compute-environments-at-max-vcpus': ({ environments }) =>
    `it starts as jobs end there, or with a greater maxvCpus (${listed(environments.flatMap(neededMaximum))})`,
  'minimum-leaves-no-room': ({ environments }) =>
    `it starts with a smaller minvCpus, or with a greater maxvCpus (${listed(environments.flatMap(neededMaximum))})`,
  'outranked-by-queue': ({ jobId, queueArn, reserved }) =>
    `it starts after job ${jobId}, or with a job queue of ${reserved ? 'greater' : 'no less'} priority than ${nameOfArn(queueArn)}${passing(reserved)}`,
  'outranked-by-share': ({ jobId, share, reserved }) =>
    reserved
      ? `it starts after job ${jobId}${passing(reserved)}`
      : `it starts after job ${jobId}, or with a weightFactor by which its share goes before ${share}`,
  'over-budget': () =>
    'it starts as jobs of the job queue end, or with a smaller computeReservation in its scheduling policy',
  'consumables-in-use': ({ consumables }) =>
    `it starts as those jobs end, or with more units: UpdateConsumableResource (${listed(consumables.flatMap(missingUnits))})`,
  'consumables-unobtainable': ({ consumables }) =>
    `there must be more units: CreateConsumableResource or UpdateConsumableResource (${listed(consumables.flatMap(missingUnits))})`,
  'engine-unavailable': () =>
    'it starts once the engine answers that it can run jobs: nothing falls back to another engine',
  'pool-unavailable': () => undefined,
  'no-such-machine': () => 'the job queue needs a compute environment with such machines, or the job another platform',
  'environments-not-ready': () => undefined,
  'instance-starting': () => undefined,
  'instances-unavailable': ({ environments }) =>
    `it starts once one can be had, or with a higher bidPercentage or more instanceTypes: UpdateComputeEnvironment (${listed(namesOf(environments, 'no-instance'))})`,
  'registered-instances-full': ({ environments }) =>
    `it starts as jobs end there, or with another instance: ${listed(environments.flatMap(registering))}`,
  'instances-unregistered': ({ environments }) => listed(environments.flatMap(registering)),
  'environments-disabled': ({ environments }) =>
    `UpdateComputeEnvironment with state ENABLED (${listed(namesOf(environments, 'disabled'))})`,
  'request-exceeds-every-environment': () => undefined,
  'service-role-refused': ({ environments }) =>
    `it starts once their service roles may do what the service must, and trust it (${listed(namesOf(environments, 'role-refused'))})`,
  'no-valid-environment': ({ environments }) =>
    environments.length === 0
      ? 'the job queue needs a compute environment: UpdateJobQueue'
      : `repair one by UpdateComputeEnvironment (${listed(namesOf(environments, 'invalid', 'unknown'))}), or give the job queue another: UpdateJobQueue`,
  'request-exceeds-pool': () => undefined,
  'instance-type-not-launchable': () => undefined,
  'nodes-refused': () => undefined,
  'pool-capacity': () => 'it starts as jobs end there, or when it asks for less',
};

/** What would change that a job waits, in words; undefined if only time does. Of one that waits for another, what would for that one. */
export function describeChange(reason: WaitingReason): string | undefined {
  if (reason.kind === 'waiting-for-share' && reason.first)
    return `it starts when it is its share's turn: sooner with a smaller weightFactor for ${reason.standing.share} in the scheduling policy`;
  const head = 'head' in reason ? reason.head : reason;
  // The table's type ties each entry to its reason; indexing by a union loses the tie.
  const describe = changeByKind[head.kind] as (reason: HeadReason) => string | undefined;
  const words = describe(head);
  const before = jobBefore(reason);
  return words === undefined || !before ? words : `for job ${before.headJobId}: ${words}`;
}

function passing(reserved: Reserved | undefined): string {
  return reserved?.startsBy === undefined
    ? ''
    : `, or with a timeout by which it ends before ${timeOf(reserved.startsBy)}`;
}

function neededMaximum(verdict: EnvironmentVerdict): readonly string[] {
  const { computeEnvironmentArn } = verdict;
  if (verdict.kind === 'full-for-minimum')
    return [`${nameOfArn(computeEnvironmentArn)}: ${verdict.usedVcpus + verdict.instances * verdict.next.vcpus}`];
  if (verdict.kind !== 'at-max-vcpus') return [];
  const { usedVcpus, requestedVcpus, next } = verdict;
  return [`${nameOfArn(computeEnvironmentArn)}: ${usedVcpus + (next?.vcpus ?? requestedVcpus)}`];
}

/** A resource that is kept for another job has the units. */
function missingUnits(verdict: ConsumableVerdict): readonly string[] {
  const name = nameOfArn(verdict.resource);
  if (verdict.kind === 'in-use') return [`${name}: ${verdict.requested - verdict.available} more`];
  if (verdict.kind === 'too-few') return [`${name}: ${verdict.requested - verdict.obtainable} more`];
  return verdict.kind === 'unknown' ? [`${name}: ${verdict.requested}`] : [];
}

function registering(verdict: EnvironmentVerdict): readonly string[] {
  const lacks = verdict.kind === 'registered-full' || verdict.kind === 'awaits-registration';
  return lacks ? [registerCommand(verdict)] : [];
}

function namesOf(environments: readonly EnvironmentVerdict[], ...kinds: readonly EnvironmentVerdict['kind'][]) {
  return environments
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ computeEnvironmentArn }) => nameOfArn(computeEnvironmentArn));
}

function listed(words: readonly string[]): string {
  return words.join('; ');
}
