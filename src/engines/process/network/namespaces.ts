import { closeSync, openSync } from 'node:fs';
import type { Milliseconds } from '../../../core/ids.ts';
import type { HostTools } from '../host/host-abilities.ts';
import { HostProgram } from '../host/host-program.ts';
import { processLimits } from '../limits.ts';

/** The programs that networks are made with, and how long one of them may take. */
export interface NetworkTools extends Readonly<Record<'ip' | 'nsenter' | 'unshare' | 'sh', string>> {
  readonly deadline: Milliseconds;
}

/** Those of this host; a text says which one it lacks. */
export function networkTools({ ip, nsenter, unshare, sh }: HostTools): NetworkTools | string {
  if (ip === undefined) return 'ip (iproute2) is not installed';
  if (nsenter === undefined || unshare === undefined) return 'nsenter and unshare (util-linux) are not installed';
  return { ip, nsenter, unshare, sh, deadline: processLimits.networkProgramMs };
}

/**
 * Namespaces that this process holds open. They need no process in them, and go with the last of this one and of those
 * that are in them: nothing of them outlives a runner that is killed.
 */
export class HeldNamespaces {
  readonly #net: number;
  readonly #user: number | undefined;
  #isOpen = true;

  /** Takes hold of those of a child; of its user namespace if `withUser`. */
  constructor(pid: number, withUser: boolean) {
    this.#net = openSync(`/proc/${pid}/ns/net`, 'r');
    try {
      this.#user = withUser ? openSync(`/proc/${pid}/ns/user`, 'r') : undefined;
    } catch (error) {
      closeSync(this.#net);
      throw error;
    }
  }

  /**
   * The words before those of a program that is to run in them. `user` are those whose user namespace owns these, if they
   * have none of their own. By our descriptors and not by a pid, which another process may have by then.
   */
  enter(tools: NetworkTools, user: HeldNamespaces = this): readonly string[] {
    const held = (descriptor: number) => `/proc/${process.pid}/fd/${descriptor}`;
    const owner = user.#user === undefined ? [] : [`--user=${held(user.#user)}`, '--preserve-credentials'];
    return [tools.nsenter, ...owner, `--net=${held(this.#net)}`, '--'];
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#net);
    if (this.#user !== undefined) closeSync(this.#user);
  }
}

/** What namespaces are made of. */
export interface NamespaceRequest {
  readonly tools: NetworkTools;
  /** Namespaces to make it from; its user namespace owns the new one. */
  readonly within: readonly string[];
  /** Whether it gets a user namespace, in which this process's user is root. */
  readonly withUser: boolean;
  /** What `ip -batch` does in it at last. */
  readonly commands: readonly string[];
  /** What is to be done from outside before that. */
  readonly before?: (pid: number) => Promise<void>;
}

/**
 * Makes a network namespace and sets it up. The program that makes it waits in it for our word, and leaves without it: it
 * outlives neither this process nor its deadline. Rejects with what went wrong, in words.
 */
export async function makeNamespaces(request: NamespaceRequest): Promise<HeldNamespaces> {
  const { tools, within, withUser, commands, before } = request;
  const flags = withUser ? ['--user', '--map-root-user', '--net'] : ['--net'];
  const wait = 'echo made; read -r go || exit 1; exec "$@"';
  const program = [tools.sh, '-c', wait, 'batchyard-network', tools.ip, '-batch', '-'];
  const made = new HostProgram([...within, tools.unshare, ...flags, '--', ...program], tools.deadline);
  const pid = await made.firstWord();
  let held: HeldNamespaces | undefined;
  try {
    held = new HeldNamespaces(pid, withUser);
    await before?.(pid);
    await made.end(`go\n${batch(commands)}`);
    return held;
  } catch (error) {
    made.kill();
    held?.close();
    throw error;
  }
}

/** Runs `ip -batch` in namespaces. Rejects with what went wrong, in words. */
export async function runIp(tools: NetworkTools, enter: readonly string[], commands: readonly string[]): Promise<void> {
  await new HostProgram([...enter, tools.ip, '-batch', '-'], tools.deadline).end(batch(commands));
}

/** Runs a program to its end. Rejects with what went wrong, in words. */
export async function runProgram(words: readonly string[], { deadline }: NetworkTools): Promise<void> {
  await new HostProgram(words, deadline).end('');
}

function batch(commands: readonly string[]): string {
  return commands.map((command) => `${command}\n`).join('');
}
