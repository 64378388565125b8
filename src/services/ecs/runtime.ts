import type { InstanceRegistry } from '../../core/instance-registry.ts';
import type { TaskViews } from '../../core/task-view.ts';

/** What the operations of ECS work with. */
export interface EcsRuntime {
  readonly views: TaskViews;
  readonly registry: InstanceRegistry;
}
