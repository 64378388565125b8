import { closeSync, openSync } from 'node:fs';
import type { HostTools, Identity, SandboxKind } from '../host/host-abilities.ts';
import { dropForGood } from '../host/host-probe.ts';
import { HostProgram } from '../host/host-program.ts';
import { childrenOf, isAlive, type ProcessIdentity, sendSignal, startTimeOf } from '../host/proc.ts';
import { ownPath } from '../plan/scripts.ts';
import type { Entry } from './ipc-namespace.ts';
import { idsOf, type TaskProcesses } from './shared-view.ts';

/** What a pid namespace is made of. */
export interface PidRequest {
  readonly tools: HostTools;
  readonly sandbox: Exclude<SandboxKind, 'none'>;
  /** Whose the processes of the task are. */
  readonly identity: Identity;
  /** Whom its containers say that is, each once. */
  readonly users: readonly Identity[];
  /** Where the task has its IPC and its network. */
  readonly within: Entry;
}

/**
 * A pid namespace with a first process of ours in it, which does nothing but to take in orphans until this process ends or
 * lets go: then the kernel ends all that is in the namespace. No job can end it: the kernel keeps signals of its own namespace
 * from it. Nor can a job get into it, though it may have the same user: it has a capability that no job has, or is in a user
 * namespace above theirs.
 */
export class PidNamespace {
  readonly processes: TaskProcesses;
  /** The first process. */
  readonly holder: ProcessIdentity;
  readonly #program: HostProgram;
  #descriptors: readonly number[];

  private constructor(program: HostProgram, holder: ProcessIdentity, processes: TaskProcesses) {
    this.#program = program;
    this.holder = holder;
    this.processes = processes;
    const { pid, user, usersOfJobs = new Map<string, number>() } = processes;
    this.#descriptors = [pid, ...(user === undefined ? [] : [user]), ...usersOfJobs.values()];
  }

  /** Rejects with what went wrong, in words. */
  static async make(request: PidRequest): Promise<PidNamespace> {
    const program = new HostProgram(wordsOf(request));
    const descriptors: number[] = [];
    const open = (pid: number, kind: 'pid' | 'user') => {
      const descriptor = openSync(`/proc/${pid}/ns/${kind}`, 'r');
      descriptors.push(descriptor);
      return descriptor;
    };
    try {
      const holder = onlyChild(await program.firstWord());
      const identity = { pid: holder, startTime: startTimeOf(holder) ?? 0 };
      const processes = {
        pid: open(holder, 'pid'),
        ...(hasUser(request) ? { user: open(holder, 'user') } : {}),
      };
      if (request.sandbox !== 'bubblewrap') {
        program.tell('go\n');
        return new PidNamespace(program, identity, processes);
      }
      const usersOfJobs = new Map<string, number>();
      for (const [index, user] of request.users.entries()) {
        if (index > 0) await program.firstWord();
        usersOfJobs.set(idsOf(user), open(onlyChild(holder), 'user'));
        program.tell('go\n');
      }
      return new PidNamespace(program, identity, { ...processes, usersOfJobs });
    } catch (error) {
      program.kill();
      for (const descriptor of descriptors) closeSync(descriptor);
      throw error;
    }
  }

  /** Ends all that is in it; resolves when that is dead. */
  async close(): Promise<void> {
    for (const descriptor of this.#descriptors) closeSync(descriptor);
    this.#descriptors = [];
    const ended = this.#program.end('').catch(() => {}); // it was killed, as it was to be
    // Who was ended by another hand may have left its pid to somebody else.
    if (isAlive(this.holder)) sendSignal(this.holder.pid, 'SIGKILL');
    await ended;
  }
}

/** An ordinary user's is his by a user namespace; so is that of bubblewrap, which is no other where root starts it. */
function hasUser({ sandbox }: PidRequest): boolean {
  return sandbox === 'bubblewrap' || process.getuid?.() !== 0;
}

function wordsOf(request: PidRequest): string[] {
  const { tools, within, identity, sandbox } = request;
  const { sh, unshare = 'unshare', setpriv = 'setpriv' } = tools;
  const becomesUser = sandbox === 'bubblewrap' && process.getuid?.() === 0;
  const user = becomesUser ? dropForGood(setpriv, identity) : [];
  const flags = [...(hasUser(request) ? ['--user', '--map-root-user'] : []), '--pid', '--fork', '--kill-child'];
  return [...within.enter, ...user, unshare, ...flags, '--', sh, '-c', holderScript(request)];
}

/**
 * It ignores the end of its children, so that the kernel clears them away at once; an `env` that cannot say so leaves them
 * there until the task has ended. The one capability is of no use to anybody, and keeps out a tracer who has none.
 */
function holderScript({ tools: { unshare = 'unshare', setpriv = 'setpriv', sh }, sandbox, users }: PidRequest): string {
  const wait = 'echo made; read -r go';
  const inNamespaces = users.map(
    ({ uid, gid }) => `${unshare} --user --map-user=${uid} --map-group=${gid} -- ${sh} -c '${wait}' || exit`,
  );
  return [
    `${ownPath}; export PATH`,
    ...(sandbox === 'bubblewrap' ? inNamespaces : [`{ ${wait}; } || exit`]),
    'env --ignore-signal=CHLD true 2>/dev/null && quiet="env --ignore-signal=CHLD"',
    `exec $quiet ${setpriv} --no-new-privs --inh-caps=-all --ambient-caps=-all --bounding-set=-all,+wake_alarm -- cat >/dev/null`,
  ].join('\n');
}

function onlyChild(pid: number): number {
  const [child] = childrenOf(pid);
  if (child === undefined) throw new Error('the first process of a pid namespace has ended');
  return child;
}
