import { isInContainer, isKept } from './in-container.ts';

/** The first process of a container, by the number that its daemon tells. */
interface FirstProcess {
  readonly pid: number;
  readonly containerId: string;
}

/**
 * What this machine shows of the first processes of a daemon's containers. The kernel gives their numbers to others when they have
 * ended, and the daemon may count in another namespace: only a daemon of which one process was found in its container counts as we do.
 */
export class ContainerProcesses {
  #countAsWeDo = false;

  runs({ pid, containerId }: FirstProcess): boolean {
    const runs = pid > 0 && isInContainer(pid, containerId);
    this.#countAsWeDo ||= runs;
    return runs;
  }

  /**
   * Whether it has ended, and nothing is beside it that could tell the daemon: it will take the container for running for ever.
   * Undefined where the machine does not show it.
   */
  isForgotten(process: FirstProcess): boolean | undefined {
    if (this.runs(process)) return false;
    return this.#countAsWeDo ? !isKept(process.containerId) : undefined;
  }
}
