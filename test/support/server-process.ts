import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { type RootCredentials, readRootCredentials } from '../../src/main/root-credentials.ts';
import { jobGroupsOf, removeGroupsOf } from './control-groups.ts';
import { childrenOf, coreTimeOf, descendantsOf, isRunning, processesWith, runnersOf, signal } from './processes.ts';
import type { Endpoint } from './sdk.ts';
import { until } from './wait.ts';

/** No test depends on what a registry of the internet says today; one that pulls has a registry of its own. */
const offline = ['--images-pull', 'never'] as const;

const command = join(import.meta.dirname, '../../bin/batchyard');

/** Milliseconds. Only ends a start or a stop that hangs; of a start those do not count in which others left it no core. */
const hopeless = 60_000;

/**
 * The real server as a process of its own, with a data directory that survives it. Whatever becomes of the test, the
 * server, its runners, their jobs and control groups, and the directory are gone after it.
 */
export class ServerProcess implements Endpoint {
  /** Holds everything below; jobs may pass through it. */
  readonly root: string;
  readonly dataDirectory: string;
  /** Jobs may mount it, and everybody may write to it. */
  readonly shared: string;
  readonly #flags: readonly string[];
  readonly #files: number | undefined;
  readonly #stderr: string[] = [];
  #child: ChildProcess | undefined;
  #url: string | undefined;

  private constructor(flags: readonly string[], files: number | undefined) {
    this.root = mkdtempSync(join(tmpdir(), 'server-'));
    this.dataDirectory = join(this.root, 'data');
    this.shared = join(this.root, 'shared');
    chmodSync(this.root, 0o711);
    mkdirSync(this.shared);
    chmodSync(this.shared, 0o777);
    this.#flags = flags;
    this.#files = files;
  }

  /**
   * Starts a server with `flags`, beside the data directory and any free port, for as long as `test` runs. `prepare` may
   * fill the data directory, which is not there yet. It, and all that it starts, may have no more than `files` open each.
   */
  static async start(
    test: Pick<TestContext, 'after'>,
    flags: readonly string[] = [],
    { prepare = () => {}, files }: { readonly prepare?: (dataDirectory: string) => void; readonly files?: number } = {},
  ): Promise<ServerProcess> {
    const server = new ServerProcess(flags, files);
    test.after(() => server.dispose());
    prepare(server.dataDirectory);
    await server.restart();
    return server;
  }

