import type { GangMember } from '../../../engines/index.ts';

/** The main node of the gang that a task is of. */
export interface MainNode {
  readonly index: number;
  /** Absent while nobody has said it, and where nodes have none of their own. */
  readonly address?: string;
}

/** What every node is told of its job: spec 01 §8. The main node's address is for the others alone. */
export function nodeVariables(gang: GangMember | undefined, main: MainNode | undefined): Record<string, string> {
  if (!gang || !main) return {};
  const isOther = gang.index !== main.index && main.address !== undefined;
  return {
    AWS_BATCH_JOB_MAIN_NODE_INDEX: String(main.index),
    ...(isOther && { AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS: main.address }),
    AWS_BATCH_JOB_NODE_INDEX: String(gang.index),
    AWS_BATCH_JOB_NUM_NODES: String(gang.size),
  };
}
