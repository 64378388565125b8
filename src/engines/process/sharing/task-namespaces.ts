import type { TaskSpec } from '../../contract.ts';
import { CannotStart, cannotStartContainer, errorWords, isShortage, Shortage } from '../errors.ts';
import type { Identity } from '../host/host-abilities.ts';
import type { ProcessIdentity } from '../host/proc.ts';
import type { NodeNetwork } from '../network/node-network.ts';
import { identityOf } from '../plan/container-plan.ts';
import { resolveImage } from '../plan/images.ts';
import { findInsideUser } from '../plan/users.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';
import { type Entry, IpcNamespace } from './ipc-namespace.ts';
import { PidNamespace } from './pid-namespace.ts';
import { idsOf, type SharedView } from './shared-view.ts';

/** The namespaces that the containers of one task have in common, from before its plan to after its end. */
export class TaskNamespaces {
  readonly view: SharedView;
  readonly #ipc: IpcNamespace | undefined;
  readonly #pid: PidNamespace | undefined;
  #closed: Promise<void> | undefined;

  private constructor(view: SharedView, ipc: IpcNamespace | undefined, pid: PidNamespace | undefined) {
    this.view = view;
    this.#ipc = ipc;
    this.#pid = pid;
  }

  /**
   * Makes those that the task asks for; without a sandbox all is the host's. Rejects with `CannotStart`, or with `Shortage` where
   * the host is short of something; then it has none.
   */
  static async make(spec: TaskSpec, config: RunnerConfig, network?: NodeNetwork): Promise<TaskNamespaces> {
    const { sandbox, tools } = config.host;
    const within: Entry = { enter: network?.enter ?? [], asRootInName: network?.asRootInName ?? false };
    const { ipc = 'own', pid = 'own' } = sandbox === 'none' ? {} : spec;
    let made: IpcNamespace | undefined;
    try {
      made = ipc === 'task' ? await IpcNamespace.make(tools, within) : undefined;
      const entry = made?.entry ?? within;
      if (pid !== 'task' || sandbox === 'none')
        return new TaskNamespaces({ ...entry, ipc, pid: pid === 'host' ? pid : 'own' }, made, undefined);
      const identity = sharedIdentity(spec, config);
      const request = { tools, sandbox, within: entry, identity, users: usersOf(spec, config) };
      const processes = await PidNamespace.make(request);
      return new TaskNamespaces({ ...entry, ipc, pid: processes.processes }, made, processes);
    } catch (error) {
      made?.close();
      if (error instanceof CannotStart) throw error;
      const words = `what its containers share could not be made: ${errorWords(error)}`;
      throw isShortage(error) ? new Shortage(words) : cannotStartContainer(words);
    }
  }

  /** The process that all others of the task end with, if there is one. */
  get holder(): ProcessIdentity | undefined {
    return this.#pid?.holder;
  }

  /** Ends all processes that are left in them; resolves when they are dead. Once. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#ipc?.close();
    await this.#pid?.close();
  }
}

/** How many descriptors the runner keeps for them, as containers do: none, or no more than two of those, of which there may be ten users. */
export function sharesAnything({ ipc, pid }: TaskSpec): boolean {
  return ipc === 'task' || pid === 'task';
}

/** Whom each container says that it runs as, each once: of an image that is who its files say. */
function usersOf({ containers }: TaskSpec, config: RunnerConfig): Identity[] {
  const all = containers.map((container) => {
    const { kind, directory, config: said } = resolveImage(container, config);
    return kind === 'image' ? findInsideUser(container.user ?? said.user, directory) : identityOf(container, config);
  });
  return [...new Map(all.map(({ uid, gid }) => [idsOf({ uid, gid }), { uid, gid }])).values()];
}

/** In bubblewrap the namespace of users that owns the pid namespace knows one user. */
function sharedIdentity(spec: TaskSpec, config: RunnerConfig): Identity {
  const [first = config.identity, ...others] = spec.containers.map((container) => identityOf(container, config));
  const isOther = others.some(({ uid, gid }) => uid !== first.uid || gid !== first.gid);
  if (isOther && config.host.sandbox === 'bubblewrap')
    throw cannotStartContainer('containers of different users cannot share their processes in this sandbox (pidMode)');
  return first;
}
