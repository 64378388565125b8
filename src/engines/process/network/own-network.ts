import { hostsOfNodes, ownAddress, ownPrefixLength } from './addresses.ts';
import { type HeldNamespaces, makeNamespaces, type NetworkTools, runIp } from './namespaces.ts';
import type { GangNetwork, JoinedNode } from './node-network.ts';

/** Without a server no name is asked for in vain: glibc would take 127.0.0.1, where nobody listens and which says so at once. */
const noServers = '# no name server is reached from here: nodes are in /etc/hosts\n';

const notes = [
  'the node is in a network of its gang’s own: it reaches the other nodes (node-0, node-1, ... in /etc/hosts) and this server’s listener for jobs, and neither the internet nor anything else of this host',
];

/**
 * A network of a gang's own: a hub, which is a network namespace with a bridge in it, and a namespace for each node, joined
 * to the bridge by a pair of interfaces. Nothing of it is in the host's own namespace, so nothing there can clash with it,
 * and two gangs have the same addresses. A server that is not root owns all of it by a user namespace.
 */
export class OwnNetwork implements GangNetwork {
  readonly #tools: NetworkTools;
  readonly #size: number;
  readonly #hub: HeldNamespaces;
  #made = 0;

  private constructor(tools: NetworkTools, size: number, hub: HeldNamespaces) {
    this.#tools = tools;
    this.#size = size;
    this.#hub = hub;
  }

  /** Makes the hub for a gang of `size` nodes. Rejects in words. */
  static async make(tools: NetworkTools, size: number): Promise<OwnNetwork> {
    const commands = ['link set lo up', 'link add hub type bridge', 'link set hub up'];
    const hub = await makeNamespaces({ tools, within: [], withUser: isOrdinary(), commands });
    return new OwnNetwork(tools, size, hub);
  }

  async join(index: number): Promise<JoinedNode> {
    const hub = this.#hub.enter(this.#tools);
    // One that has just left may still be there for the kernel to clear away.
    const port = `n${this.#made}`;
    this.#made += 1;
    const plug = (pid: number) =>
      runIp(this.#tools, hub, [
        `link add ${port} type veth peer name eth0 netns ${pid}`,
        `link set ${port} master hub`,
        `link set ${port} up`,
      ]);
    const node = await makeNamespaces({
      tools: this.#tools,
      // A namespace belongs to the user namespace that it is made in; root's to the host's.
      within: isOrdinary() ? hub : [],
      withUser: false,
      before: plug,
      commands: ['link set lo up', `addr add ${ownAddress(index)}/${ownPrefixLength} dev eth0`, 'link set eth0 up'],
    });
    return { network: this.#networkOf(index, node), leave: () => node.close() };
  }

  close(): void {
    this.#hub.close();
  }

  #networkOf(index: number, node: HeldNamespaces): JoinedNode['network'] {
    return {
      address: ownAddress(index),
      enter: node.enter(this.#tools, this.#hub),
      asRootInName: isOrdinary(),
      hosts: hostsOfNodes(this.#size, index, ownAddress),
      resolvConf: noServers,
      notes,
    };
  }
}

function isOrdinary(): boolean {
  return process.getuid?.() !== 0;
}
