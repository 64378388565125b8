import type { GangMember, TaskSpec } from '../../contract.ts';
import type { SharingTask } from '../holder/sharing-task.ts';

/** A node, as much of its task as its network needs. */
export type NodeTask = SharingTask & Pick<TaskSpec, 'jobListener'> & { readonly gang: GangMember };

/** Undefined for a task that is no node of a gang. */
export function nodeOf<Task extends SharingTask & Pick<TaskSpec, 'gang' | 'jobListener'>>(
  record: Task,
): NodeTask | undefined {
  const { gang } = record;
  return gang && { ...record, gang };
}
