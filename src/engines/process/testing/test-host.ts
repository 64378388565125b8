import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  watch,
} from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SystemClock } from '../../../core/clock.ts';
import type { InstallationId, TaskId } from '../../../core/ids.ts';
import { type Behaviour, type EngineWorld, type NodeActs, newId } from '../../conformance.ts';
import type { ContainerSpec, Engine, ImageRoot, TaskSpec } from '../../contract.ts';
import { plainContainer } from '../../plain-container.fixture.ts';
import { type LoggedLine, readSegments } from '../../segments.fixture.ts';
import { errorCode } from '../errors.ts';
import { isAlive, type ProcessIdentity, sendSignal, startTimeOf } from '../host/proc.ts';
import { openProcessEngine } from '../open-engine.ts';
import type { ProcessEngineOptions } from '../options.ts';
import { discardOutside } from '../outside.ts';
import { runnersOf } from '../runner/living-runners.ts';
import { nodeActs, noPython } from './node-acts.ts';
import { makeTestImage } from './test-image.ts';

export type HostOptions = Partial<Omit<ProcessEngineOptions, 'dataDirectory' | 'session' | 'clock'>> & {
  /** Of a task's containers. @default host */
  readonly imageOf?: (taskId: TaskId) => string;
};

/** A data directory with a process engine on it, and a directory that it shares with its jobs. */
export class TestHost implements EngineWorld {
  readonly root: string;
  dataDirectory: string;
  /** Mounted in every job under its own path, and writable. */
  readonly shared: string;
  readonly clock = new SystemClock();
  readonly installation = `installation-${process.pid}-${newId()}`;
  readonly #options: HostOptions;
  readonly nodes?: NodeActs;
  /** What its containers run in. Absent: the host's files. */
  imageRoot: ImageRoot | undefined;

  private constructor(options: HostOptions, dataName: string, parent: string) {
    this.root = mkdtempSync(join(parent, 'batchyard-'));
    this.dataDirectory = join(this.root, dataName);
    this.shared = join(this.root, 'shared');
    this.#options = options;
    if (noPython === undefined)
      this.nodes = nodeActs(this.shared, (taskId, command) => {
        const { imageRoot: _none, ...container } = this.shell(taskId, '', { command });
        return { ...container, image: 'host' };
      });
  }

  static async create(options: HostOptions = {}, dataName = 'data', parent = tmpdir()): Promise<TestHost> {
    const host = new TestHost(options, dataName, parent);
    await chmod(host.root, 0o711);
    await mkdir(host.dataDirectory, { mode: 0o711, recursive: true });
    await mkdir(host.shared);
    await chmod(host.shared, 0o777);
    return host;
  }

  open(epoch = 1, installationId = this.installation, options: HostOptions = {}): Promise<Engine> {
    return openProcessEngine({
      dataDirectory: this.dataDirectory,
      session: { installationId: installationId as InstallationId, epoch },
      clock: this.clock,
      version: '1.0.0',
      instanceId: 'i-0123456789abcdef0',
      logRoot: join(this.dataDirectory, 'logs'),
      capacity: { vcpus: 4, memoryMiB: 4096, gpus: 0 },
      allowUnmappedImages: true,
      minimumFreeBytes: 0,
      hostPaths: [this.shared],
      runnerIdleMs: 100,
      // Nothing here is to depend on how much of the processors a runner gets.
      runnerStartMs: 200_000,
      ...this.#options,
      ...options,
    });
  }

  crashServer(engine: Engine): Promise<void> {
    return engine.close();
  }

  /** From here on its containers run in an image, but for those of nodes, which need programs that it has not. */
  useImage(): this {
    this.imageRoot = makeTestImage(join(this.root, 'image'));
    return this;
  }

  /** SIGKILL to every runner of this host. */
  async crashEngine(): Promise<void> {
    for (const { pid } of this.runners()) sendSignal(pid, 'SIGKILL');
  }

  /** Living runners of this host. */
  runners(): ProcessIdentity[] {
    return runnersOf(this.dataDirectory).flatMap(({ pid }) => {
      const startTime = startTimeOf(pid);
      return startTime !== undefined ? [{ pid, startTime }] : [];
    });
  }

  /** Gives the data directory another name; what runs there goes on. */
  rename(dataDirectory: string): void {
    renameSync(this.dataDirectory, dataDirectory);
    this.dataDirectory = dataDirectory;
  }

  container(taskId: TaskId, behaviour: Behaviour, name = 'c'): ContainerSpec {
    const mark = `echo started >>${this.shared}/starts-${taskId}; `;
    const ready = `${this.shared}/ready-${taskId}`;
    const script = scriptOf(behaviour, `>${ready}; >${ready}-${name}`, ready);
    return this.shell(taskId, mark + script, {
      name,
      ...(behaviour.kind === 'cannot-start' ? { command: ['batchyard-no-such-command'], mounts: [] } : {}),
    });
  }

