import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { SystemClock } from '../../../core/clock.ts';
import { busyboxImage } from '../../../core/container-image.fixture.ts';
import { ContainerWorld } from '../../../core/container-world.fixture.ts';
import { type DaemonOfContainers, DockerDaemon, dockerSkip } from '../../../core/docker-daemon.fixture.ts';
import type { InstallationId, TaskId } from '../../../core/ids.ts';
import { PodmanService, podmanSkip } from '../../../core/podman-service.fixture.ts';
import { type Behaviour, type EngineWorld, type EventLog, type NodeActs, newId } from '../../conformance.ts';
import { type ContainerSpec, type Engine, StartDeclined, type TaskSpec } from '../../contract.ts';
import { plainContainer } from '../../plain-container.fixture.ts';
import { readLines } from '../../segments.fixture.ts';
import { openDockerEngine } from '../engine.ts';
import type { DockerEngineOptions } from '../options.ts';
import { nodeActs } from './node-acts.ts';

export type HostOptions = Partial<Omit<DockerEngineOptions, 'dataDirectory' | 'session' | 'clock'>>;

/** Why there can be no daemon of a product here. */
export const productSkips: Readonly<Record<Product, { readonly skip?: string }>> = {
  docker: dockerSkip(),
  podman: podmanSkip(),
};

/** Which daemon containers run on. */
export type Product = 'docker' | 'podman';

/** The image that all tests have. */
export const image = 'test/busybox:1';

/** A data directory with a docker engine on it, a daemon, and a directory that it shares with its containers. */
export class DockerHost implements EngineWorld {
  readonly clock = new SystemClock();
  readonly daemon: DaemonOfContainers;
  readonly dataDirectory: string;
  /** Mounted in every container under its own path, and writable. */
  readonly shared: string;
  readonly #world: ContainerWorld;
  readonly #options: HostOptions;
  readonly installation = `installation-${process.pid}-${newId()}`;

  private constructor(world: ContainerWorld, daemon: DaemonOfContainers, options: HostOptions) {
    this.#world = world;
    this.daemon = daemon;
    this.#options = options;
    this.dataDirectory = join(world.directory, 'data');
    this.shared = join(world.directory, 'shared');
    for (const directory of [this.dataDirectory, this.shared]) mkdirSync(directory);
    chmodSync(this.shared, 0o777);
  }

  static async create(product: Product, options: HostOptions = {}, flags: readonly string[] = []): Promise<DockerHost> {
    const world = await ContainerWorld.open();
    const images = { [image]: busyboxImage() };
    const daemon = await (product === 'docker'
      ? DockerDaemon.open(world, images, flags)
      : PodmanService.open(world, images));
    return new DockerHost(world, daemon, options);
  }

  /** Resolves once it has taken over what is there, however slow the daemon is: a server opens without, after a while. */
  async open(epoch = 1, installationId = this.installation, options: HostOptions = {}): Promise<Engine> {
    const engine = await openDockerEngine({
      dataDirectory: this.dataDirectory,
      session: { installationId: installationId as InstallationId, epoch },
      clock: this.clock,
      sockets: [this.daemon.socket],
      instanceId: 'i-0123456789abcdef0',
      logRoot: join(this.dataDirectory, 'logs'),
      capacity: { vcpus: 4, memoryMiB: 4096, gpus: 0 },
      minimumFreeBytes: 0,
      hostPaths: [this.shared],
      ...this.#options,
      ...options,
    });
    while ((await engine.describe()).unavailable !== undefined);
    return engine;
  }

  crashServer(engine: Engine): Promise<void> {
    return engine.close();
  }

