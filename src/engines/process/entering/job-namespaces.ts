import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { isAlive, type ProcessIdentity } from '../host/proc.ts';

/** Names in /proc/<pid>/ns, each with the option of nsenter. */
const options = {
  mnt: '--mount',
  pid: '--pid',
  ipc: '--ipc',
  uts: '--uts',
  net: '--net',
  user: '--user',
} as const;

type Kind = keyof typeof options;

/** The namespaces of a job's first process that are not this process's, held open: whatever takes its pid meanwhile, they are the job's. */
export class JobNamespaces {
  readonly #held = new Map<Kind, number>();

  /** Takes hold of them; undefined if that process has ended. */
  static of(first: ProcessIdentity): JobNamespaces | undefined {
    const namespaces = new JobNamespaces();
    try {
      namespaces.#hold(first.pid);
      // Afterwards: until now nobody else had the pid.
      if (isAlive(first)) return namespaces;
    } catch {
      // It ended while it was looked at.
    }
    namespaces.close();
    return undefined;
  }

  /** Whether they are seen by another user namespace than this process's. */
  get haveUser(): boolean {
    return this.#held.has('user');
  }

  /** The option by which nsenter finds that of processes, if it is not this process's own. */
  pidOption(): readonly string[] {
    return this.#options((kind) => kind === 'pid');
  }

  /** Those by which it finds the others. */
  otherOptions(): readonly string[] {
    return this.#options((kind) => kind !== 'pid');
  }

  /** All of them, each with its kind: where another program of the same user finds it. */
  files(): readonly string[] {
    return [...this.#held].map(([kind, descriptor]) => `${kind}=${pathOf(descriptor)}`);
  }

  #options(isAsked: (kind: Kind) => boolean): readonly string[] {
    const asked = [...this.#held].filter(([kind]) => isAsked(kind));
    return asked.map(([kind, descriptor]) => `${options[kind]}=${pathOf(descriptor)}`);
  }

  close(): void {
    for (const descriptor of this.#held.values()) closeSync(descriptor);
    this.#held.clear();
  }

  #hold(pid: number): void {
    for (const kind of ['mnt', 'pid', 'ipc', 'uts', 'net', 'user'] as const) {
      const descriptor = openSync(`/proc/${pid}/ns/${kind}`, 'r');
      this.#held.set(kind, descriptor);
      if (fstatSync(descriptor).ino !== statSync(`/proc/self/ns/${kind}`).ino) continue;
      closeSync(descriptor);
      this.#held.delete(kind);
    }
  }
}

function pathOf(descriptor: number): string {
  return `/proc/${process.pid}/fd/${descriptor}`;
}
