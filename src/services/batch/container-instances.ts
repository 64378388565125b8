import type {
  Deregistration,
  InstanceRegistry,
  MachineToRegister,
  Registration,
} from '../../core/instance-registry.ts';
import type { ResourceRequest } from '../../core/job.ts';
import type { ClusterView } from '../../core/task-view.ts';
import type { Ledger } from '../../store/index.ts';
import type { BatchQuotas } from './quotas.ts';
import { type ComputeEnvironmentRecord, computeEnvironmentRecords } from './records.ts';
import { instanceView, poolFor, type ViewedYard } from './task-views.ts';
import { containerInstanceArn, type PlacedInstance } from './yard/index.ts';

export interface InstanceRegistryOptions {
  readonly ledger: Ledger;
  readonly yard: Pick<ViewedYard, 'instances' | 'poolsOf'>;
  readonly quotas: Pick<BatchQuotas, 'instancesPerCluster'>;
}

/** Instances of UNMANAGED environments: somebody gives them, and takes them back. */
export function createInstanceRegistry(options: InstanceRegistryOptions): InstanceRegistry {
  const environmentOf = (cluster: ClusterView) =>
    options.ledger.list(computeEnvironmentRecords, cluster).find(({ ecsClusterArn }) => ecsClusterArn === cluster.arn);
  return {
    register: (cluster, machine) => {
      const environment = environmentOf(cluster);
      if (!environment || environment.status === 'DELETING') return { kind: 'inactive' };
      return environment.kind === 'UNMANAGED' ? register(options, environment, machine) : { kind: 'managed' };
    },
    deregister: (cluster, instanceArn, force) => {
      const environment = environmentOf(cluster);
      if (!environment) return { kind: 'unknown' };
      return environment.kind === 'UNMANAGED'
        ? deregister(options, environment, instanceArn, force)
        : { kind: 'managed' };
    },
  };
}

function register(
  { yard, quotas: { instancesPerCluster: most } }: InstanceRegistryOptions,
  environment: ComputeEnvironmentRecord,
  { capacity: given, tags, by }: MachineToRegister,
): Registration {
  if (Iterator.from(yard.instances.of(environment)).take(most).toArray().length === most)
    return { kind: 'too-many', most };
  const capacity = capacityOf(given, poolFor(environment, yard)?.capacity);
  if (!isWhole(capacity)) return { kind: 'size-unknown' };
  const record = yard.instances.register(environment, { capacity, tags, by });
  return { kind: 'registered', instance: instanceView(environment, record) };
}

/** Of one of which nothing is said the whole machine; of a slice with a size of its own the GPUs that are said, since others may have them. */
function capacityOf(given: Partial<ResourceRequest>, machine: ResourceRequest | undefined): Partial<ResourceRequest> {
  const isSlice = given.vcpus !== undefined || given.memoryMiB !== undefined;
  return { ...machine, ...(isSlice && { gpus: 0 }), ...given };
}

function isWhole(capacity: Partial<ResourceRequest>): capacity is ResourceRequest {
  return capacity.vcpus !== undefined && capacity.memoryMiB !== undefined && capacity.gpus !== undefined;
}

function deregister(
  { yard: { instances } }: InstanceRegistryOptions,
  environment: ComputeEnvironmentRecord,
  instanceArn: string,
  force: boolean,
): Deregistration {
  const isMeant = ({ record }: PlacedInstance) => containerInstanceArn(environment, record.id) === instanceArn;
  const found = Iterator.from(instances.of(environment)).find(isMeant);
  if (!found) return { kind: 'unknown' };
  const { record, instance } = found;
  if (instance.jobs > 0 && !force) return { kind: 'busy' };
  instances.close(environment, record.id, instance.jobs > 0 ? 'interruption' : 'drain');
  return { kind: 'deregistered', instance: instanceView(environment, record) };
}