  /** The daemon goes, what keeps its containers, and they with it, as with a machine. It is back then. */
  async crashEngine(): Promise<void> {
    await this.daemon.kill();
    for (const pid of keepersIn(this.#world.directory)) killUnlessEnded(pid);
    await this.daemon.start();
  }

  /** One that has just answered is not asked whether it is there: it is stopped then, so that it does nothing of what it is told. */
  readonly going = async (engine: Engine, task: TaskSpec): Promise<() => Promise<void>> => {
    const { pid } = this.daemon;
    for (;;) {
      await engine.describe();
      process.kill(pid, 'SIGSTOP');
      try {
        assert.equal(await engine.start(task), 'accepted');
        break;
      } catch (error) {
        if (!(error instanceof StartDeclined)) throw error;
        process.kill(pid, 'SIGCONT');
      }
    }
    await this.daemon.kill();
    return () => this.daemon.start();
  };

  container(taskId: TaskId, behaviour: Behaviour, name = 'c'): ContainerSpec {
    const mark = `echo started >>${this.shared}/starts-${taskId}; `;
    const ready = `${this.shared}/ready-${taskId}`;
    const script = scriptOf(behaviour, `>${ready}; >${ready}-${name}`, ready);
    return this.shell(taskId, mark + script, {
      name,
      ...(behaviour.kind === 'cannot-start' ? { command: ['batchyard-no-such-command'] } : {}),
    });
  }

  /** A container that runs a shell script. */
  shell(taskId: TaskId, script: string, parts: Partial<ContainerSpec> = {}): ContainerSpec {
    return plainContainer({
      name: 'c',
      image,
      command: ['/bin/sh', '-c', script],
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

  get nodes(): NodeActs {
    return nodeActs(this.daemon, (taskId, script) => this.shell(taskId, script));
  }

  /** Runs a task to its end, and lets go of it: what became of it, and the lines that it wrote. */
  async run(engine: Engine, log: EventLog, task: TaskSpec) {
    assert.equal(await engine.start(task), 'accepted');
    const ended = await log.ended(task.taskId);
    const lines = await this.text(task.taskId);
    await engine.release(task.taskId);
    return { ended, lines };
  }

  text(taskId: TaskId): Promise<string[]> {
    return readLines(join(this.dataDirectory, 'logs', taskId));
  }

  /** Resolves when a file of the shared directory exists. */
  appears(name: string): Promise<void> {
    return appears(this.shared, name);
  }

  ready(taskId: TaskId, container?: string): Promise<void> {
    return appears(this.shared, container === undefined ? `ready-${taskId}` : `ready-${taskId}-${container}`);
  }

  async starts(taskId: TaskId): Promise<number> {
    const file = join(this.shared, `starts-${taskId}`);
    return existsSync(file) ? readFileSync(file, 'latin1').split('\n').filter(Boolean).length : 0;
  }

  async dispose(): Promise<void> {
    this.clock.close();
    await this.#world.close();
  }
}

/** What a container's daemon leaves beside it, and the container's own processes. */
function keepersIn(directory: string): readonly number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const keepers = pids.filter((pid) => {
    const command = read(`/proc/${pid}/cmdline`);
    return command.includes(directory) && /conmon|shim/.test(command);
  });
  const children = pids.filter((pid) => keepers.includes(Number(/\) \S (\d+)/.exec(read(`/proc/${pid}/stat`))?.[1])));
  return [...keepers, ...children];
}

/** What stands beside a container ends with it: a kill of one may be the end of the next. */
function killUnlessEnded(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // it has ended meanwhile
  }
}

function appears(directory: string, name: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(directory, check);
    function check(): void {
      if (!existsSync(join(directory, name))) return;
      watcher.close();
      resolve();
    }
    check();
  });
}

/** The first process of a container is its init, which no signal ends that it does not await: not even its own SIGKILL. */
function scriptOf(behaviour: Behaviour, ready: string, mark: string): string {
  switch (behaviour.kind) {
    case 'exit':
      return `${ready}; exit ${behaviour.code}`;
    case 'killed':
      return `${ready}; sh -c 'kill -KILL $$'; exit $?`;
    case 'run':
      return `trap 'exit 143' TERM; ${ready}; sleep 1000 & wait`;
    case 'trap':
      return `trap 'exit ${behaviour.code}' TERM; ${ready}; sleep 1000 & wait`;
    case 'stubborn':
      return `trap '' TERM; ${ready}; sleep 1000`;
    case 'follow':
      return `until [ -e ${mark}-${behaviour.container} ]; do sleep 0.01; done; exit ${behaviour.code}`;
    case 'print':
      return `seq ${behaviour.lines}`;
    case 'cannot-start':
      return ready;
    default:
      return assert.fail(behaviour satisfies never);
  }
}
