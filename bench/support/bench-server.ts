import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type RootCredentials, readRootCredentials } from '../../src/main/root-credentials.ts';
import { removeGroupsOf } from '../../test/support/control-groups.ts';
import { descendantsOf, isRunning, runnersOf, signal } from '../../test/support/processes.ts';
import { type Clients, clientsOf } from '../../test/support/sdk.ts';
import { type CpuTime, cpuTimeOf, noCpuTime } from './cpu.ts';
import { until } from './pause.ts';

const command = join(import.meta.dirname, '../../bin/batchyard');

export interface BenchServerOptions {
  readonly flags?: readonly string[];
  /** A command that runs the server's own command line, such as `unshare`. */
  readonly within?: readonly string[];
  /** Takes the place of a new directory, which `close` removes. */
  readonly dataDirectory?: string;
}

/** CPU time of everything that is ours. */
export interface ServerCpu {
  readonly server: CpuTime;
  readonly runner: CpuTime;
}

const open = new Set<BenchServer>();

/** Closes what is open when a bench is interrupted. */
export async function closeServers(): Promise<void> {
  await Promise.all([...open].map((server) => server.close()));
}

/** A server as users start it, in a process of its own, with its log in a file as under a service manager. */
export class BenchServer {
  readonly url: string;
  readonly dataDirectory: string;
  /** From the spawn to the line that says that it is ready, in ms. */
  readonly startTime: number;
  readonly clients: Clients;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string, dataDirectory: string, startTime: number) {
    this.#child = child;
    this.url = url;
    this.dataDirectory = dataDirectory;
    this.startTime = startTime;
    this.clients = clientsOf({ url, credentials: this.credentials });
    open.add(this);
  }

  /** Resolves when it is ready. Rejects with its log if it does not start. */
  static async start(options: BenchServerOptions = {}): Promise<BenchServer> {
    const dataDirectory = options.dataDirectory ?? newDataDirectory();
    const log = openSync(`${dataDirectory}.log`, 'a');
    const line = [
      command,
      'start',
      '--port',
      '0',
      '--data',
      dataDirectory,
      '--images-pull',
      'never',
      ...(options.flags ?? []),
    ];
    const [program = command, ...words] = [...(options.within ?? []), ...line];
    const startedAt = performance.now();
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', log] });
    closeSync(log);
    try {
      const url = await readyAt(child);
      return new BenchServer(child, url, dataDirectory, performance.now() - startedAt);
    } catch (error) {
      throw new Error(`the server did not start\n${readFileSync(`${dataDirectory}.log`, 'utf8')}`, { cause: error });
    }
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the server has no process');
    return this.#child.pid;
  }

  get credentials(): RootCredentials {
    const found = readRootCredentials(this.dataDirectory);
    if (!found) throw new Error('the server has made no key');
    return found;
  }

  /** The one runner, once a job has started. */
  get runner(): number | undefined {
    return runnersOf(this.dataDirectory)[0];
  }

  cpu(): ServerCpu {
    const { runner } = this;
    return { server: cpuTimeOf(this.pid), runner: runner === undefined ? noCpuTime : cpuTimeOf(runner) };
  }

  /** SIGTERM, as a service manager stops it; the data stays. */
  async stop(): Promise<void> {
    this.clients.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exit;
  }

  /** Stops it and removes every trace. */
  async close(): Promise<void> {
    open.delete(this);
    await this.stop();
    const left = runnersOf(this.dataDirectory).flatMap((runner) => [...descendantsOf(runner), runner]);
    for (const pid of left) signal(pid, 'SIGKILL');
    await until('the runner to be gone', 5, () => left.every((pid) => !isRunning(pid)) || undefined);
    removeGroupsOf(this.#groupName());
    rmSync(join('/var/tmp', `batchyard-${shortName(this.dataDirectory)}`), { recursive: true, force: true });
    rmSync(join(this.dataDirectory, '..'), { recursive: true, force: true, maxRetries: 3 });
  }

  #groupName(): string {
    const file = join(this.dataDirectory, 'process/epoch.json');
    return existsSync(file) ? shortName(JSON.parse(readFileSync(file, 'utf8')).installationId) : 'none';
  }
}

function newDataDirectory(): string {
  const root = mkdtempSync(join(tmpdir(), 'batchyard-bench-'));
  chmodSync(root, 0o711); // jobs pass through it
  return join(root, 'data');
}

function shortName(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function readyAt(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
    if (!child.stdout) throw new Error('the server has no standard output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = / is ready at (\S+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}
