import type { ResourceRequest } from '../../../core/job.ts';
import type { PodContainer, PodSpecification, Quantities } from '../../../core/pod-specification.ts';
import { demand } from '../refusals.ts';
import type { GivenPodResources } from './pod-schema.ts';

const resourceNames = ['cpu', 'memory', 'nvidia.com/gpu'] as const;
type ResourceName = (typeof resourceNames)[number];

const decimal = /^\d{1,9}(\.\d{1,9})?$/;
const whole = /^\d{1,9}$/;
const mebibytes = /^(\d{1,9})Mi$/;
const leastMemoryMiB = 4;
const leastCpu = 0.25;

/** Checks what a container of a pod asks for, complete or not so. Spec 02 §6.3, 04 §11.1. The words: cdk-preflight. */
export function checkQuantities({ limits = {}, requests = {} }: GivenPodResources): void {
  for (const [type, value] of [...Object.entries(limits), ...Object.entries(requests)]) {
    const known = resourceNames.find((name) => name === type);
    demand(known, `${type} is not a supported type for resources.`);
    checkQuantity(known, value);
  }
  const both = (name: ResourceName, holds: (request: number, limit: number) => boolean) => {
    const [request, limit] = [requests[name], limits[name]];
    return request === undefined || limit === undefined || holds(amountOf(name, request), amountOf(name, limit));
  };
  const same = (request: number, limit: number) => request === limit;
  demand(
    both('cpu', (request, limit) => request <= limit),
    'cpu request must be <= to cpu limit if both are provided.',
  );
  demand(both('memory', same), 'memory request must be equal to memory limit if both are provided.');
  demand(both('nvidia.com/gpu', same), 'gpu request must be equal to gpu limit if both are provided.');
}

/** Refuses a container that does not say how much of cpu and memory it needs. The words: cdk-preflight. */
export function demandQuantities(resources: GivenPodResources | undefined): void {
  // AWS speaks of the container where it lacks all resources.
  demand(resources?.limits ?? resources?.requests, 'You must provide a container for eksProperties.');
  const { limits = {}, requests = {} } = resources ?? {};
  const has = (name: ResourceName) => requests[name] !== undefined || limits[name] !== undefined;
  demand(has('cpu') && has('memory'), 'cpu and memory resources must be provided.');
}

/** Whether a size of memory is in the one unit that AWS takes. */
export function isMebibytes(text: string): boolean {
  return mebibytes.test(text);
}

/** What a checked pod asks for: of its containers together, or of the greatest that runs before them if that is more. */
export function podResources({ containers, initContainers = [] }: PodSpecification): ResourceRequest {
  const total = (name: ResourceName) => {
    const together = containers.reduce((sum, container) => sum + requested(container, name), 0);
    return Math.max(together, ...initContainers.map((container) => requested(container, name)));
  };
  return { vcpus: total('cpu'), memoryMiB: total('memory'), gpus: total('nvidia.com/gpu') };
}

/** A limit without a request is the request too. */
function requested({ requests, limits }: PodContainer, name: ResourceName): number {
  const quantity = quantityOf(requests, name) ?? quantityOf(limits, name);
  return quantity === undefined ? 0 : amountOf(name, quantity);
}

function quantityOf(quantities: Quantities | undefined, name: ResourceName): string | undefined {
  return quantities?.[name];
}

function checkQuantity(name: ResourceName, value: string): void {
  if (name === 'memory') {
    demand(isMebibytes(value), `Value ${value} for type memory is not valid.`);
    const amount = amountOf(name, value);
    // Worded as of a container of ECS.
    demand(amount >= leastMemoryMiB, `Memory must be at least ${leastMemoryMiB} Mib, got ${amount} Mib.`);
    return;
  }
  const fits =
    name === 'cpu'
      ? decimal.test(value) && Number(value) >= leastCpu && Number.isInteger(Number(value) / leastCpu)
      : whole.test(value);
  demand(fits, `Value ${value} for type ${name} in resources is not valid. Provide a valid number as input.`);
}

/** vCPUs, MiB or GPUs. */
function amountOf(name: ResourceName, value: string): number {
  return Number(name === 'memory' ? mebibytes.exec(value)?.[1] : value);
}
