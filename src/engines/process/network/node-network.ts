/** Which network the nodes of a gang get: one of their own if the host lets us, always one of their own, or the host's. */
export const gangNetworkChoices = ['auto', 'own', 'host'] as const;
export type GangNetworkChoice = (typeof gangNetworkChoices)[number];

/** What nodes of gangs get on this host. */
export type GangNetworkAbility =
  /** Where one cannot be built after all, `fallback` says whether the host's network will do. */
  | { readonly kind: 'own'; readonly fallback: boolean }
  | { readonly kind: 'host'; readonly why: string }
  | { readonly kind: 'none'; readonly why: string };

/** How the containers of one node see the network. */
export interface NodeNetwork {
  /** By which the other nodes reach it. */
  readonly address: string;
  /**
   * The words before those of a program that is to run in the node's namespaces; none on the host's network. They need the
   * rights of this process, and leave them to the program.
   */
  readonly enter: readonly string[];
  /** Whether `enter` leads into a user namespace, in which this process's user is called 0. */
  readonly asRootInName: boolean;
  /** What /etc/hosts is to hold. */
  readonly hosts: string;
  /** What /etc/resolv.conf is to hold; absent: what the host's does. */
  readonly resolvConf?: string;
  readonly notes: readonly string[];
}

/** A node's place in the network of its gang, until it leaves. */
export interface JoinedNode {
  readonly network: NodeNetwork;
  leave(): void;
}

/** The network of one gang. */
export interface GangNetwork {
  /** Makes a place for the node of that index. Rejects in words. */
  join(index: number): Promise<JoinedNode>;
  /** Frees what it has on the host; its nodes have left. */
  close(): void;
}

/** In words for `describe`, beside the isolation of containers. */
export function gangNetworkWords(ability: GangNetworkAbility): string {
  switch (ability.kind) {
    case 'own':
      return 'nodes of multi-node jobs in networks of their own';
    case 'host':
      return `nodes of multi-node jobs on the host's network, by addresses 127.77.x.y (${ability.why})`;
    case 'none':
      return `no multi-node jobs (${ability.why})`;
    default:
      return ability satisfies never;
  }
}
