import { isName } from '../names.ts';
import type { BatchQuotas } from '../quotas.ts';
import { demand, refuse } from '../refusals.ts';
import { checkTags } from '../tags.ts';
import { consumablesOf } from './consumables.ts';
import { checkContainer, checkNoNul } from './container-rules.ts';
import { arePods, checkNodeProperties } from './node-rules.ts';
import { checkPod } from './pod-rules.ts';
import type { Platform } from './resources.ts';
import { compileRetryStrategy, compileTimeout } from './retry-strategy.ts';
import type { RegisterJobDefinitionInput } from './schema.ts';
import { checkTask, taskOf } from './task-rules.ts';

const highestSchedulingPriority = 9999;

/** Checks a definition that is to be registered: every rule that does not depend on what is there. Spec 02. */
export function checkDefinition(input: RegisterJobDefinitionInput, quotas: BatchQuotas): void {
  demand(input.jobDefinitionName, 'Job definition name is required.');
  demand(isName(input.jobDefinitionName), 'Job definition name should match a valid pattern.');
  const platform = platformOf(input.platformCapabilities);
  if (input.type === 'multinode') checkNodes(input, platform);
  else checkWhatRuns(input, platform);
  checkNoNul('parameters', Object.values(input.parameters ?? {}));
  checkSchedulingPriority(input.schedulingPriority);
  compileRetryStrategy(input.retryStrategy);
  compileTimeout(input.timeout);
  consumablesOf(input.consumableResourceProperties);
  checkTags(input.tags, quotas.tagsPerResource);
  // The words, of a limit that was lower then: hammerlab/coclobas pull request 104.
  const limit = quotas.jobDefinitionBytes;
  const fits = Buffer.byteLength(JSON.stringify(input)) <= limit;
  demand(fits, `Limits Error: JobDefinitionsize is above the limits ${Math.floor(limit / 1024)} KB`);
}

/** Spec 02 §3, §7. The words of the first: cdk-preflight; of the others none are reported. */
function checkNodes(input: RegisterJobDefinitionInput, platform: Platform): void {
  const { nodeProperties, containerProperties, ecsProperties, eksProperties } = input;
  demand(nodeProperties, 'Node properties of multinode job is required.');
  demand(platform === 'EC2', 'Multi-node parallel jobs are not applicable for Fargate.');
  demand(!containerProperties, 'containerProperties is not applicable for multinode jobs. Use nodeProperties.');
  demand(!ecsProperties, 'ecsProperties is not applicable for multinode jobs. Use nodeProperties.');
  demand(!eksProperties, 'eksProperties is not applicable for multinode jobs. Use nodeProperties.');
  if (arePods(nodeProperties)) refuseForPods(input);
  checkNodeProperties(nodeProperties);
}

function checkWhatRuns(input: RegisterJobDefinitionInput, platform: Platform): void {
  const { containerProperties, ecsProperties, eksProperties, nodeProperties } = input;
  // So AWS says it, whatever else there is (cdk-preflight).
  demand(
    !nodeProperties,
    'ECS ContainerProperties, ecsProperties, or eksProperties is required when using type container.',
  );
  if (eksProperties) {
    refuseBesidePod(input);
    checkPod(eksProperties);
    return;
  }
  if (ecsProperties) {
    demand(!containerProperties, 'Only one of containerProperties and ecsProperties can be specified.');
    checkTask(taskOf(ecsProperties), platform);
    return;
  }
  // The words: hashicorp/terraform issue 25449.
  demand(containerProperties, 'Container properties should not be empty.');
  checkContainer(containerProperties, platform);
}

/** Spec 02 §5.21. The words: cdk-preflight; of platforms none are reported. */
function refuseBesidePod(input: RegisterJobDefinitionInput): void {
  for (const member of ['containerProperties', 'ecsProperties', 'nodeProperties'] as const)
    demand(input[member] === undefined, `Cannot use both ${member} and eksProperties`);
  refuseForPods(input);
}

function refuseForPods(input: RegisterJobDefinitionInput): void {
  demand(!input.propagateTags, 'Batch on EKS does not support tag propagation.');
  const without = (input.platformCapabilities ?? []).length === 0;
  demand(without, 'platformCapabilities is not applicable for Batch on EKS jobs.');
}

/** EC2 unless said otherwise; a definition has one platform. The words: cdk-preflight. */
export function platformOf(capabilities: RegisterJobDefinitionInput['platformCapabilities']): Platform {
  const [capability = 'EC2', ...more] = capabilities ?? [];
  demand(more.length === 0, 'Exactly 1 capability must be provided.');
  if (capability === 'EC2' || capability === 'FARGATE') return capability;
  const known = capability === 'MANAGED_INSTANCES';
  demand(known, `Capability ${capability} is not valid. Valid capabilities: [FARGATE, EC2, MANAGED_INSTANCES]`);
  return refuse('platformCapabilities MANAGED_INSTANCES is not supported by this version of Batchyard.');
}

/** Checks a priority among the jobs of one share; absent: none is asked for. The words: cdk-preflight. */
export function checkSchedulingPriority(priority: number | undefined): void {
  if (priority === undefined) return;
  const fits = priority >= 0 && priority <= highestSchedulingPriority;
  demand(fits, `Scheduling priority must be between 0 and ${highestSchedulingPriority}.`);
}
