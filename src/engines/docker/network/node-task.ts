import type { GangMember, TaskSpec } from '../../contract.ts';
import type { SharingTask } from '../holder/sharing-task.ts';

/** A node, as much of its task as its network needs. */
export type NodeTask = SharingTask & Pick<TaskSpec, 'jobListener'> & { readonly gang: GangMember };
