import type { Clock } from '../../../core/clock.ts';
import type { InstallationId, TaskId } from '../../../core/ids.ts';
import { pause } from '../../../core/pause.ts';
import { type Subnet, subnetText } from '../../../core/subnet.ts';
import type { GangMember } from '../../contract.ts';
import { JobListenerWays } from '../../job-listener/index.ts';
import { cannotStartContainer } from '../cannot-start.ts';
import { DaemonRefusal } from '../daemon/daemon-errors.ts';
import type { Reach } from '../daemon/reach.ts';
import { dockerLimits } from '../docker-limits.ts';
import type { HolderPlace } from '../holder/holder-body.ts';
import type { TaskHolders } from '../holder/task-holders.ts';
import type { DockerLogger } from '../options.ts';
import { labels, networkName } from '../task/container-names.ts';
import { freeSubnets, nodeAddress, routedSubnets } from './gang-subnets.ts';
import type { NetworkApi } from './network-api.ts';
import { noListener } from './no-listener.ts';
import { entranceRefusal, type NodeEntrance, openEntrance } from './node-entrance.ts';
import type { NodeTask } from './node-task.ts';

/** What networks of gangs are made with. */
export interface NodeNetworksOptions {
  readonly installation: InstallationId;
  readonly holders: TaskHolders;
  readonly networks: NetworkApi;
  readonly reach: Reach;
  readonly clock: Clock;
  readonly logger: DockerLogger;
  /** Addresses that gangs get theirs of. */
  readonly range: Subnet;
  /** A directory for compiled code. */
  readonly codeCache: string;
}

/** A node's place in the network of its gang. */
export interface JoinedNode {
  /** Docker's word for the network of the node's containers. */
  readonly networkMode: string;
  /** By which the other nodes reach it. */
  readonly address: string;
  readonly notes: readonly string[];
}

interface Gang {
  readonly nodes: Set<TaskId>;
  /** What is done to a network is done one after the other. */
  work: Promise<unknown>;
}

/** The user of nobody, by its number everywhere: what carries bytes of jobs needs no right at all. */
const nobody = { uid: 65_534, gid: 65_534 };

/**
 * Networks of gangs at the daemon: each is made for the first node, and removed with the last. A node's place is held by a
 * container that only waits: it has the address before any container of the job's is there, and keeps it for all of them.
 */
export class NodeNetworks {
  readonly #options: NodeNetworksOptions;
  readonly #gangs = new Map<TaskId, Gang>();
  readonly #entrances = new Map<TaskId, NodeEntrance>();
  readonly #ways: JobListenerWays;

  constructor(options: NodeNetworksOptions) {
    this.#options = options;
    const { clock, codeCache, logger } = options;
    this.#ways = new JobListenerWays({ clock, codeCache, onProblem: (words) => logger.warn(words) });
  }

