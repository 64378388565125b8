import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chmodSync, constants, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Which network the daemons of a world and their containers are in: one that nobody else is in, or this process's. */
export type WorldNetwork = 'own' | 'host';

/** What the guard of a world is told. */
export interface GuardArguments {
  readonly directory: string;
  readonly network: WorldNetwork;
}

const guard = fileURLToPath(new URL('./container-world-guard.fixture.ts', import.meta.url));

/**
 * A place for daemons of containers, which never meet those that the machine has: mounts, /run and, by default, the network
 * with its bridges and firewall are the world's own and go with it. A guard, a process beside the test, ends all that runs in
 * it and clears it away when it is closed, and when the test's process dies, by whatever. For root alone.
 */
export class ContainerWorld {
  /** Everything of the world is below it. Short, as Unix sockets want it. */
  readonly directory: string;
  readonly network: WorldNetwork;
  readonly #guard: ChildProcess;

  private constructor(directory: string, network: WorldNetwork, guardProcess: ChildProcess) {
    this.directory = directory;
    this.network = network;
    this.#guard = guardProcess;
  }

  /** @default an own network */
  static async open(network: WorldNetwork = 'own'): Promise<ContainerWorld> {
    const directory = mkdtempSync(join(tmpdir(), 'w-'));
    // What tests put there for containers of another user is theirs to see.
    chmodSync(directory, 0o711);
    const own = network === 'own' ? ['--net'] : [];
    const told: GuardArguments = { directory, network };
    const words = ['--mount', '--propagation', 'slave', ...own, '--', process.execPath, guard, JSON.stringify(told)];
    const child = spawn('unshare', words, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    const ended = once(child, 'exit').then(() => {
      throw new Error('the guard of the world of containers has ended');
    });
    await Promise.race([once(child.stdout, 'data'), ended]);
    ended.catch(() => {}); // as it should, at the end
    return new ContainerWorld(directory, network, child);
  }

  /** The words before those of a program that is to run in it. */
  get enter(): readonly string[] {
    const network = this.network === 'own' ? ['--net'] : [];
    return ['nsenter', `--target=${this.#guard.pid}`, '--mount', ...network, '--'];
  }

  /** Starts a program in it, which must have the world's directory on its command line: by that it is ended. */
  spawn(words: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
    const [file = '', ...rest] = [...this.enter, ...words];
    return spawn(file, rest, {
      env: { PATH: path().join(delimiter), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: '/',
    });
  }

  /** Ends all that runs in it; nothing of it is left then. */
  async close(): Promise<void> {
    if (this.#guard.exitCode !== null || this.#guard.signalCode !== null) return;
    const ended = once(this.#guard, 'exit');
    this.#guard.stdin?.end();
    const [code] = await ended;
    if (code !== 0) throw new Error('the world of containers could not be cleared away');
  }
}

/** Programs that a world's daemon needs, by the package of Debian that has them. */
export type NeededPrograms = Readonly<Record<string, string>>;

/** For `test`: why worlds with these programs cannot be here. */
export function worldSkip(programs: NeededPrograms): { readonly skip?: string } {
  if (process.getuid?.() !== 0) return { skip: 'needs root' };
  return programSkip({ unshare: 'util-linux', ip: 'iproute2', ...programs });
}

/** For `test`: which of the programs is not installed. */
export function programSkip(programs: NeededPrograms): { readonly skip?: string } {
  const missing = Object.entries(programs).find(([program]) => !isInstalled(program));
  return missing ? { skip: `needs ${missing[0]} (${missing[1]})` } : {};
}

/** Resolves with the text that matches in what a program writes. Rejects with the last that it wrote when it ends before. */
export async function written(child: ChildProcess, pattern: RegExp): Promise<string> {
  let said = '';
  const found = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000);
      const match = pattern.exec(said);
      if (match) found.resolve(match[1] ?? match[0]);
    });
  }
  child.once('error', found.reject);
  child.once('close', () => found.reject(new Error(`${child.spawnfile} has ended:\n${said}`)));
  return found.promise;
}

function isInstalled(program: string): boolean {
  return path().some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** With the directories of daemons, which an ordinary shell leaves out. */
function path(): readonly string[] {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
}
