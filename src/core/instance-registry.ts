import type { ResourceRequest } from './job.ts';
import type { ClusterView, InstanceView } from './task-view.ts';

/** A slice of the machine that somebody gives to a cluster. */
export interface MachineToRegister {
  /** What is not said is what the machine has, but for GPUs: where vCPUs or memory are said, none. */
  readonly capacity: Partial<ResourceRequest>;
  readonly tags: Readonly<Record<string, string>>;
  /** Who registers it, by ARN. */
  readonly by: string;
}

export type Registration =
  | { readonly kind: 'registered'; readonly instance: InstanceView }
  /** Its environment launches what it needs. */
  | { readonly kind: 'managed' }
  /** Its environment is being deleted. */
  | { readonly kind: 'inactive' }
  /** Nobody has said yet what the machine has. */
  | { readonly kind: 'size-unknown' }
  | { readonly kind: 'too-many'; readonly most: number };

export type Deregistration =
  | { readonly kind: 'deregistered'; readonly instance: InstanceView }
  | { readonly kind: 'managed' }
  | { readonly kind: 'unknown' }
  /** Tasks run on it. */
  | { readonly kind: 'busy' };

/** The container instances that somebody gives to clusters whose environments launch none. */
export interface InstanceRegistry {
  register(cluster: ClusterView, machine: MachineToRegister): Registration;
  /** By the ARN of the instance. With `force` the tasks that run on it are lost. */
  deregister(cluster: ClusterView, instanceArn: string, force: boolean): Deregistration;
}