  /** A container that runs a shell script. */
  shell(taskId: TaskId, script: string, parts: Partial<ContainerSpec> = {}): ContainerSpec {
    return plainContainer({
      name: 'c',
      image: this.imageRoot ? 'test/image' : (this.#options.imageOf?.(taskId) ?? 'host'),
      ...(this.imageRoot ? { imageRoot: this.imageRoot } : {}),
      command: ['/bin/sh', '-c', script],
      memoryMiB: 256,
      mounts: [{ source: this.shared, target: this.shared, readOnly: false }],
      log: { stream: taskId, rateBytesPerSecond: 8 * 1024 ** 2, maximumBytes: 1024 ** 3 },
      ...parts,
    });
  }

  /** A task of one container that runs a shell script. */
  task(script: string, parts: Partial<ContainerSpec> = {}): TaskSpec {
    const taskId = newId();
    const containers = [this.shell(taskId, script, parts)];
    return { formatVersion: 1, taskId, label: 'test', containers, stopGrace: 60_000 };
  }

  logDirectory(taskId: TaskId): string {
    return join(this.dataDirectory, 'logs', taskId);
  }

  /** What a task has written so far, line by line. */
  async output(taskId: TaskId): Promise<LoggedLine[]> {
    const lines: LoggedLine[] = [];
    await readSegments(this.logDirectory(taskId), (line) => lines.push(line));
    return lines;
  }

  /** The same, as text. */
  async text(taskId: TaskId): Promise<string[]> {
    return (await this.output(taskId)).map(({ line }) => line.toString());
  }

  /** Counts the lines of a log without holding them. */
  async tally(name: string): Promise<{ readonly lines: number; readonly bytes: number; readonly last: string }> {
    let [lines, bytes, last] = [0, 0, ''];
    await readSegments(join(this.dataDirectory, 'logs', name), ({ line }) => {
      lines += 1;
      bytes += line.length + 1;
      last = line.toString('latin1', 0, 100);
    });
    return { lines, bytes, last };
  }

  /** Resolves when a file of the shared directory exists. */
  appears(name: string): Promise<void> {
    return appears(join(this.shared, name));
  }

  ready(taskId: TaskId, container?: string): Promise<void> {
    return appears(join(this.shared, container === undefined ? `ready-${taskId}` : `ready-${taskId}-${container}`));
  }

  async starts(taskId: TaskId): Promise<number> {
    return readOptional(join(this.shared, `starts-${taskId}`))
      .split('\n')
      .filter(Boolean).length;
  }

  /** Fails if any process has a named pipe open: reading one that nobody can write gives its end, else there is nothing yet. */
  assertNobodyHolds(path: string): void {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      assert.equal(readSync(descriptor, Buffer.alloc(1)), 0);
    } catch (error) {
      assert.fail(errorCode(error) === 'EAGAIN' ? `${path} is still held` : String(error));
    } finally {
      closeSync(descriptor);
    }
  }

  async dispose(): Promise<void> {
    for (const runner of this.runners()) {
      if (isAlive(runner)) await died(runner.pid);
    }
    this.clock.close();
    discardOutside(this.dataDirectory);
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Resolves when a process is gone. */
export function died(pid: number): Promise<void> {
  const tail = spawn('tail', [`--pid=${pid}`, '-s', '0.02', '-f', '/dev/null'], { stdio: 'ignore' });
  return new Promise((resolve) => tail.once('exit', () => resolve()));
}

/** Resolves when a file exists. Its directory must. */
export function appears(path: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(dirname(path), check);
    function check(): void {
      if (!existsSync(path)) return;
      watcher.close();
      resolve();
    }
    check();
  });
}

export function readOptional(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** `ready` says that the container is; of another it is seen by a file of this `mark` and its name. */
function scriptOf(behaviour: Behaviour, ready: string, mark: string): string {
  switch (behaviour.kind) {
    case 'exit':
      return `${ready}; exit ${behaviour.code}`;
    case 'killed':
      return `${ready}; kill -KILL $$`;
    case 'run':
      return `${ready}; exec sleep 1000`;
    case 'trap':
      return `trap 'kill $!; exit ${behaviour.code}' TERM; ${ready}; sleep 1000 & wait`;
    case 'stubborn':
      return `trap '' TERM; ${ready}; exec sleep 1000`;
    case 'follow':
      return `until [ -e ${mark}-${behaviour.container} ]; do sleep 0.01; done; exit ${behaviour.code}`;
    case 'print':
      return `seq ${behaviour.lines}`;
    case 'cannot-start':
      return ready;
    default:
      return behaviour satisfies never;
  }
}
