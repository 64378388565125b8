import type { HeadReason } from './waiting-reason.ts';

/** AWS's reason for a blocked queue: clients, and the time limits of queues, know it by its code. */
interface BlockedWords {
  readonly code: string;
  readonly text: string;
}

const resourceRequirement: BlockedWords = {
  code: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT',
  text: 'The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue.',
};

const environmentMaximum: BlockedWords = {
  code: 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE',
  text: 'CE(s) associated with the job queue cannot meet the CPU requirement of the job.',
};

/** What AWS has words for (spec 06 §8.3). */
export const blockedWords = {
  'request-exceeds-every-environment': environmentMaximum,
  // What maxvCpus leaves beside minvCpus is smaller than the job needs, and a greater maxvCpus is the remedy.
  'minimum-leaves-no-room': environmentMaximum,
  'request-exceeds-pool': resourceRequirement,
  // No environment has a type that satisfies the job: the cause as AWS's guide has it, and the same remedy.
  'instance-type-not-launchable': resourceRequirement,
  'service-role-refused': {
    code: 'MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS',
    text: 'Batch service role has a permission issue.',
  },
  'no-valid-environment': {
    code: 'ACTION_REQUIRED',
    text: 'CE(s) associated with the job queue are invalid.',
  },
} as const satisfies { readonly [Kind in HeadReason['kind']]?: BlockedWords };

/** What AWS has for capacity that does not come; it names a type of instance. */
export const insufficientCapacity = {
  code: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
  sentence: (instanceType: string) =>
    `CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for instance type [${instanceType}]`,
} as const;

/** As DescribeJobs and events say it. */
export function sentenceOf({ code, text }: BlockedWords): string {
  return `${code} - ${text}`;
}
