import type { ContainerProperties, EksPodPropertiesDetail, JobDetail, NodeRangeProperty } from '@aws-sdk/client-batch';
import { nameOfArn } from '../../core/arn.ts';
import { askedWords } from '../output/asked-words.ts';

/** What the job's containers or nodes ask for together, and what it needs of consumable resources. */
export function askedOf(job: JobDetail): string {
  const { consumableResourceList = [] } = job.consumableResourceProperties ?? {};
  const needed = consumableResourceList.map(
    ({ consumableResource = '', quantity }) => `${quantity} of ${nameOfArn(consumableResource)}`,
  );
  return [askedOfNodes(job), ...needed].join(', ');
}

function askedOfNodes({ container, ecsProperties, eksProperties, nodeProperties }: JobDetail): string {
  if (eksProperties?.podProperties) return askedOfContainers(containersOfPod(eksProperties.podProperties));
  if (!nodeProperties) return askedOfContainers(containersOf({ container, ecsProperties }));
  const ranges = (nodeProperties.nodeRangeProperties ?? []).map(
    (range) => `${range.targetNodes} with ${askedOfContainers(containersOfRange(range))}`,
  );
  const type = instanceTypeOf(nodeProperties.nodeRangeProperties ?? []);
  return `${nodeProperties.numNodes} nodes${type ? ` on ${type}` : ''} (${ranges.join('; ')})`;
}

/** One range may name it for all. */
function instanceTypeOf(ranges: readonly NodeRangeProperty[]): string | undefined {
  return ranges.flatMap(({ container, instanceTypes = [] }) => container?.instanceType || instanceTypes).find(Boolean);
}

function containersOfRange({ eksProperties, ...range }: NodeRangeProperty): readonly Asking[] {
  return eksProperties?.podProperties ? containersOfPod(eksProperties.podProperties) : containersOf(range);
}

type Asking = Pick<ContainerProperties, 'resourceRequirements' | 'vcpus' | 'memory'>;

function containersOf({
  container,
  ecsProperties,
}: {
  readonly container?: Asking | undefined;
  readonly ecsProperties?:
    | { readonly taskProperties?: { readonly containers?: Asking[] | undefined }[] | undefined }
    | undefined;
}): readonly Asking[] {
  return ecsProperties?.taskProperties?.[0]?.containers ?? (container ? [container] : []);
}

/** What a container of a pod requests, else what it is limited to, in the words of ECS. */
function containersOfPod({ containers = [] }: EksPodPropertiesDetail): readonly Asking[] {
  return containers.map(({ resources: { requests, limits } = {} }) => {
    const amount = (name: string) => String(Number.parseFloat(requests?.[name] ?? limits?.[name] ?? '0'));
    return {
      resourceRequirements: [
        { type: 'VCPU', value: amount('cpu') },
        { type: 'MEMORY', value: amount('memory') }, // AWS takes no unit but Mi.
        { type: 'GPU', value: amount('nvidia.com/gpu') },
      ],
    };
  });
}

function askedOfContainers(containers: readonly Asking[]): string {
  const sum = (type: 'VCPU' | 'MEMORY' | 'GPU') => containers.reduce((total, each) => total + askedBy(each, type), 0);
  return askedWords({ vcpus: sum('VCPU'), memoryMiB: sum('MEMORY'), gpus: sum('GPU') });
}

/** Older definitions say it in numbers. */
function askedBy(
  { resourceRequirements = [], vcpus = 0, memory = 0 }: Asking,
  type: 'VCPU' | 'MEMORY' | 'GPU',
): number {
  const listed = resourceRequirements.find((each) => each.type === type)?.value;
  return Number(listed ?? { VCPU: vcpus, MEMORY: memory, GPU: 0 }[type]);
}