  /**
   * Makes a place for a node, which it has until `leave`. Waits for a daemon that is gone. Rejects with `CannotStart`; `leave`
   * takes away what there is then.
   */
  join(task: NodeTask): Promise<JoinedNode> {
    return this.#inTurn(task, async () => {
      try {
        return await this.#join(task);
      } catch (error) {
        if (error instanceof DaemonRefusal)
          throw cannotStartContainer(`the network of the node could not be made: ${error.message}`);
        throw error;
      }
    });
  }

  /** Goes on with a node of a server before this one: the way to the listener for jobs went with that. */
  resume(task: NodeTask): void {
    const reopened = this.#inTurn(task, async () => {
      const problem = await this.#openWay(task);
      if (problem !== undefined) this.#options.logger.warn(`task ${task.taskId}: ${problem}`);
    });
    reopened.catch((error: unknown) => {
      const words = error instanceof Error ? error.message : String(error);
      this.#options.logger.warn(`task ${task.taskId} has lost the listener for jobs: ${words}`);
    });
  }

  /** The node's containers are gone. Does nothing for one that has no place. Rejects when the daemon is gone. */
  leave(task: NodeTask): Promise<void> {
    const { gang: member, taskId } = task;
    const { holders, networks, installation, logger } = this.#options;
    return this.#inTurn(task, async (gang) => {
      this.#closeWay(taskId);
      gang.nodes.delete(taskId);
      await holders.remove(taskId);
      const name = networkName(installation, member.gang);
      if (gang.nodes.size > 0) return;
      if (!(await networks.remove(name))) logger.warn(`network ${name} stays: a container that is not ours is in it`);
    });
  }

  /** Removes networks of gangs of which no node is known. */
  async sweep(): Promise<void> {
    const { networks, installation, logger } = this.#options;
    for (const { name, labels: own } of await networks.list()) {
      const gang = own[labels.gang] as TaskId | undefined;
      if (own[labels.installation] !== installation || gang === undefined || this.#gangs.has(gang)) continue;
      if (await networks.remove(name)) logger.info(`network ${name} of a job that has ended was left, and is removed`);
    }
  }

  /** Lets go; networks stay as they are, without a way to this server. */
  close(): void {
    for (const taskId of this.#entrances.keys()) this.#closeWay(taskId);
  }

  async #join(task: NodeTask): Promise<JoinedNode> {
    const { holders, reach } = this.#options;
    const { taskId, gang } = task;
    const subnet = await reach.insist(() => this.#ensureNetwork(gang));
    await reach.insist(() => holders.open(task, this.#placeOf(task, subnet)));
    const problem = await this.#openWay(task);
    const reached = `the other nodes (node-0, node-1, ... in /etc/hosts)${task.jobListener && problem === undefined ? ' and this server’s listener for jobs' : ''}`;
    const words = `the node is in a network of its gang’s own at the container daemon: it reaches ${reached}, the rest as the daemon lets it`;
    return {
      networkMode: `container:${holders.nameOf(taskId)}`,
      address: nodeAddress(subnet, gang.index),
      notes: problem === undefined ? [words] : [words, problem],
    };
  }

  async #ensureNetwork({ gang, size }: GangMember): Promise<Subnet> {
    const { installation, networks, range } = this.#options;
    const name = networkName(installation, gang);
    const all = await networks.list();
    const [own] = all.find((each) => each.name === name)?.subnets ?? [];
    if (own) return own;
    const taken = [...routedSubnets(), ...all.flatMap(({ subnets }) => subnets)];
    const labelled = { [labels.installation]: installation, [labels.gang]: gang };
    for (const subnet of freeSubnets(range, size, taken))
      if ((await networks.create(name, subnet, labelled)) === 'created') return subnet;
    throw cannotStartContainer(
      `no addresses are free for a gang of ${size} nodes in ${subnetText(range)} (docker.gangSubnets of the server)`,
    );
  }

  #placeOf({ gang: { gang, size, index } }: NodeTask, subnet: Subnet): HolderPlace {
    return {
      network: networkName(this.#options.installation, gang),
      address: nodeAddress(subnet, index),
      hosts: Array.from({ length: size }, (_, each) => `node-${each}:${nodeAddress(subnet, each)}`),
      labels: { [labels.gang]: gang },
    };
  }

  /** In words why the node does not come to the listener for jobs, where that lies in what this server and daemon are. */
  async #openWay({ taskId, jobListener }: NodeTask): Promise<string | undefined> {
    if (!jobListener) return undefined;
    const entrance = entranceRefusal() ?? (await this.#entranceOf(taskId));
    if (typeof entrance === 'string') return noListener('node', entrance);
    this.#closeWay(taskId);
    this.#entrances.set(taskId, entrance);
    const { enter } = entrance;
    try {
      await this.#ways.open(taskId, { enter, port: jobListener.port, identity: nobody });
    } catch (error) {
      this.#closeWay(taskId);
      const words = error instanceof Error ? error.message : String(error);
      throw cannotStartContainer(`the way to the listener for jobs could not be made: ${words}`);
    }
    return undefined;
  }

  async #entranceOf(taskId: TaskId): Promise<NodeEntrance | string> {
    const { holders, networks, reach, clock } = this.#options;
    const pid = await reach.insist(() => networks.pidOf(holders.nameOf(taskId)));
    if (pid === undefined) return 'the container that holds its network has ended';
    // Podman tells of a process that still is its runtime's, and becomes the container's own in a moment.
    for (let tries = 1; ; tries += 1) {
      const entrance = openEntrance(pid, taskId);
      if (typeof entrance !== 'string' || tries === dockerLimits.entranceTries) return entrance;
      await pause(clock, dockerLimits.entranceLookMs);
    }
  }

  #closeWay(taskId: TaskId): void {
    this.#ways.close(taskId);
    this.#entrances.get(taskId)?.close();
    this.#entrances.delete(taskId);
  }

  /** From the moment that it is called the node counts as one of its gang. */
  #inTurn<Answer>({ taskId, gang: { gang: id } }: NodeTask, work: (gang: Gang) => Promise<Answer>): Promise<Answer> {
    const gang = this.#gangs.get(id) ?? { nodes: new Set(), work: Promise.resolve() };
    this.#gangs.set(id, gang);
    gang.nodes.add(taskId);
    const done = gang.work.then(() => work(gang));
    gang.work = done
      .catch(() => {}) // told to whoever asked for it
      .finally(() => {
        if (gang.nodes.size === 0 && this.#gangs.get(id) === gang) this.#gangs.delete(id);
      });
    return done;
  }
}
