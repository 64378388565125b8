import { describeReason, type HeadReason } from '../../../scheduler/index.ts';

/**
 * For what only the owner of a queue can change: what a blocked queue is told as. AWS's words where it has any (spec 06
 * section 8.3), else the scheduler's behind AWS's word for what has no cause of its own. Undefined: it passes by itself.
 */
const reasons: { readonly [Kind in HeadReason['kind']]: string | undefined } = {
  'about-to-start': undefined,
  'queue-not-accepting': undefined,
  'compute-environments-at-max-vcpus': undefined,
  'outranked-by-queue': undefined,
  'engine-unavailable': undefined,
  'pool-unavailable': undefined,
  'environments-not-ready': undefined,
  'pool-capacity': undefined,
  'environments-disabled': 'UNDETERMINED',
  'request-exceeds-every-environment':
    'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU requirement of the job.',
  'request-exceeds-pool':
    'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue.',
  'no-valid-environment': 'ACTION_REQUIRED - CE(s) associated with the job queue are invalid.',
};

/** Why a queue is blocked, if only its owner can change that. */
export function blockedReason(reason: HeadReason): string | undefined {
  const words = reasons[reason.kind];
  return words === 'UNDETERMINED' ? `${words} - ${describeReason(reason)}` : words;
}
