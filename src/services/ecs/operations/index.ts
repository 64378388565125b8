import type { EcsRuntime } from '../runtime.ts';
import { describeClusters, listClusters } from './clusters.ts';
import { describeContainerInstances, listContainerInstances } from './container-instances.ts';
import { deregisterContainerInstance, registerContainerInstance } from './registrations.ts';
import { describeTasks, listTasks } from './tasks.ts';

/** All operations that are built. */
export const ecsOperations = (runtime: EcsRuntime) => ({
  DeregisterContainerInstance: deregisterContainerInstance(runtime),
  DescribeClusters: describeClusters(runtime),
  DescribeContainerInstances: describeContainerInstances(runtime),
  DescribeTasks: describeTasks(runtime),
  ListClusters: listClusters(runtime),
  ListContainerInstances: listContainerInstances(runtime),
  ListTasks: listTasks(runtime),
  RegisterContainerInstance: registerContainerInstance(runtime),
});
