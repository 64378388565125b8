import type { Clock } from '../../core/clock.ts';
import type { TaskId } from '../../core/ids.ts';
import { ForwarderProcess } from './forwarder-process.ts';
import type { JobUser } from './forwarder-words.ts';
import { jobListenerLimits } from './job-listener-limits.ts';
import { openSocket } from './socket-in-network.ts';

/** How a node comes to the listener for jobs. */
export interface JobListenerWay {
  /** The words before those of a program that is to run in its network. */
  readonly enter: readonly string[];
  /** Of 127.0.0.1, there as here. */
  readonly port: number;
  /** The user of jobs. */
  readonly identity: JobUser;
}

/** What the ways use of the process that they are in. */
export interface WaysSetting {
  readonly clock: Clock;
  /** A directory of compiled code. */
  readonly codeCache: string;
  /** For the log: what nobody else would hear of. */
  readonly onProblem: (words: string) => void;
}

/**
 * Has 127.0.0.1:PORT lead from networks of nodes to the same port of this host, where the server listens for jobs: what a job
 * is told of it is right in every network. One forwarder does so for all nodes of a process; there is none where no node is.
 */
export class JobListenerWays {
  readonly #setting: WaysSetting;
  readonly #ways = new Map<TaskId, JobListenerWay>();
  #forwarder: ForwarderProcess | undefined;

  constructor(setting: WaysSetting) {
    this.#setting = setting;
  }

  /**
   * Opens the way of a node, which it has until `close`. Rejects in words, with `Shortage` where it may be tried again; then
   * it has none.
   */
  async open(taskId: TaskId, way: JobListenerWay): Promise<void> {
    this.#ways.set(taskId, way);
    try {
      await this.#serve(taskId, way);
    } catch (error) {
      this.close(taskId);
      throw error;
    }
  }

  /** Does nothing for a task that has none. */
  close(taskId: TaskId): void {
    if (!this.#ways.delete(taskId)) return;
    if (this.#ways.size > 0) {
      this.#forwarder?.endNode(taskId);
      return;
    }
    this.#forwarder?.end();
    this.#forwarder = undefined;
  }

  async #serve(taskId: TaskId, way: JobListenerWay): Promise<void> {
    // Both take their time to start.
    const forwarder = this.#running(way.identity);
    const socket = await openSocket(way);
    try {
      await forwarder.serve(taskId, socket, way.port);
    } finally {
      socket.close();
    }
  }

  #running(identity: JobUser): ForwarderProcess {
    if (this.#forwarder) return this.#forwarder;
    const options = { connections: jobListenerLimits.connections, identity };
    const forwarder: ForwarderProcess = new ForwarderProcess(options, this.#setting.codeCache, () => {
      if (this.#forwarder === forwarder) this.#onLost();
    });
    this.#forwarder = forwarder;
    return forwarder;
  }

  /** Nobody ended it: the nodes that go on get another. */
  #onLost(): void {
    const { clock, onProblem } = this.#setting;
    onProblem('the forwarder to the listener for jobs has ended; another one is started');
    this.#forwarder = undefined;
    const lost = [...this.#ways];
    clock.after(jobListenerLimits.forwarderPauseMs, () => {
      for (const [taskId, way] of lost) if (this.#ways.get(taskId) === way) this.#serveAgain(taskId, way);
    });
  }

  #serveAgain(taskId: TaskId, way: JobListenerWay): void {
    this.#serve(taskId, way).catch((error: unknown) => {
      // A node that has left has no network to open anything in.
      if (this.#ways.get(taskId) !== way) return;
      this.#setting.onProblem(
        `task ${taskId} has lost the listener for jobs: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
  }
}
