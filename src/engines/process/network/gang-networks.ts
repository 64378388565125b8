import type { TaskId } from '../../../core/ids.ts';
import type { GangMember } from '../../contract.ts';
import { type JobListenerWay, JobListenerWays, type WaysSetting } from '../../job-listener/index.ts';
import { CannotStart, cannotStartContainer, errorWords, isShortage, Shortage } from '../errors.ts';
import type { HostAbilities } from '../host/host-abilities.ts';
import { HostNetwork } from './host-network.ts';
import { networkTools } from './namespaces.ts';
import type { GangNetwork, NodeNetwork } from './node-network.ts';
import { OwnNetwork } from './own-network.ts';

interface Gang {
  readonly network: Promise<GangNetwork>;
  /** What lets a node go, by its task; absent while its place is being made. */
  readonly nodes: Map<TaskId, (() => void) | undefined>;
}

/**
 * The networks of the gangs whose nodes one runner has: each is made for the first of them, and freed when the last has
 * left. All nodes of a gang are in one network, of one kind.
 */
export class GangNetworks {
  readonly #gangs = new Map<TaskId, Gang>();
  readonly #gangOf = new Map<TaskId, TaskId>();
  readonly #ways: JobListenerWays;

  constructor(setting: WaysSetting) {
    this.#ways = new JobListenerWays(setting);
  }

  /**
   * Makes a place for a node, which it has until `leave`; it comes to `listener`, the server's for jobs, as any task does. Rejects with `CannotStart`, or with `Shortage` where the host is
   * short of something; then it has none.
   */
  async join(
    taskId: TaskId,
    member: GangMember,
    host: HostAbilities,
    listener?: Omit<JobListenerWay, 'enter'>,
  ): Promise<NodeNetwork> {
    const gang = this.#gangs.get(member.gang) ?? this.#open(member, host);
    gang.nodes.set(taskId, undefined);
    this.#gangOf.set(taskId, member.gang);
    try {
      const joined = await (await gang.network).join(member.index);
      gang.nodes.set(taskId, joined.leave);
      const { enter } = joined.network;
      // On the host's network it is there.
      if (listener && enter.length > 0) await this.#ways.open(taskId, { ...listener, enter });
      return joined.network;
    } catch (error) {
      this.leave(taskId);
      if (error instanceof CannotStart || error instanceof Shortage) throw error;
      const words = `the network of the node could not be made: ${errorWords(error)}`;
      throw isShortage(error) ? new Shortage(words) : cannotStartContainer(words);
    }
  }

  /** The node's processes have ended. Does nothing for a task that is no node. */
  leave(taskId: TaskId): void {
    const id = this.#gangOf.get(taskId);
    const gang = id && this.#gangs.get(id);
    if (!gang) return;
    this.#ways.close(taskId);
    gang.nodes.get(taskId)?.();
    gang.nodes.delete(taskId);
    this.#gangOf.delete(taskId);
    if (gang.nodes.size > 0) return;
    this.#gangs.delete(id);
    gang.network.then(
      (network) => network.close(),
      () => {}, // there is none; whoever waited for it has been told
    );
  }

  #open({ gang: id, size }: GangMember, host: HostAbilities): Gang {
    const gang: Gang = { network: makeNetwork(size, host), nodes: new Map() };
    this.#gangs.set(id, gang);
    return gang;
  }
}

async function makeNetwork(size: number, { tools, gangNetwork }: HostAbilities): Promise<GangNetwork> {
  switch (gangNetwork.kind) {
    case 'own':
      return makeOwn(size, networkTools(tools), gangNetwork.fallback);
    case 'host':
      return HostNetwork.make(size, gangNetwork.why);
    case 'none':
      throw cannotStartContainer(`no nodes of multi-node jobs can run here: ${gangNetwork.why}`);
    default:
      return gangNetwork satisfies never;
  }
}

async function makeOwn(size: number, tools: ReturnType<typeof networkTools>, fallback: boolean): Promise<GangNetwork> {
  try {
    if (typeof tools === 'string') throw new Error(tools);
    return await OwnNetwork.make(tools, size);
  } catch (error) {
    if (!fallback || isShortage(error)) throw error;
    return HostNetwork.make(size, `one of their own could not be made: ${errorWords(error)}`);
  }
}
