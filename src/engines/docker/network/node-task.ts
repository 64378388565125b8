import type { GangMember, TaskSpec } from '../../contract.ts';

/** A node, as much of its task as its network needs. */
export type NodeTask = Pick<TaskSpec, 'taskId' | 'jobListener'> & { readonly gang: GangMember };