  /** Such as `http://127.0.0.1:34567`; the same after a restart. */
  get url(): string {
    if (this.#url === undefined) throw new Error('the server has not started');
    return this.#url;
  }

  get credentials(): RootCredentials {
    const found = readRootCredentials(this.dataDirectory);
    if (!found) throw new Error('the server has made no key yet');
    return found;
  }

  /** Of the server that runs now. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined || !this.isRunning) throw new Error('the server does not run');
    return pid;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The signal that ended the last server, if one did. */
  get endedBy(): NodeJS.Signals | undefined {
    return this.#child?.signalCode ?? undefined;
  }

  /** What the servers have written to standard error so far: print it when a test fails. */
  get log(): string {
    return this.#stderr.join('');
  }

  /** What the runners have written to their logs so far. */
  get runnerLog(): string {
    const runners = join(this.dataDirectory, 'process/runners');
    if (!existsSync(runners)) return '';
    const logs = readdirSync(runners).map((version) => join(runners, version, 'log'));
    return logs.map((log) => (existsSync(log) ? readFileSync(log, 'utf8') : '')).join('');
  }

  /** The runners of this data directory. */
  get runners(): readonly number[] {
    return runnersOf(this.dataDirectory);
  }

  /** Control groups of its jobs. */
  get jobGroups(): readonly string[] {
    return jobGroupsOf(this.#installation());
  }

  /** How many containers its runners keep: each has one launcher. */
  get runningContainers(): number {
    return this.runners.flatMap(childrenOf).length;
  }

  /** Processes of its jobs: everything below its runners. */
  get jobProcesses(): readonly number[] {
    return this.runners.flatMap(descendantsOf);
  }

  /** Starts the server on the same data and port as before, with `more` flags this time. Resolves when it is ready. */
  async restart(more: readonly string[] = []): Promise<void> {
    if (this.isRunning) throw new Error('the server runs already');
    const port = this.#url === undefined ? '0' : new URL(this.#url).port;
    const flags = [
      '--port',
      port,
      '--data',
      this.dataDirectory,
      '--host-paths',
      this.shared,
      ...offline,
      ...this.#flags,
      ...more,
    ];
    const words = [command, 'start', ...flags];
    // `env` runs it as it is.
    const [program, limit] = this.#files === undefined ? ['env', []] : ['prlimit', [`--nofile=${this.#files}`]];
    const child = spawn(program, [...limit, ...words], { cwd: this.root, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.#stderr.push(text));
    this.#url = await readyAt(child).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.log.slice(-5_000)}`);
    });
  }

  /** `kill -9`; resolves once it is dead. Its jobs go on. */
  async kill(): Promise<void> {
    signal(this.pid, 'SIGKILL');
    await this.died();
  }

  /** SIGTERM; resolves with the exit code. */
  async stop(): Promise<number | null> {
    signal(this.pid, 'SIGTERM');
    await this.died();
    return this.#child?.exitCode ?? null;
  }

  /** Resolves once the server is dead, by whatever; at once if it is. */
  async died(): Promise<void> {
    const child = this.#child;
    if (child && this.isRunning) await once(child, 'exit', { signal: AbortSignal.timeout(hopeless) });
  }

  /** `kill -9` to every runner, and with it to its jobs; resolves once the runners are dead. Answers how many there were. */
  async killRunners(): Promise<number> {
    const { runners } = this;
    for (const pid of runners) signal(pid, 'SIGKILL');
    await until('the runners to be dead', () => !runners.some(isRunning));
    return runners.length;
  }

  /** Ends everything and removes every trace. */
  async dispose(): Promise<void> {
    if (this.isRunning) await this.kill();
    const jobs = this.jobProcesses;
    await this.killRunners();
    // A sandbox that loses its maker while it is being made waits for ever; the next server would end it.
    await until('the processes of the test to be gone', () => {
      const left = new Set([...jobs, ...processesWith(this.root).map(({ pid }) => pid)].filter(isRunning));
      for (const pid of left) signal(pid, 'SIGKILL');
      return left.size === 0;
    });
    removeGroupsOf(this.#installation());
    rmSync(this.#farScratch(), { recursive: true, force: true });
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }

  /** The name of its control groups. */
  #installation(): string {
    const file = join(this.dataDirectory, 'process/epoch.json');
    return existsSync(file) ? shortName(JSON.parse(readFileSync(file, 'utf8')).installationId) : 'none';
  }

  /** Where scratch directories go if the job's user cannot reach the data directory. */
  #farScratch(): string {
    return join('/var/tmp', `batchyard-${this.#installation()}`);
  }
}

function shortName(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Tells a server that hangs from one that others leave no core. */
function notReady(pid: number): string {
  const { running, waiting } = coreTimeOf(pid);
  const seconds = (nanoseconds: number) => (nanoseconds / 1e9).toFixed(1);
  return `the server is not ready: it had a core for ${seconds(running)} s, and waited for one for ${seconds(waiting)} s`;
}

/** Reads standard output up to the line that says where the server is; the rest is dropped. */
function readyAt(child: ChildProcess & { readonly stdout: NodeJS.ReadableStream }): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout });
    const startedAt = performance.now();
    const look = () => {
      const pid = child.pid ?? 0;
      if (performance.now() - startedAt - coreTimeOf(pid).waiting / 1e6 > hopeless) reject(new Error(notReady(pid)));
    };
    const timer = setInterval(look, 1_000);
    lines.on('line', (line) => {
      const url = / is ready at (\S+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('error', reject);
    child.once('exit', (code, by) => reject(new Error(`the server ended by ${by ?? code} before it was ready`)));
    child.once('exit', () => clearInterval(timer));
    lines.once('line', () => clearInterval(timer));
  });
}
